import type { City } from './engine.ts';
import { ROTATION, staffPerPosition } from './staff.ts';

/** A business matter (事项): code, time limit in working days, table and field it changes. */
interface Matter {
  readonly code: string;
  readonly limit: number;
  readonly change?: readonly [table: string, field: string, before: string, after: string];
}

/** Matters that follow from facts of the city, by the kind of fact. */
const FACT_MATTERS: Readonly<Record<string, Matter>> = {
  retire: { code: 'B10100', limit: 20, change: ['entitlement', 'AAE210', '', '核定'] },
  resident_retire: { code: 'B10200', limit: 20, change: ['entitlement', 'AAE210', '', '核定'] },
  stop: { code: 'B10300', limit: 10, change: ['entitlement', 'AAE116', '1', '3'] },
  hold: { code: 'B10400', limit: 10, change: ['entitlement', 'AAE116', '1', '2'] },
  resume: { code: 'B10500', limit: 20, change: ['entitlement', 'AAE116', '2', '1'] },
  account: { code: 'A10800', limit: 10, change: ['payee_account', 'AAE010', '原账户', '新账户'] },
  grant: { code: 'B20100', limit: 20 },
  unemployment: { code: 'B30100', limit: 10, change: ['entitlement', 'AAE210', '', '核定'] },
  injury: { code: 'B40100', limit: 60 },
  assess: { code: 'B40200', limit: 60 },
  claim: { code: 'B40300', limit: 20 },
  join: { code: 'A01200', limit: 10 },
  leave: { code: 'A01300', limit: 10 },
};

/** Everyday matters; none changes a key field. */
const DAILY: readonly Matter[] = [
  { code: 'A00600', limit: 10 },
  { code: 'C10100', limit: 5 },
  { code: 'C10200', limit: 5 },
  { code: 'C20100', limit: 10 },
  { code: 'C30100', limit: 5 },
  { code: 'D10100', limit: 10 },
  { code: 'D20100', limit: 15 },
  { code: 'E10100', limit: 10 },
  { code: 'E20100', limit: 10 },
];

/** Eight channels (端), weighted: counter, web, phone, mobile, kiosk, WeChat, e-card, village. */
const CHANNELS = `['01','01','01','01','01','02','02','03','04','04','04','04','05','06','06','08','10','10','10','10']`;

/** Makes `bcase` (业务件) in working minutes: 480 a working day from 09:00. */
export async function makeCases(city: City): Promise<void> {
  await city.run(`create table home as
    select p.pid, coalesce(s.agency, p.county) agency from person p
    left join spell s on s.pid = p.pid and s.no = 2 and s.role in ('E', 'G', 'H', 'U', 'I', 'W') order by p.pid`);
  const matters = [
    ...Object.entries(FACT_MATTERS),
    ...DAILY.map((m, i) => [`daily${i}`, m] as const),
  ];
  await city.run(
    `create table matter as select * from (values ${matters
      .map(
        ([kind, m]) =>
          `('${kind}','${m.code}',${m.limit},${(m.change ?? []).length === 0 ? 'null,null,null,null' : m.change?.map((x) => (x === '' ? 'null' : `'${x}'`)).join(',')})`,
      )
      .join(',')}) t(kind, code, day_limit, table_changed, field_changed, old_value, new_value)`,
  );
  await city.run(`create table bcase as
    with a as (${factSql()} union all ${dailySql(city.persons)}),
    b as (select a.*, row_number() over (order by m, kind, pid, extra) as no from a where m between w0() and wf()),
    c as (select b.*, w.i0 * 480 + case when kind like 'daily%' and (m + 1 - w0() + 12) % ${ROTATION} <> 0 then h(no, 111) % (w.days * 480)::UBIGINT
        else h(no, 111) % (greatest(1, w.days - 7) * 480)::UBIGINT end::BIGINT x0
      from b join workmonth w using (m)),
    d as (select *, 5 + n(no, 112, 40) d1, n(no, 113, 500) + 30 d2, n(no, 114, 700) + 60 d3, n(no, 115, 500) + 30 d4, n(no, 116, 60) + 10 d5 from c),
    -- What must be done within five days is finished before a holiday: days worked around it would count.
    e as (select d.* replace (case when t.day_limit <= 5 then least(x0, (w.last + 1) * 480 - 1 - d1 - d2 - d3 - d4 - d5) else x0 end as x0)
      from d join matter t using (kind) join workblock w on w.i = d.x0 // 480)
    select no::INTEGER as no, kind, pid::INTEGER pid, ins::INTEGER ins, m::INTEGER m, home.agency, ${CHANNELS}[n(no, 117, 20) + 1] channel,
      x0, x0 + d1 x1, x0 + d1 + d2 x2, x0 + d1 + d2 + d3 x3, x0 + d1 + d2 + d3 + d4 x4, x0 + d1 + d2 + d3 + d4 + d5 x5,
      ((m - w0() + 12) // ${ROTATION})::INTEGER k, n(no, 118, ${staffPerPosition(city.persons)})::INTEGER q, null::VARCHAR twist, '1' result, null::VARCHAR staff_agency
    from e join home using (pid) order by no`);
  await city.run(
    `create table bcase_done as select b.no, w.m done_m from bcase b join workday w on w.i = b.x5 // 480 order by b.no`,
  );
}

