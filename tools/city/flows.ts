import { baseOf } from './accounts.ts';
import type { City } from './engine.ts';

const SPELL_RATES = `case when s.kind = 'agent' then 0 when i.ins in (110, 120) then case when r.m < 24232 then 2000 else 1600 end
  when i.ins = 210 then 70 else s.r410 end`;
const PERSON_RATES = `case when s.kind = 'agent' then 2000 when i.ins in (110, 120) then 800 when i.ins = 210 then 30 else 0 end`;

/** Fills `contribution` (征缴明细) with the months `from`–`to` of one calendar year, and adds up levies. */
export async function fillContributions(city: City, from: number, to: number): Promise<void> {
  const year = Math.floor(from / 12);
  await city.run(`create or replace temp table contribution as
    with e as (
      select p.pid, s.uid, s.sid, s.kind, i.ins, r.m::INTEGER m, ${baseOf(year)} base, ${SPELL_RATES} ur, ${PERSON_RATES} pr
      from spell s join person p using (pid) join yr on yr.y = ${year} join insured_by i on i.kind = s.kind,
        unnest(range(greatest(s.from_m, ${from}), least(coalesce(s.to_m, ${to}), ${to}) + 1)) r(m)
      where s.from_m <= ${to} and coalesce(s.to_m, ${to}) >= ${from})${city.planted ? PLANTED_BASES : ''}
    select pid, uid, (sid::BIGINT * 1000 + ins)::BIGINT enrol, ins::INTEGER ins, m, m due, 10::INTEGER pay_type, null::VARCHAR fund_item, base::BIGINT base,
      (base * ur + 5000) // 10000 unit_due, (base * pr + 5000) // 10000 person_due,
      case when ins in (110, 120) then (base * 8 + 50) // 100 end to_acct, kind = 'agent' as alone, '0' as part, 1 as steps, '1' as flag from ${city.planted ? 'j' : 'e'} order by m, ins, pid, sid`);
  await city.run(`insert into contribution
    select pid, null, (pid * 2 + 1)::BIGINT * 1000 + 170, 170, ${year} * 12 + pay_month - 1, ${year * 12 + 11}, 10, x.item, null,
      case when x.item = '1' then 0 when x.item = '11' then 10000 else subsidy * 100 end, case when x.item = '1' then tier * 100 else 0 end,
      case when x.item = '5' then subsidy * 100 else tier * 100 end, true, x.part, 1, '1'
    from resident, (values ('1', '0', false), ('5', '1', false), ('11', '2', true)) x(item, part, poor)
    where from_y <= ${year} and to_y >= ${year} and ${year} * 12 + pay_month - 1 between ${from} and least(${to}, coalesce(dm, ${to})) and x.poor = resident.poor
    order by 5, pid, x.part`);
  if (city.planted) await addPlantedContributions(city, from, to);
  if (to >= city.cal.levyFrom) await addLevies(city, Math.max(from, city.cal.levyFrom), to);
}

/** Contributions of planted facts: other bases, dropped insurances. */
const PLANTED_BASES = `,
    j as (select e.* replace (coalesce(b.base, e.base) as base, e.ur + coalesce(b.add_rate, 0) as ur) from e
      left join base_jump b on b.pid = e.pid and coalesce(b.ins, e.ins) = e.ins and e.m between b.from_m and b.to_m
      where not exists (select 1 from drop_contribution d where d.pid = e.pid and d.ins = e.ins and e.m >= d.from_m))`;

async function addPlantedContributions(city: City, from: number, to: number): Promise<void> {
  await city.run(`insert into contribution select pid, uid, enrol, ins, m, due, pay_type, fund_item, base, unit_due, person_due,
      person_due, coalesce(uid in (select uid from unit where kind = 'agent'), true), part, steps, '1' from extra_contribution where m between ${from} and ${to} order by m, pid, due, part`);
  await city.run(`update contribution set flag = '2' from owing o
    where coalesce(o.uid = contribution.uid, o.pid = contribution.pid) and coalesce(o.ins = contribution.ins, true) and contribution.m between o.a and o.b`);
}

