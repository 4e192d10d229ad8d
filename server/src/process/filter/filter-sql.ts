import type { DataScope } from '../../contract/index.ts';
import type { SqlParams, SqlValue } from '../../store/index.ts';
import { filterInvalid } from '../errors.ts';
import type { Filter } from './filter.ts';

/** Condition on `cases c` and the values it names. */
export interface CaseCondition {
  readonly sql: string;
  readonly params: SqlParams;
  /** True where every case of the log is kept: readers then need no join. */
  readonly all: boolean;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Columns of `cases` that filters name by value. */
const COLUMNS = {
  matter: 'matter',
  county: 'agency',
  channel: 'channel',
  insurance: 'insurance',
  result: 'result',
} as const;

/**
 * Makes one condition of somebody's scope and any number of filters; `at` is the schema of the log.
 * @throws PROCESS_FILTER_INVALID
 */
export function caseCondition(
  at: string,
  scope: DataScope,
  filters: readonly Filter[],
): CaseCondition {
  const params: Record<string, SqlValue> = {};
  let count = 0;
  const bind = (value: SqlValue): string => {
    count += 1;
    params[`f${count}`] = value;
    return `$f${count}`;
  };
  const texts = (values: readonly string[]): string => {
    if (values.length === 0) throw filterInvalid({ reason: '没有写要选的值' });
    return `any(${bind(values)}::VARCHAR[])`;
  };
  const parts = scopeParts(scope, bind);
  for (const filter of filters) {
    const sql = filterSql(at, filter, bind, texts);
    parts.push(filter.exclude === true ? `not coalesce((${sql}), false)` : `(${sql})`);
  }
  return {
    sql: parts.length === 0 ? 'true' : parts.join(' and '),
    params,
    all: parts.length === 0,
  };
}

function scopeParts(scope: DataScope, bind: (value: SqlValue) => string): string[] {
  const parts: string[] = [];
  if (scope.agencies !== 'all') parts.push(`c.agency = any(${bind(scope.agencies)}::VARCHAR[])`);
  if (scope.insurances !== 'all') {
    parts.push(`(c.insurance is null or c.insurance = any(${bind(scope.insurances)}::VARCHAR[]))`);
  }
  return parts;
}

type Bind = (value: SqlValue) => string;
type Texts = (values: readonly string[]) => string;

function filterSql(at: string, filter: Filter, bind: Bind, texts: Texts): string {
  const activity = (name: string): string =>
    `(select id from ${at}.activities where name = ${bind(name)})`;
  const activities = (names: readonly string[]): string =>
    `(select id from ${at}.activities where name = ${texts(names)})`;
  switch (filter.kind) {
    case 'matter':
    case 'county':
    case 'channel':
    case 'insurance':
    case 'result':
      return `c.${COLUMNS[filter.kind]} = ${texts(filter.values)}`;
    case 'period':
      return periodSql(filter, bind);
    case 'attribute':
      return attributeSql(at, filter, bind, texts);
    case 'contains':
      return containsSql(at, filter.activities, filter.mode, activities);
    case 'starts_with':
      return `c.start_activity in ${activities(filter.activities)}`;
    case 'ends_with':
      return `c.end_activity in ${activities(filter.activities)}`;
    case 'leads_to':
      return leadsToSql(at, filter.how, activity(filter.from), activity(filter.to));
    case 'duration':
      return durationSql(filter, bind);
    case 'variant':
      return `c.variant in (select variant from ${at}.variants where key = ${texts(filter.keys)})`;
    case 'case':
      return `c.case_id = ${texts(filter.ids)}`;
    case 'state':
      return filter.value === 'finished'
        ? "(c.result is null or c.result <> '0')"
        : "c.result = '0'";
  }
}

function periodSql(filter: Extract<Filter, { kind: 'period' }>, bind: Bind): string {
  const { from, to, by } = filter;
  for (const day of [from, to]) {
    if (day !== null && !DAY.test(day)) throw filterInvalid({ reason: '日期应写成 YYYY-MM-DD' });
  }
  if (from === null && to === null) throw filterInvalid({ reason: '期间没有写起止' });
  const early = { started: 'first_at', finished: 'last_at', within: 'first_at', active: 'last_at' };
  const late = { started: 'first_at', finished: 'last_at', within: 'last_at', active: 'first_at' };
  const parts = [
    ...(from === null ? [] : [`c.${early[by]} >= ${bind(from)}::DATE`]),
    ...(to === null ? [] : [`c.${late[by]} < ${bind(to)}::DATE + 1`]),
  ];
  return parts.join(' and ');
}

function attributeSql(
  at: string,
  filter: Extract<Filter, { kind: 'attribute' }>,
  bind: Bind,
  texts: Texts,
): string {
  const path = bind(`$.${JSON.stringify(filter.key)}.v`);
  if (filter.of === 'case') {
    return `json_extract_string(c.attributes, ${path}) = ${texts(filter.values)}`;
  }
  return `c.case_no in (select e.case_no from ${at}.events e
    where json_extract_string(e.attributes, ${path}) = ${texts(filter.values)})`;
}

/** Variants are few and every case has one: what a case contains is asked of its variant. */
function containsSql(
  at: string,
  names: readonly string[],
  mode: 'any' | 'all',
  activities: (names: readonly string[]) => string,
): string {
  const wanted = new Set(names).size;
  const least = mode === 'all' ? wanted : 1;
  return `c.variant in (
    select v.variant from ${at}.variants v, unnest(v.activities) as step(activity)
    where step.activity in ${activities(names)}
    group by v.variant having count(distinct step.activity) >= ${least})`;
}

function leadsToSql(at: string, how: 'eventually' | 'directly', from: string, to: string): string {
  // Directly: the second of a pair of neighbours. Eventually: a later place than the first of `from`.
  const found =
    how === 'directly'
      ? `list_contains(list_zip(v.activities[:-2], v.activities[2:]), (f.id, t.id))`
      : `list_contains(v.activities[list_position(v.activities, f.id) + 1:], t.id)`;
  return `c.variant in (
    select v.variant from ${at}.variants v, (select ${from} as id) f, (select ${to} as id) t
    where list_contains(v.activities, f.id) and ${found})`;
}

function durationSql(filter: Extract<Filter, { kind: 'duration' }>, bind: Bind): string {
  const { min_s, max_s } = filter;
  if (min_s === null && max_s === null) throw filterInvalid({ reason: '历时没有写上下限' });
  const parts = [
    ...(min_s === null ? [] : [`c.duration_us >= ${bind(min_s)}::DOUBLE * 1e6`]),
    ...(max_s === null ? [] : [`c.duration_us <= ${bind(max_s)}::DOUBLE * 1e6`]),
  ];
  return parts.join(' and ');
}
