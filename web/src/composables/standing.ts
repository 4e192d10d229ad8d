import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { accountsApi } from '../api/accounts.ts';
import { auditApi } from '../api/audit.ts';
import { exportsApi } from '../api/exports.ts';
import { feedApi } from '../api/feed.ts';
import { type LateReminders, processApi } from '../api/process.ts';
import { type TodoLine, workbenchApi } from '../api/workbench.ts';
import { may, session } from './session.ts';

/** A line of the workbench with the place where it is worked on. */
export interface Todo extends TodoLine {
  readonly to: { readonly path: string; readonly query: Readonly<Record<string, string>> };
}

const FIRST = { page: 1, page_size: 1 } as const;

/** What waits for whoever is signed in, over all areas, and how fresh the data is. */
export function useStanding() {
  const on = (right?: string) =>
    computed(() => session.value !== null && may(right) && session.value.stage === 'open');
  const every = { refetchInterval: 120_000 };
  const work = useQuery({
    ...{ queryKey: ['workbench'], queryFn: workbenchApi.open, enabled: on() },
    ...every,
  });
  const grants = useQuery({
    queryKey: ['grants', 'waiting'],
    queryFn: () => accountsApi.grants({ ...FIRST, state: 'requested' }),
    enabled: on('accounts.confirm'),
    ...every,
  });
  const alarms = useQuery({
    queryKey: ['alarms', 'waiting'],
    queryFn: () => accountsApi.alarms({ ...FIRST, open: 'true' }),
    enabled: on('accounts.confirm'),
    ...every,
  });
  const archives = useQuery({
    queryKey: ['audit-archives', 'waiting'],
    queryFn: auditApi.waitingArchives,
    enabled: on('audit.archive_confirm'),
    ...every,
  });
  const exports = useQuery({
    queryKey: ['exports', 'waiting'],
    queryFn: () => exportsApi.list({ ...FIRST, state: 'asked' }),
    enabled: on('exports.approve'),
    ...every,
  });
  const late = useQuery({
    queryKey: ['process', 'reminders'],
    queryFn: processApi.reminders,
    enabled: on('process.read'),
    refetchInterval: 300_000,
  });
  const packages = useQuery({
    queryKey: ['feed', 'current'],
    queryFn: feedApi.current,
    enabled: on('feed.read'),
    refetchInterval: 300_000,
  });

  const todo = computed<readonly Todo[]>(() => [
    ...(work.data.value?.todo ?? []).map((line) => ({
      ...line,
      to: {
        path: line.kind === 'recover' ? '/recovery' : '/alerts',
        query: { todo: line.kind } as Record<string, string>,
      },
    })),
    ...other('grants', '待确认的授权', grants.data.value?.total, '/system/grants'),
    ...other('alarms', '待处理的查询告警', alarms.data.value?.total, '/system/alarms'),
    ...other('archives', '待确认的审计归档', archives.data.value?.total, '/system/audit/archives'),
    ...other('exports', '待批准的导出', exports.data.value?.total, '/exports', { state: 'asked' }),
    ...lateLines(late.data.value),
  ]);
  const batch = computed(() => {
    const current = packages.data.value;
    if (current === undefined || current === null) return null;
    return {
      ...current,
      title: `当前数据包 ${current.package_id ?? ''}，截至 ${current.as_of ?? ''}`,
      link: current.package_id ? `/feed/packages/${encodeURIComponent(current.package_id)}` : null,
    };
  });
  /** Tasks that are somebody's own; what anybody may take or the whole office has is no debt. */
  const count = computed(() =>
    todo.value.filter(({ kind }) => !SHARED.has(kind)).reduce((sum, line) => sum + line.count, 0),
  );
  return { work, todo, count, batch };
}

const SHARED: ReadonlySet<string> = new Set(['free', 'late', 'near']);

/** Cases of one's agencies that are late or about to be, with the list that shows them. */
function lateLines(late: LateReminders | undefined): Todo[] {
  if (late === undefined) return [];
  const line = (kind: string, title: string, state: string) => ({
    ...{ kind, title, to: { path: '/process/late', query: { state } } },
  });
  return [
    {
      ...line('late', '在办业务件：已超期', 'overdue'),
      ...{ count: late.overdue, overdue: late.overdue, today: 0, week: 0 },
    },
    {
      ...line('near', '在办业务件：将到期', 'near'),
      ...{ count: late.near, overdue: 0, today: late.due_today, week: late.due_week },
    },
  ];
}

function other(
  kind: string,
  title: string,
  count: number | undefined,
  path: string,
  query: Record<string, string> = {},
): Todo[] {
  if (count === undefined) return [];
  return [{ kind, title, count, overdue: 0, today: 0, week: 0, to: { path, query } }];
}
