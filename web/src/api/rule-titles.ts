import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { may } from '../composables/session.ts';
import { rulesApi } from './rules.ts';

const PAGE_SIZE = 200;

/** What each rule is called, by its number; fetched once, for those who may read rules. */
export function useRuleTitles() {
  const query = useQuery({
    queryKey: ['rules', 'titles'],
    queryFn: allTitles,
    enabled: may('rules.read'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return computed<Readonly<Record<string, string>>>(() => query.data.value ?? {});
}

async function allTitles(): Promise<Record<string, string>> {
  const titles: Record<string, string> = {};
  for (let page = 1, total = 1; (page - 1) * PAGE_SIZE < total; page += 1) {
    const answer = await rulesApi.list({ page, page_size: PAGE_SIZE });
    for (const { id, title } of answer.rows) titles[id] = title;
    total = answer.total;
  }
  return titles;
}
