import { POSITIONS } from '../staff.ts';
import { type Dataset, personNo, staffNo, unitNo } from './dataset.ts';

export const unit: Dataset = {
  name: 'unit',
  kind: 'master',
  keys: ['AAB001'],
  money: [],
  newline: '\r\n',
  columns: {
    AAB001: unitNo('u.uid'),
    AAB998: 'c.uscc',
    AAB004: 'u.uname',
    AAB030: 'c.uscc',
    AAB019: 'u.utype',
    AAB020: "case u.utype when '10' then '173' when '80' then null else '110' end",
    AAB022: "lpad((610 + u.uid % 8000)::VARCHAR, 4, '0')",
    AAA149: 'u.risk::VARCHAR',
    AAB301: 'u.region',
    AAB014: 'boss.id_no',
    AAE047: 'day8(u.founded, 6)',
    AAE119: "case when u.closed is not null then '3' else '1' end",
    AAB034: 'u.agency',
  },
  source: () =>
    'from unit u left join unit_code c using (uid) left join unit_boss x using (uid) left join person boss on boss.pid = x.pid where u.founded <= :W order by u.uid',
};

export const unitEnrolment: Dataset = {
  name: 'unit_enrolment',
  kind: 'master',
  keys: ['unit_enrol_id'],
  money: [],
  newline: '\r\n',
  columns: {
    unit_enrol_id: `'UE' || lpad(u.uid::VARCHAR, 7, '0') || i.ins`,
    AAB001: unitNo('u.uid'),
    AAE140: 'i.ins',
    AAB050: 'day8(u.founded + 1, 8)',
    AAB051: "case when u.closed is not null then '3' else '1' end",
    AAB066: "'0'",
    AAB033: "'2'",
    AAA042:
      "case when u.kind = 'agent' then '0' when i.ins in (110, 120) then '0.16' when i.ins = 210 then '0.007' else (u.r410 / 10000.0)::DECIMAL(9,4)::VARCHAR end",
    AAA041:
      "case when u.kind = 'agent' then '0.2' when i.ins in (110, 120) then '0.08' when i.ins = 210 then '0.003' else '0' end",
    AAZ066: "'SW' || u.agency",
  },
  source:
    () => `from unit u join insured_by i on i.kind = case when u.kind in ('young', 'closed') then 'enterprise' else u.kind end
    where u.founded + 1 <= :W and not exists (select 1 from unit_drop d where d.uid = u.uid and d.ins = i.ins) order by u.uid, i.ins`,
};

export const operator: Dataset = {
  name: 'operator',
  kind: 'master',
  keys: ['AAE011'],
  money: [],
  newline: '\r\n',
  columns: {
    AAE011: staffNo('s.oid'),
    AAE012: 's.name',
    AAC002: 's.id_no',
    AAE017: 's.agency',
    state: "case when s.left_m <= :W then '0' else '1' end",
    AAE172: "'2'",
    valid_from: 'day8(w0() - 12, 1)',
    valid_to: 'case when s.left_m <= :W then day8(s.left_m, 1) end',
  },
  source: () => 'from staff s order by s.oid',
};

export const operatorGrant: Dataset = {
  name: 'operator_grant',
  kind: 'master',
  keys: ['grant_id'],
  money: [],
  newline: '\r\n',
  columns: {
    grant_id: `'G' || lpad(g.oid::VARCHAR, 4, '0') || lpad(g.k::VARCHAR, 3, '0')`,
    AAE011: staffNo('g.oid'),
    position: `case g."position" when 'AUDIT' then '02' else '01' end`,
    permission: `case g."position" ${POSITIONS.map((p) => `when '${p}' then 'BIZ_${p}'`).join(' ')} else 'AUDIT_QUERY' end`,
    YAB139: 'g.agency',
    from_at: "day8(g.from_m, 1) || '000000'",
    to_at: `case when g.to_m <= :W then strftime(mdate(g.to_m, 1) - 1, '%Y%m%d') || '235959' end`,
    granted_by: `case when g.own then ${staffNo('g.oid')} else 'SX000001' end`,
    approved_state: "case when g.own then '1' else '2' end",
  },
  source: () => 'from grant_period g where g.from_m <= :W order by g.oid, g.k',
};

export const householdMember: Dataset = {
  name: 'household_member',
  kind: 'flow',
  keys: ['rel_id'],
  money: [],
  newline: '\r\n',
  columns: {
    rel_id: `'R' || lpad(x.pid::VARCHAR, 9, '0') || x.mark`,
    AAZ067: `'H' || lpad(x.related::VARCHAR, 9, '0')`,
    AAC001: personNo('x.pid'),
    related_id: personNo('x.related'),
    AAE144: 'x.relation',
    AAE100: "'1'",
    from_on: 'day8(x.seen, 1)',
  },
  source: (
    from,
    to,
  ) => `from (select pid, deceased related, case when spouse then '1' else '2' end relation, om + 1 as seen, '' mark from survivor
      union all select pid, related, relation, seen, 'X' from extra_kin
      union all select a.pid, a.pid + 1, null, greatest(sa.m, sb.m), '' from person a join person b on b.pid = a.pid + 1
        join seen sa on sa.pid = a.pid join seen sb on sb.pid = b.pid
        where a.role = 'R' and b.role = 'R' and a.pid % 10 = 0) x
    where x.seen between ${from} and ${to} order by x.pid, x.mark`,
};
