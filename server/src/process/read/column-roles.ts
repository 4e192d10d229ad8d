import { columnsUnclear } from '../errors.ts';

/** What a column of a CSV file can mean. */
const ROLES = [
  ...['case', 'activity', 'time', 'start', 'resource', 'unit', 'channel', 'matter', 'agency'],
  ...['action', 'event_id'],
] as const;
export type Role = (typeof ROLES)[number];

const ROLE_TITLES: Readonly<Record<Role, string>> = {
  ...{ case: '案件号', activity: '活动', time: '时刻', start: '开始时刻', resource: '经办人' },
  ...{ unit: '部门', channel: '渠道', matter: '事项', agency: '经办机构' },
  ...{ action: '动作', event_id: '事件号' },
};

const REQUIRED: readonly Role[] = ['case', 'activity', 'time'];

/** Headers seen in logs of many systems, in order of preference; compared in lower case. */
const KNOWN: Readonly<Record<Role, readonly string[]>> = {
  case: [
    ...['case:concept:name', 'case_id', 'caseid', 'case id', 'case', 'trace', 'trace_id'],
    ...[
      'aaz002',
      '案件号',
      '业务件',
      '业务件号',
      '办件号',
      '办件编号',
      '受理号',
      '业务号',
      '流水号',
    ],
  ],
  activity: [
    ...['concept:name', 'activity', 'activity name', 'activity_name', 'event', 'task', 'step'],
    ...['活动', '环节', '步骤', '节点', '业务环节'],
  ],
  time: [
    ...['time:timestamp', 'timestamp', 'complete timestamp', 'complete_timestamp', 'end_at'],
    ...['end_time', 'end', 'completed_at', 'time', 'date', 'datetime', 'aae036'],
    ...['时间', '时刻', '完成时间', '办理时间', '经办时间', '结束时间'],
  ],
  start: [
    ...['start_timestamp', 'start timestamp', 'start_at', 'start_time', 'start', 'started_at'],
    ...['开始时间', '开始时刻'],
  ],
  resource: [
    ...['org:resource', 'resource', 'operator', 'operator_id', 'user', 'aae011'],
    ...['经办人', '办理人', '操作员'],
  ],
  unit: ['org:group', 'group', 'org', 'department', 'unit', 'aae017', '部门', '科室', '经办机构'],
  channel: ['channel', 'case:channel', '渠道', '办理渠道', '端'],
  matter: ['matter', 'case:matter', 'biz_type', 'aaa121', '事项', '业务类型'],
  agency: ['agency', 'case:agency', 'aab034', '受理机构', '机构代码'],
  action: ['lifecycle:transition', 'lifecycle', 'action', '动作'],
  event_id: ['identity:id', 'event_id', 'eventid', 'event id', '事件号'],
};

/** Column → role. A column has one role and a role one column; the user's word goes first. */
export function columnRoles(
  columns: readonly string[],
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, Role> {
  const roles = new Map<string, Role>();
  for (const [column, role] of Object.entries(given)) {
    if (!columns.includes(column) || !isRole(role)) {
      throw columnsUnclear({ missing: [`${column}=${role}`], columns });
    }
    roles.set(column, role);
  }
  const named = new Map(columns.map((column) => [plain(column), column]));
  for (const role of ROLES) {
    if ([...roles.values()].includes(role)) continue;
    const column = KNOWN[role].map((name) => named.get(name)).find((name) => free(name, roles));
    if (column !== undefined) roles.set(column, role);
  }
  const held = new Set(roles.values());
  const missing = REQUIRED.filter((role) => !held.has(role)).map(roleText);
  if (missing.length > 0) throw columnsUnclear({ missing, columns });
  return roles;
}

/** A role as people call it, with the word `--map` takes. */
export function roleText(role: string): string {
  return isRole(role) ? `${ROLE_TITLES[role]}（${role}）` : role;
}

function free(column: string | undefined, roles: ReadonlyMap<string, Role>): boolean {
  return column !== undefined && !roles.has(column);
}

function plain(column: string): string {
  return column
    .replace(/^\ufeff/, '')
    .trim()
    .toLowerCase();
}

function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}
