import type { City } from './engine.ts';

/**
 * Makes `account_year` (个人账户年度): balances rolled year by year with the month-weight method
 * (月积数法), so that principal, interest and balance agree with the contributions of the files.
 */
export async function makeAccounts(city: City): Promise<void> {
  const { from, last } = city.cal;
  const firstYear = Math.floor(from / 12);
  await city.run(`create table account_year (pid INTEGER, ins INTEGER, year INTEGER, months INTEGER, base BIGINT,
    principal BIGINT, interest BIGINT, paid_out BIGINT, balance BIGINT, actual INTEGER, deemed INTEGER, seen INTEGER, copy_no VARCHAR default '')`);
  await openAccounts(city, firstYear);
  for (let year = firstYear; year <= Math.floor(last / 12); year++) await rollYear(city, year);
  await closedAccounts(city, firstYear);
}

async function openAccounts(city: City, firstYear: number): Promise<void> {
  await city.run(`create table account as
    with e as (select pid, case when max(kind in ('organ', 'institution')) then 120 else 110 end ins, min(from_m) f,
        max(coalesce(to_m, 99999)) t from spell group by pid)
    select pid, ins, greatest(0, w0() - f)::INTEGER as months,
      (greatest(0, w0() - f) * yr.wage * p.wi * 5 // 100000)::BIGINT balance
    from e join person p using (pid) join yr on yr.y = ${firstYear} where t >= w0()
    union all
    select pid, 170, (12 * greatest(0, (w0() - pay_month) // 12 - from_y + 1))::INTEGER,
      (greatest(0, (w0() - pay_month) // 12 - from_y + 1) * (tier + subsidy) * 110)::BIGINT
    from resident where to_y >= ${firstYear} order by 2, 1`);
  await city.run(`insert into account_year (pid, ins, year, months, base, principal, interest, paid_out, balance, actual, deemed, seen) select pid, ins, ${firstYear - 1}, 0, null, 0, 0, 0, balance, months, 0, ${firstYear * 12}
    from account where months > 0 order by ins, pid`);
}

/** Months of a spell inside the year and the history, and the weight Σ(13 − month) of those months. */
function creditedSql(year: number): string {
  return `
    with s as (select pid, greatest(from_m, w0(), ${year * 12}) a, least(coalesce(to_m, wf()), ${year * 12 + 11}) b
      from spell where from_m <= ${year * 12 + 11} and coalesce(to_m, wf()) >= greatest(w0(), ${year * 12})),
    k as (select pid, sum(b - a + 1)::BIGINT as months, sum((b - a + 1) * (26 - (a % 12 + 1) - (b % 12 + 1)) // 2)::BIGINT weight
      from s where b >= a group by pid),
    e as (select pid, months, months as steps, weight, (${baseOf(year)} * 8 + 50) // 100 as each, ${baseOf(year)} as base
      from k join person p using (pid) join yr on yr.y = ${year}),
    r as (select pid, 1 as months, 12 as steps, 13 - pay_month as weight, (tier + subsidy) * 100 as each, null as base
      from resident where ${residentPays(year)})
    select pid, 0 as resident, * exclude (pid) from e union all select pid, 1, * exclude (pid) from r`;
}

/** Monthly contribution base in fen of person `p` in a year whose values are `yr`; the same in every file. */
export function baseOf(year: number): string {
  return `greatest(yr.low, least(yr.high, yr.wage::BIGINT * p.wi * (990 + n(p.pid * 64 + ${year % 64}, 23, 21)) // 1000000))`;
}

/** Whether a resident pays for this year inside the history and before death. */
export function residentPays(year: number): string {
  return `from_y <= ${year} and to_y >= ${year} and ${year} * 12 + pay_month - 1 between w0() and least(wf(), coalesce(dm, wf()))`;
}

async function rollYear(city: City, year: number): Promise<void> {
  await city.run(`create or replace temp table rolled as
    with c as (${creditedSql(year)}),
    x as (select a.pid, a.ins, a.balance, a.months, p.dm, p.rm, p.role,
        coalesce(c.months, 0) cm, coalesce(c.steps, 0) steps, coalesce(c.each * case when c.resident = 1 then 1 else c.months end, 0) principal,
        coalesce(c.each * c.weight, 0) weighted, c.base, case when a.ins = 170 then yr.resident_interest else yr.interest end rate
      from account a join person p using (pid) join yr on yr.y = ${year}
      left join c on c.pid = a.pid and (c.resident = 1) = (a.ins = 170)),
    i as (select *, (balance * rate * 12 + weighted * rate + 60000) // 120000 interest from x)
    select *, balance + principal + interest as total, dm // 12 = ${year} and role in ('E', 'G', 'R', 'W') dies,
      case when role in ('P', 'Q', 'A') then rm // 12 = ${year} else dm // 12 = ${year} end as ends from i`);
  await city.run(`insert into account_year (pid, ins, year, months, base, principal, interest, paid_out, balance, actual, deemed, seen)
    select pid, ins, ${year}, cm, base, principal, interest, case when dies then total else 0 end, case when dies then 0 else total end,
      months + steps, 0, case when dies then dm + 1 when ends then rm else ${year * 12 + 12} end
    from rolled where balance + principal > 0 order by ins, pid`);
  await city.run(`create or replace table account as select pid, ins, (months + steps)::INTEGER as months, total balance
    from rolled where not coalesce(ends, false) order by ins, pid`);
}

/** Retirees of before the history have the row of the year they retired in; a dead pensioner's account is used up. */
async function closedAccounts(city: City, firstYear: number): Promise<void> {
  await city.run(`insert into account_year (pid, ins, year, months, base, principal, interest, paid_out, balance, actual, deemed, seen)
    select p.pid, case p.role when 'P' then 110 when 'Q' then 120 else 170 end, rm // 12, 0, null, 0, 0, 0,
      case when p.role = 'A' then greatest(0, rm // 12 - 2011) * 23500 + case when rm // 12 > 2011 then n(p.pid, 60, 20000) else 0 end
        else 2000000 + n(p.pid, 60, 6000000) end,
      case when p.role = 'A' then 12 * greatest(0, rm // 12 - 2010) else rm - s.from_m + 1 end, 0, w0() - 1
    from person p left join spell s on s.pid = p.pid
    where p.role in ('P', 'Q', 'A') and p.rm < case when p.role = 'A' then ${firstYear * 12} else w0() end order by p.pid`);
  // Deemed months lie between the start of work at eighteen and the first month insured.
  await city.run(`update account_year a set deemed = least(120, n(a.pid, 61, 120) + 6, greatest(0, s.from_m - p.bm - 216))
    from person p join spell s on s.pid = p.pid where p.pid = a.pid and p.role in ('P', 'Q') and p.rm < 24060`);
  await city.run(`insert into account_year (pid, ins, year, months, base, principal, interest, paid_out, balance, actual, deemed, seen)
    select a.pid, a.ins, p.dm // 12, 0, null, 0, 0, 0, 0, a.actual, a.deemed, p.dm + 1
    from account_year a join person p using (pid)
    where p.role in ('P', 'Q', 'A') and p.dm is not null and a.year = p.rm // 12 order by a.pid`);
}
