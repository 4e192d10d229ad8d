import { type Dataset, enrolmentNo, personNo, unitNo } from './dataset.ts';

export const person: Dataset = {
  name: 'person',
  kind: 'state',
  keys: ['AAC001'],
  money: [],
  newline: '\r\n',
  columns: {
    AAC001: personNo('p.pid'),
    AAC002: 'p.id_no',
    AAC058: "'01'",
    AAC003: 'p.name',
    AAC004: 'p.sex',
    AAC005:
      "case when contains(p.name, '·') then '05' when n(p.pid, 160, 300) = 0 then '03' else '01' end",
    AAC006: 'day8(coalesce(t.birth_m, p.bm), p.bd)',
    YAC516:
      "case when t.archive_m is not null then day8(t.archive_m, p.bd) when p.role in ('P', 'Q') then day8(coalesce(t.birth_m, p.bm), p.bd) end",
    AAC007:
      "case when t.work_m is not null then day8(t.work_m, 1) when p.role not in ('R', 'A', 'S') then day8(p.bm + 216, 1) end",
    AAC008:
      "case when p.dm < :W then '4' when p.role in ('P', 'Q', 'A') and p.rm <= :W then '2' else '1' end",
    AAC060: "case when p.dm < :W then '2' else '1' end",
    AAE138:
      'case when p.dm < :W then day8(case when t.death_m is not null and :W = wf() then t.death_m else p.dm end, p.dd) end',
    AAC084: "case when p.role in ('P', 'Q') and p.rm <= :W then '1' else '0' end",
    AAC009: "case when p.role in ('R', 'A') or n(p.pid, 161, 3) = 0 then '20' else '10' end",
    AAC300: 'p.county',
    AAC010: "'山西省晋城市' || p.county || '辖区第' || p.pid || '号'",
    AAF103:
      "case when p.role in ('R', 'A') then p.county || lpad((100 + n(p.pid, 162, 16))::VARCHAR, 3, '0') || lpad((200 + n(p.pid, 163, 30))::VARCHAR, 3, '0') end",
    AAC067: 'p.mobile',
    AAC012:
      "case p.role when 'G' then '5' when 'Q' then '4' when 'F' then '30' when 'R' then '2' when 'A' then '2' when 'S' then '0' else case p.cls when 2 then '4' else '1' end end",
    AAC019: "case when p.spec then '3' else '0' end",
    AAC011: "['21', '31', '40', '61', '70', '70', '80'][n(p.pid, 164, 7) + 1]",
    AAC161: "'CHN'",
    AAB034: 'home.agency',
  },
  source: () =>
    'from person p join home using (pid) join seen using (pid) left join tweak_person t using (pid) where seen.m <= :W order by p.pid',
};

const ended = '(x.to_m < :W)';
/** Enrolments of employment and of residents in one shape; `why` is what ends an employment. */
const ENROLMENTS = `(
  select s.pid, s.sid::BIGINT * 1000 + i.ins as id, s.uid, i.ins, s.from_m, s.to_m, p.dm, s.agency, p.wi, null::INTEGER tier, '011' as ident,
    case when s.role in ('P', 'Q') then 'retire' when s.role = 'H' then 'pause' when s.role = 'U' then 'leave' when s.to_m is not distinct from p.dm then 'death' else 'leave' end why
  from spell s join person p using (pid) join insured_by i on i.kind = s.kind where not (s.role in ('P', 'Q') and coalesce(s.to_m, 99999) < w0() and i.ins not in (110, 120))
  union all
  select p.pid, (p.pid * 2 + 1)::BIGINT * 1000 + 170, null, 170, coalesce(r.from_y * 12 + r.pay_month - 1, 24138), case when p.role = 'A' then coalesce(p.dm, 99999) else p.dm end, p.dm, p.county, p.wi,
    coalesce(r.tier, 200), case when r.poor then '061' else '011' end, case when p.role = 'A' then 'draw' else 'resident' end
  from person p left join resident r using (pid) where p.role = 'A' or r.pid is not null)`;

export const enrolment: Dataset = {
  name: 'enrolment',
  kind: 'state',
  keys: ['AAZ159'],
  money: ['AAC040', 'AAE180'],
  newline: '\r\n',
  columns: {
    AAZ159: enrolmentNo('x.id'),
    AAC001: personNo('x.pid'),
    AAB001: unitNo('x.uid'),
    AAE140: 'x.ins',
    AAC066: 'x.ident',
    AAC030: 'day8(x.from_m + coalesce(f.months, 0), 1)',
    AAC049: 'ym6(x.from_m)',
    AAC008: `case when not ${ended} or ${ended} is null then '1' when x.why = 'retire' then '2' when x.why in ('death', 'draw', 'resident') then '4' when x.why = 'pause' then '1' else '4' end`,
    AAC031: `case when x.why = 'draw' and (:W >= x.draw_m or ${ended}) then '3' when not ${ended} or ${ended} is null then '1' when x.why = 'pause' then '2' else '3' end`,
    AAC040: 'case when x.ins <> 170 then yuan(x.base) end',
    AAE180: 'case when x.ins <> 170 then yuan(x.base) end',
    AAZ136: 'x.tier',
    AAC050: `case when not ${ended} or ${ended} is null then '11' when x.why = 'retire' then '25' when x.why = 'pause' then '22' else '21' end`,
    AAE160: `case when not ${ended} or ${ended} is null then null when x.why in ('death', 'resident') then '6401' when x.why = 'draw' then '1401' when x.why = 'retire' then null else '6399' end`,
    AAE035: `case when ${ended} then day8(x.to_m + 1, 5) else day8(x.from_m, 1) end`,
    AAE031: `case when ${ended} then ym6(x.to_m) end`,
    AAB034: 'x.agency',
  },
  source:
    () => `from (select e.*, p.rm draw_m, greatest(yr.low, least(yr.high, yr.wage::BIGINT * e.wi * (990 + n(e.pid * 64 + yr.y % 64, 23, 21)) // 1000000)) base
      from ${ENROLMENTS} e join person p using (pid) join yr on yr.y = greatest(1975, least(:W, coalesce(e.to_m, :W)) // 12)) x left join enrol_shift f on f.pid = x.pid and f.ins = x.ins
    where x.from_m <= :W order by x.id`,
};

export const employment: Dataset = {
  name: 'employment',
  kind: 'state',
  keys: ['emp_id'],
  money: [],
  newline: '\n',
  columns: {
    emp_id: `'M' || lpad(x.id::VARCHAR, 11, '0')`,
    AAC001: personNo('x.pid'),
    AAB001: `case when x.kind = '1' then ${unitNo('x.uid')} end`,
    kind: 'x.kind',
    AAC016: "case when x.kind = '3' then '2' else '1' end",
    ABC913: 'day8(x.from_m, 1)',
    ABC916: "case when x.kind <> '3' and x.to_m < :W then day8(x.to_m, 25) end",
    AAE043: 'day8(x.from_m, 15)',
    AJC090: "case when x.kind = '3' then day8(x.from_m - 1, 25) end",
    AJC093: "case when x.kind = '3' then '02' end",
    AAE100: "case when x.kind <> '3' and x.to_m < :W then '0' else '1' end",
  },
  source:
    () => `from (select sid::BIGINT * 10 id, pid, uid, case when kind = 'agent' then '2' else '1' end kind, from_m, to_m from spell where role not in ('P', 'Q')
      union all select sid::BIGINT * 10 + 1, pid, null, '3', to_m + 1, null from spell where role = 'U') x
    where x.from_m <= :W order by x.id`,
};
