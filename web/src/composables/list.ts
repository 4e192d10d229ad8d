import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed, ref, watch } from 'vue';
import type { Page } from '../api/http.ts';
import { useListState } from './list-state.ts';

interface Paging {
  page: number;
  size: number;
  sort: string;
}

/**
 * A list of the server: its filters, page and sort in the address, its rows as they came last.
 * A changed filter goes back to the first page.
 */
export function useList<F extends Record<string, string>, T>(
  name: string,
  filters: F,
  fetchPage: (state: F & Paging) => Promise<Page<T>>,
) {
  const state = useListState({ ...filters, page: 1, size: 50, sort: '' }) as F & Paging;
  const elapsedMs = ref<number | null>(null);
  watch(
    () => Object.keys(filters).map((key) => state[key as keyof F]),
    () => {
      (state as Paging).page = 1;
    },
  );
  const query = useQuery({
    queryKey: [name, 'list', computed(() => ({ ...state }))],
    queryFn: async () => {
      const started = performance.now();
      const answer = await fetchPage({ ...state });
      elapsedMs.value = performance.now() - started;
      return answer;
    },
    placeholderData: keepPreviousData,
  });
  return {
    state,
    elapsedMs,
    query,
    rows: computed<readonly T[]>(() => query.data.value?.rows ?? []),
    total: computed(() => query.data.value?.total ?? 0),
    reload: () => query.refetch(),
    /** Whether a filter differs from what the list begins with. */
    filtered: computed(() => Object.entries(filters).some(([key, value]) => state[key] !== value)),
    clear: (): void => {
      Object.assign(state, filters);
    },
  };
}

export type List<T> = Pick<
  ReturnType<typeof useList<Record<string, string>, T>>,
  'elapsedMs' | 'query' | 'rows' | 'total' | 'reload' | 'filtered' | 'clear'
> & { readonly state: Paging };