/** 税务征收: one levy per employer, insurance and month; one per person for those who pay alone. */
async function addLevies(city: City, from: number, to: number): Promise<void> {
  await city.run(`insert into levy select case when alone then null else uid end, case when alone then pid end, ins, m,
      sum(unit_due)::BIGINT, sum(person_due)::BIGINT from contribution
    where m between ${from} and ${to} and flag = '1' and coalesce(fund_item, '1') = '1' group by 1, 2, ins, m order by m, ins, 1, 2`);
}

/** Fills `payment` (待遇发放) with the months `from`–`to` of one calendar year, and adds up pay orders. */
export async function fillPayments(city: City, from: number, to: number): Promise<void> {
  const year = Math.floor(from / 12);
  await city.run(`create or replace temp table payment as
    with e as (
      select b.pid, b.ins, b.class, r.m::INTEGER m, b.no, b.init + b.step * (${year} - (b.start_m - 1) // 12) + case when b.jump_m <= r.m then b.jump else 0 end amount,
        case when r.m between b.fail_from and b.fail_to then '2' else '1' end flag, b.acct, b.jump_m, b.jump,
        b.change_m is not null and r.m > b.change_m changed
      from benefit b, unnest(range(greatest(b.start_m, ${from}), least(coalesce(b.stop_m, ${to}), ${to}) + 1)) r(m)
      where b.start_m <= ${to} and coalesce(b.stop_m, ${to}) >= ${from} and not coalesce(r.m > b.hold_from and r.m <= b.hold_to, false)),
    x as (select pid, ins, m, changed, no, flag, '0' adj, case when no = 1 then '1' else (no + 1)::VARCHAR end suffix, case class when '01' then '100011' when '02' then '100011' when '03' then '100011' when '05' then '110011'
          when '06' then '400080' else case when ins = 410 then '400100' else '100101' end end item,
        case when class = '03' then (select resident_basic from yr where y = ${year}) + case when jump_m <= m then jump else 0 end else amount end amount, true regular, m due, 10 as day from e
      union all select pid, ins, m, changed, no, flag, '0', case when no = 1 then '1' else (no + 1)::VARCHAR end, '100012', acct, true, m, 10 from e where class = '03' and acct > 0
      union all select o.pid, o.ins, o.pay_m, coalesce(b.change_m < o.pay_m, false), 1, '1', '0', '2', o.item, o.amount, false, o.due_m, o.day
        from one_off o left join (select pid, max(change_m) change_m from benefit group by pid) b using (pid) where o.pay_m between ${from} and ${to}
      union all select o.pid, o.ins, o.m, coalesce(b.change_m < o.m, false), 1, '1', o.adj, o.suffix, o.item, o.amount, true, o.due, 11
        from extra_payment o left join (select pid, max(change_m) change_m from benefit group by pid) b using (pid) where o.m between ${from} and ${to})
    select x.pid, x.ins, x.m, x.due, x.item, x.amount::BIGINT amount, x.regular, x.day, x.no, x.flag, x.adj, x.suffix, case when changed then 2 else 1 end gen, p.ci
    from x join person p using (pid) order by x.m, x.ins, x.pid, x.item, x.due, x.suffix`);
  await city.run(
    `insert into pay_order select m, ins, ci, item, max(day), sum(amount)::BIGINT from payment where flag = '1' group by m, ins, ci, item order by m, ins, ci, item`,
  );
  if (city.planted)
    await city.run(
      'insert into paid_mark select pid, ins, item, m, due, amount, regular, flag, adj, suffix from payment where pid in (select pid from mark)',
    );
}

export async function makeFlowTables(city: City): Promise<void> {
  await city.run(
    'create table levy (uid INTEGER, pid INTEGER, ins INTEGER, m INTEGER, unit_due BIGINT, person_due BIGINT)',
  );
  await city.run(
    'create table pay_order (m INTEGER, ins INTEGER, ci INTEGER, item VARCHAR, day INTEGER, amount BIGINT)',
  );
}