function factSql(): string {
  const of = (kind: string, month: string, rest: string) =>
    `select '${kind}' kind, pid, ins, ${month} m, 0 extra from ${rest}`;
  return [
    of('retire', 'start_m - 1', "benefit where class in ('01', '02')"),
    of('resident_retire', 'start_m - 1', "benefit where class = '03'"),
    of('stop', 'stop_m + 1', 'benefit where stop_m is not null'),
    of('hold', 'hold_from + 1', 'benefit where hold_from is not null'),
    of('resume', 'hold_to + 1', 'benefit where hold_to is not null'),
    of('account', 'change_m', 'benefit where change_m is not null'),
    of('unemployment', 'start_m - 1', "benefit where class = '05'"),
    "select 'grant', pid, 110, due_m + 1, 0 from one_off where item = '100140'",
    "select 'injury', pid, 410, om + 1, 0 from injury",
    "select 'assess', pid, 410, om + 5, 0 from injury where role <> 'W'",
    "select 'claim', pid, 410, om + 3, 0 from claim",
    "select 'join', pid, case when kind in ('organ', 'institution') then 120 else 110 end, from_m, no from spell",
    "select 'leave', pid, case when kind in ('organ', 'institution') then 120 else 110 end, to_m + 1, no from spell where role not in ('P', 'Q') and to_m is not null",
    "select 'join', pid, 170, from_y * 12 + pay_month - 1, 3 from resident",
  ].join(' union all ');
}

function dailySql(persons: number): string {
  return `select 'daily' || n(i, 121, ${DAILY.length}), p.pid, case p.role when 'R' then 170 when 'A' then 170 when 'G' then 120 when 'Q' then 120 else 110 end,
      w0() + n(i, 123, wf() - w0() + 1) as m, i + 10
    from range(0, ${Math.floor(persons * 0.8)}) t(i) join person p on p.pid = 1 + n(i, 122, ${persons}) join seen on seen.pid = p.pid
    where w0() + n(i, 123, wf() - w0() + 1) >= seen.m and (p.dm is null or w0() + n(i, 123, wf() - w0() + 1) < p.dm)`;
}

/** One row per step of the cases that reach it in months `from`–`to`. */
export function stepSql(from: number, to: number): string {
  const steps: readonly (readonly [
    seq: number,
    step: string,
    action: string,
    x: string,
    position: number,
  ])[] = [
    [1, '010', '01', 'x0', 0],
    [2, '020', '02', 'x1', 0],
    [3, '030', '02', 'x2', 1],
    [4, '040', '02', 'x3', 2],
    [5, '050', '02', 'x4', 3],
    [6, '080', '02', 'x5', 0],
  ];
  const rows = steps.map(
    ([seq, step, action, x, position]) =>
      `select no, kind, coalesce(staff_agency, agency) agency, channel, ${seq} seq, '${step}' step, '${action}' act, ${x} x,
      ${position === 2 ? "case when twist = 'same' then 1 else 2 end" : position} pos, k, q, coalesce(twist, '') twist from span`,
  );
  return `with span as (select * from bcase where m between ${from - 12} and ${to}),
    e as (${rows.join(' union all ')})
    select e.*, w.d, s.oid from e join workday w on w.i = e.x // 480
    join staff s on s.agency = e.agency and s.j = (e.pos + 400 - e.k) % 4 + 4 * e.q and not s.auditor
    where w.m between ${from} and ${to} and not (e.twist = 'skip' and e.seq = 5) and not (e.twist = 'unchecked' and e.seq in (4, 5))`;
}
