import type { City } from './engine.ts';
import { DIVISORS } from './policy.ts';

/**
 * Makes `benefit` (定期待遇): one row per recipient, paid monthly from `start_m` to `stop_m`,
 * except in the months after `hold_from` up to `hold_to` (serving a sentence).
 */
export async function makeBenefits(city: City): Promise<void> {
  await city.run(`create table benefit (pid INTEGER, ins INTEGER, class VARCHAR, retire_type VARCHAR, start_m INTEGER,
    stop_m INTEGER, stop_why VARCHAR, init BIGINT, step BIGINT, basic BIGINT, acct BIGINT, transition BIGINT, idx INTEGER,
    months_total INTEGER, deceased INTEGER, relation VARCHAR, hold_from INTEGER, hold_to INTEGER, change_m INTEGER)`);
  await makePensions(city);
  await makeResidentPensions(city);
  await makeUnemployment(city);
  await city.run(`create or replace table benefit as select * from benefit order by pid`);
}

/** 国发〔2005〕38号: basic + account + transition, rounded up to 0.1 yuan; raised every January. */
async function makePensions(city: City): Promise<void> {
  await city.run(`insert into benefit
    with a as (select p.pid, p.role, p.rm, p.bm, p.dm, p.spec, a.actual, a.deemed, a.balance + a.paid_out as balance,
        yr.pension_base c, (6000 + n(p.pid, 70, 9000)) idx
      from person p join account_year a on a.pid = p.pid and a.year = p.rm // 12 join yr on yr.y = p.rm // 12
      where p.role in ('P', 'Q')),
    b as (select *, (2 * c * (10000 + idx) * (actual + deemed) + 240000) // 480000 basic,
        (balance * 20 + ${divisorSql('rm - bm')}) // (2 * ${divisorSql('rm - bm')}) acct,
        (2 * c * idx * deemed * 13 + 1200000) // 2400000 transition from a),
    d as (select *, (basic + acct + transition + 9) // 10 * 10 total from b)
    select pid, case role when 'P' then 110 else 120 end, '0' || case role when 'P' then 1 else 2 end,
      case when spec then '5' else '2' end, rm + 1, dm, case when dm is not null then '1401' end,
      total, total * 25 // 10000 * 10, basic, acct, transition, idx, null, null, null,
      case when ${held} then wf() - wf() % 12 - 11 + n(pid, 72, 3) end,
      case when ${held} then wf() - wf() % 12 - 4 + n(pid, 73, 3) end,
      case when ${changed} then wf() - 2 - n(pid, 75, 30) end
    from d order by pid`);
}

/** A few serve a sentence between two Januaries, so that no yearly raise falls into it. */
const held = `dm is null and rm < wf() - 40 and n(pid, 71, 2000) = 0`;
/** One in a hundred has changed the account. */
const changed = `dm is null and rm < wf() - 40 and n(pid, 71, 2000) <> 0 and n(pid, 74, 100) = 0`;

/** Ten times the 计发月数 of an age in months, between whole years by linear interpolation. */
function divisorSql(age: string): string {
  const list = `[${DIVISORS.join(',')}]`;
  const at = (offset: number) => `${list}[(${age}) // 12 - ${39 - offset}]`;
  return `(${at(0)} * 10 - (${at(0)} - ${at(1)}) * 10 * ((${age}) % 12) // 12)`;
}

async function makeResidentPensions(city: City): Promise<void> {
  await city.run(`insert into benefit
    select p.pid, 170, '03', '2', greatest(p.rm + 1, 24138), p.dm, case when p.dm is not null then '1401' end,
      0, 0, 0, (a.balance * 2 + 139) // 278, 0, null, null, null, null, null, null,
      case when ${changed} then wf() - 2 - n(p.pid, 75, 30) end
    from person p join account_year a using (pid) where p.role = 'A' and a.year = p.rm // 12 order by p.pid`);
}

/** Months by paid months of the files (12/18/24); the grant follows the last month paid in. */
async function makeUnemployment(city: City): Promise<void> {
  await city.run(`insert into benefit
    with a as (select pid, to_m, to_m - greatest(from_m, w0()) + 1 paid from spell where role = 'U'),
    b as (select *, case when paid < 60 then 12 when paid < 120 then 18 else 24 end as months from a where paid >= 12)
    select pid, 210, '05', null, to_m + 2, case when to_m + 1 + months < wf() then to_m + 1 + months end,
      case when to_m + 1 + months < wf() then '2404' end, 193500, 0, null, null, null, null, months, null, null, null, null, null
    from b where to_m + 2 <= wf() order by pid`);
}

/** Makes `one_off` (一次性待遇): survivors' grants of enterprise pensioners and inherited accounts. */
export async function makeGrants(city: City): Promise<void> {
  await city.run(
    `create table one_off (pid INTEGER, ins INTEGER, item VARCHAR, due_m INTEGER, pay_m INTEGER, amount BIGINT, day INTEGER)`,
  );
  await city.run(`insert into one_off
    with a as (select p.pid, p.dm, yr.income, (a.actual + a.deemed) // 12 y, (p.dm - p.rm) // 12 drawn
      from person p join account_year a on a.pid = p.pid and a.year = p.rm // 12 join yr on yr.y = p.dm // 12
      where p.role = 'P' and p.dm >= greatest(24260, w0()) and p.dm < wf()),
    b as (select *, greatest(9, case when y < 5 then 3 when y < 10 then 6 when y <= 15 then 9
      else least(9 + least(y, 30) - 15, 24) end - drawn) as months from a)
    select pid, 110, '100140', dm, dm + 1, 2 * income, 20 from b
    union all select pid, 110, '100141', dm, dm + 1, months * income, 20 from b
    union all select pid, ins, '100142', seen - 1, seen, paid_out, 22 from account_year where paid_out > 0 and seen <= wf()
    order by 1, 3`);
}

/**
 * Adds what only planted facts (植入事实) use; a clean city holds the defaults.
 * `no` tells several benefits of one person apart, `jump` changes the amount from a month on.
 */
export async function extendBenefits(city: City): Promise<void> {
  await city.run(`create or replace table benefit as select *, 1 as no, null::INTEGER jump_m, 0::BIGINT jump, '1202' hold_why,
    null::VARCHAR state, null::INTEGER cert, false no_account, null::INTEGER fail_from, null::INTEGER fail_to from benefit order by pid`);
}
