import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { feedApi } from '../api/feed.ts';
import { workbenchApi } from '../api/workbench.ts';
import { may, session } from './session.ts';

/** What the top bar always shows: open tasks and how fresh the data is. */
export function useStanding() {
  const signedIn = computed(() => session.value !== null);
  const tasks = useQuery({
    queryKey: ['workbench', 'summary'],
    queryFn: workbenchApi.summary,
    enabled: signedIn,
    refetchInterval: 120_000,
  });
  const packages = useQuery({
    queryKey: ['feed', 'current'],
    queryFn: feedApi.current,
    enabled: computed(() => signedIn.value && may('feed.read')),
    refetchInterval: 300_000,
  });
  const batch = computed(() => {
    const current = packages.data.value;
    if (current === undefined || current === null) return null;
    return {
      asOf: current.as_of ?? '',
      title: `当前数据包 ${current.package_id ?? ''}，截至 ${current.as_of ?? ''}`,
      link: current.package_id ? `/feed/packages/${encodeURIComponent(current.package_id)}` : null,
    };
  });
  return { todo: computed(() => tasks.data.value?.open ?? null), batch };
}
