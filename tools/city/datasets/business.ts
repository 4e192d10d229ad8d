import { stepSql } from '../cases.ts';
import { type Dataset, personNo, staffNo, timestamp } from './dataset.ts';

/** Working minute → clock: a working day runs from 09:00 for 480 minutes. */
const clock = (day: string, x: string, no: string, shift = '0') =>
  timestamp(day, `32400 + (${x} % 480) * 60 + ${no} % 60 + ${shift}`);
const caseNo = (no: string) => `'B' || lpad(${no}::VARCHAR, 9, '0')`;

/** What the third step changed: by the matter, or a planted birth date or reason for leaving. */
const changed = (own: string, birth: string, reason: string) =>
  `case when e.seq = 3 then case e.twist when 'birth' then '${birth}' when 'reason' then '${reason}' else ${own} end end`;

export const bizCase: Dataset = {
  name: 'biz_case',
  kind: 'state',
  keys: ['AAZ002'],
  money: [],
  newline: '\n',
  columns: {
    AAZ002: caseNo('b.no'),
    BAE010: "'140500' || lpad(b.no::VARCHAR, 12, '0')",
    AAA121: 't.code',
    AAA028: "'2'",
    AAC001: personNo('b.pid'),
    AAE140: 'b.ins',
    channel: 'b.channel',
    AAE127: clock('wa.d', 'b.x0', 'b.no'),
    AAB034: 'b.agency',
    time_limit_days: 't.day_limit',
    retro_months: "case when b.twist = 'retro' then 8 end",
    finished_at: `case when wz.m <= :W then ${clock('wz.d', 'b.x5', 'b.no')} end`,
    YAA017: "case when wz.m <= :W then b.result else '0' end",
  },
  source: () =>
    `from bcase b join matter t using (kind) join workday wa on wa.i = b.x0 // 480 join workday wz on wz.i = b.x5 // 480 where wa.m <= :W order by b.no`,
};

export const bizEvent: Dataset = {
  name: 'biz_event',
  kind: 'flow',
  large: 7,
  keys: ['event_id'],
  money: [],
  newline: '\n',
  columns: {
    event_id: `'V' || lpad(e.no::VARCHAR, 9, '0') || e.seq`,
    AAZ002: caseNo('e.no'),
    AAE419: 'e.seq',
    step: 'e.step',
    action: 'e.act',
    AAE011: staffNo('e.oid'),
    role: `['ACCEPT', 'REVIEW', 'CHECK', 'APPROVE'][e.pos + 1]`,
    AAE017: 'e.agency',
    channel: 'e.channel',
    AAE036: clock(
      "(e.d + case when e.twist = 'weekend' and e.seq = 3 then 6 - isodow(e.d) else 0 end::INTEGER)",
      'e.x',
      'e.no',
      "case when e.twist = 'night' and e.seq = 3 then 14 * 3600 - (e.x % 480) * 60 else 0 end",
    ),
    AAE016: "case when e.seq in (4, 5) then '1' end",
    AAA796:
      "'10.14.' || (e.oid // 100) || '.' || case when e.twist = 'terminal' and e.seq = 4 then 10 + e.oid % 100 // 4 * 4 + (e.pos + 399 - e.k) % 4 else 10 + e.oid % 100 end",
    AAA801: changed('t.table_changed', 'person', 'enrolment'),
    AAE155: changed('t.field_changed', 'AAC006', 'AAE160'),
    AAE123: changed('t.old_value', '19680105', '本人辞职'),
    AAE124: changed('t.new_value', '19660105', '合同期满'),
  },
  source: (from, to) =>
    `from (${stepSql(from, to)}) e join matter t using (kind) order by e.no, e.seq`,
};
