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
export interface Todo extends Omit<TodoLine, 'filter'> {
  readonly to: { readonly path: string; readonly query: Readonly<Record<string, string>> };
}

const FIRST = { page: 1, page_size: 1 } as const;

/** Milliseconds between two askings: of people's work, and of what changes with packages. */
const OFTEN = 120_000;
const SELDOM = 300_000;

/** Asks while the page is open whatever whoever is signed in may ask. */
function useQuestions() {
  const ask = <T>(
    queryKey: readonly string[],
    queryFn: () => Promise<T>,
    { right, every = OFTEN }: { right?: string; every?: number },
  ) => {
    const enabled = computed(
      () => session.value !== null && may(right) && session.value.stage === 'open',
    );
    return useQuery({ queryKey, queryFn, enabled, refetchInterval: every });
  };
  return {
    work: ask(['workbench'], workbenchApi.open, {}),
    grants: ask(['grants', 'waiting'], () => accountsApi.grants({ ...FIRST, state: 'requested' }), {
      right: 'accounts.confirm',
    }),
    alarms: ask(['alarms', 'waiting'], () => accountsApi.alarms({ ...FIRST, open: 'true' }), {
      right: 'accounts.confirm',
    }),
    archives: ask(['audit-archives', 'waiting'], auditApi.waitingArchives, {
      right: 'audit.archive_confirm',
    }),
    exports: ask(['exports', 'waiting'], () => exportsApi.list({ ...FIRST, state: 'asked' }), {
      right: 'exports.approve',
    }),
    late: ask(['process', 'reminders'], processApi.reminders, {
      right: 'process.read',
      every: SELDOM,
    }),
    packages: ask(['feed', 'current'], feedApi.current, { right: 'feed.read', every: SELDOM }),
  };
}

/** What waits for whoever is signed in, over all areas, and how fresh the data is. */
export function useStanding() {
  const { work, grants, alarms, archives, exports, late, packages } = useQuestions();
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
