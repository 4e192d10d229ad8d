import type { City } from './engine.ts';
import { NATIONAL_INCOME } from './policy.ts';

const LUMP_MONTHS = '[27, 25, 23, 21, 18, 16, 13, 11, 9, 7]';

/**
 * Makes `injury` (工伤), its lump sums, monthly allowances, deaths at work and survivors.
 * Grades rotate within an employer, so that no employer stands out by one grade.
 */
export async function makeInjuryCases(city: City): Promise<void> {
  await city.run(`create table injury0 as
    select s.pid, s.uid, s.role, case when s.role = 'W' then s.to_m when s.role = 'I' then s.to_m - 6
        else greatest(s.from_m + 14, w0() + 14) + n(s.pid, 81, 400) end::INTEGER om, (1 + n(s.pid, 82, 20))::INTEGER od
    from spell s join person p using (pid)
    where s.no = 2 and (s.role in ('W', 'I') or (s.role = 'E' and p.dm is null and p.wi between 900 and 1700 and n(s.pid, 80, 1000) < ${Math.round(Math.min(1000, Math.max(60, 12_000_000 / city.persons)))}))`);
  await city.run(`create table injury as
    with a as (select * from injury0 where om <= wf() - 8 and om >= w0() + 14),
    b as (select *, row_number() over (partition by uid order by om, pid) k from a)
    select pid, uid, role, om, case when role = 'W' then (select dd from person x where x.pid = b.pid) else od end::INTEGER od, k,
      case role when 'W' then '00' when 'I' then '0' || (1 + n(pid, 83, 4))
        else ['10', '09', '11', '10', '08', '11', '09', '07'][k % 8 + 1] end grade, 5 as report_days, ${ownWage()} wage
    from b order by pid`);
  await city.run('drop table injury0');
}

/** Makes what injuries lead to: lump sums, allowances, grants and survivors' pensions. */
export async function makeInjuryBenefits(city: City): Promise<void> {
  await city.run(`insert into one_off select pid, 410, '400020', om + 5, om + 6, ${LUMP_MONTHS}[grade::INTEGER] * wage, 18
    from injury where grade between '01' and '10' order by pid`);
  await makeAllowances(city);
  await makeDeathsAtWork(city);
}

/** 本人工资: mean base of the twelve months before the accident, half up to the fen. */
function ownWage(): string {
  const base = (offset: string) =>
    `(select greatest(yr.low, least(yr.high, yr.wage::BIGINT * p.wi * (990 + n(p.pid * 64 + (b.om // 12 ${offset}) % 64, 23, 21)) // 1000000))
      from person p, yr where p.pid = b.pid and yr.y = b.om // 12 ${offset})`;
  return `((om % 12) * ${base('')} + (12 - om % 12) * ${base('- 1')} + 6) // 12`;
}

async function makeAllowances(city: City): Promise<void> {
  await city.run(`insert into benefit select pid, 410, '06', null, om + 7, null, null, wage * [90, 85, 80, 75][grade::INTEGER] // 100, 0,
    null, null, null, null, null, null, null, null, null, null from injury where role = 'I' order by pid`);
}

async function makeDeathsAtWork(city: City): Promise<void> {
  const incomes = Object.entries(NATIONAL_INCOME).map(([year, income]) => `(${year}, ${income})`);
  await city.run(`insert into one_off
    with v as (select * from (values ${incomes.join(',')}) t(y, income))
    select i.pid, 410, '400030', om, om + 2, v.income * 2000, 16 from injury i join v on v.y = om // 12 where role = 'W'
    union all select i.pid, 410, '400040', om, om + 2, 6 * yr.wage, 16 from injury i join yr on yr.y = om // 12 where role = 'W'
    order by 1, 3`);
  await city.run(`create table survivor as
    with w as (select row_number() over (order by pid) k, pid deceased, om, wage from injury where role = 'W'),
    s as (select row_number() over (partition by pid % 2 order by pid) k, pid, pid % 2 = 1 spouse from person where role = 'S')
    select s.pid, w.deceased, w.om, spouse, w.wage * case when spouse then 40 else 30 end // 100 amount from s join w using (k) order by s.pid`);
  await city.run(`insert into benefit select pid, 410, '04', null, om + 1, null, null, amount, 0, null, null, null, null, null, deceased,
    case when spouse then '1' else '2' end, null, null, null from survivor order by pid`);
}

/** Makes `claim` and `claim_item` (工伤医疗费): one short stay per injured person, priced per day. */
export async function makeClaims(city: City): Promise<void> {
  await city.run(`create table claim as
    select pid, 1 as no, om, od, 0 as shift, 2 + n(pid, 90, 4) as days, 'S' diagnosis, md5('票' || pid) || md5(pid || '据') invoice, n(pid, 91, 6) hospital,
      (12000 + n(pid, 92, 40) * 100)::BIGINT bed, (26000 + n(pid, 93, 300) * 100)::BIGINT cure,
      (45000 + n(pid, 94, 400) * 100)::BIGINT exam, (3000 + n(pid, 95, 80) * 50)::BIGINT drug, 1 + n(pid, 96, 3) packs
    from injury where role <> 'W' and om + 3 <= wf() order by pid`);
}

/** Makes the lines of the claims, priced per day, and their totals. */
export async function makeClaimLines(city: City): Promise<void> {
  await city.run(`create table claim_line as
    with s as (select *, mdate(om, od) + shift::INTEGER as first_day from claim),
    d as (select s.*, r.d from s, unnest(range(0, days)) r(d))
    select pid, no, om, d * 2 as k, first_day + d::INTEGER as charged_on, '床位费' cat_name, '0' kind, 'F110900001' cat_code, bed price, 1 qty from d
    union all select pid, no, om, d * 2 + 1, first_day + d::INTEGER, '清创缝合及换药', '0', 'F120600001', cure, 1 from d where cure > 0
    union all select pid, no, om, 90, first_day, 'CT平扫', '0', 'F210300001', exam, 1 from s
    union all select pid, no, om, 91, first_day, '头孢呋辛钠注射剂', '1', 'XJ01DCT056', drug, packs from s
    order by 1, 2, 4`);
  await city.run("alter table claim_line add column pay_class VARCHAR default '1'");
  await city.run(
    `create table claim_total as select pid, no, sum(price * qty)::BIGINT total from claim_line group by pid, no order by pid, no`,
  );
  await city.run(
    `insert into one_off select pid, 410, '400010', om + no - 1, om + 2 + no, total, 17 from claim join claim_total using (pid, no) order by pid, no`,
  );
}
