import type { City } from './engine.ts';

const BANKS = "['403', '103', '105', '402', '102']";
const BINS = "['621799', '622848', '621700', '623038', '621226']";

/** Makes `payee` (收款账户) with Luhn-valid card numbers; generation 2 follows a change of account. */
export async function makePayees(city: City): Promise<void> {
  await city.run(`create table payee as
    with a as (select pid, min(seen)::INTEGER seen, max(change_m) change_m from (
        select pid, start_m - 1 as seen, change_m from benefit union all select pid, pay_m - 1, null from one_off) group by pid),
    g as (select a.*, gen, n(pid, 140, 5) + 1 b from a, (values (1), (2)) t(gen) where gen = 1 or change_m is not null),
    c as (select *, ${BINS}[b] || lpad((((pid::BIGINT * 2 + gen) * 611953) % 1000000000000)::VARCHAR, 12, '0') body from g)
    select pid, gen::INTEGER gen, case when gen = 1 then seen else change_m end seen, change_m, ${BANKS}[b] bank, body || ${luhn('body')} account_no,
      case gen when 1 then 'F' else 'G' end || lpad(((pid::BIGINT * 7) % 100000000)::VARCHAR, 8, '0') card_no,
      null::VARCHAR holder, gen = 2 or change_m is null as lasting
    from c order by pid, gen`);
}

/** Luhn check digit of an 18-digit body: every second digit from its right end is doubled. */
export function luhn(body: string): string {
  const terms = Array.from({ length: 18 }, (_, i) => {
    const digit = `substr(${body}, ${i + 1}, 1)::INTEGER`;
    return i % 2 === 1 ? `(${digit} * 2 - case when ${digit} > 4 then 9 else 0 end)` : digit;
  });
  return `((10 - (${terms.join(' + ')}) % 10) % 10)::VARCHAR`;
}

/** Makes `subsidy` (补贴发放) and the heating allowance paid from the fund. */
export async function makeSubsidies(city: City): Promise<void> {
  await city.run(
    `create table subsidy (pid INTEGER, uid INTEGER, kind VARCHAR, year INTEGER, from_m INTEGER, to_m INTEGER, amount BIGINT, paid_m INTEGER, no INTEGER)`,
  );
  const { last, first } = city.cal;
  const november = last - (((last % 12) + 2) % 12);
  const entitled = `class in ('01', '02') and start_m <= ${november - 1} and coalesce(stop_m, 99999) > ${november} and hold_from is null`;
  await city.run(`insert into subsidy select pid, null, '0401', ${Math.floor(november / 12)}, ${november}, ${november + 4},
      case when ins = 110 and start_m - 1 < 24264 then 84000 else 336000 end, ${november}, 1 from benefit where ${entitled} order by pid`);
  await city.run(`insert into one_off select pid, 110, '100102', ${november}, ${november}, 252000, 12
    from benefit where ${entitled} and ins = 110 and start_m - 1 < 24264 order by pid`);
  const year = Math.floor(first / 12) - 1;
  await city.run(`insert into subsidy select s.pid, null, '0101', ${year}, ${year * 12}, ${year * 12 + 11},
      ((greatest(yr.low, least(yr.high, yr.wage::BIGINT * p.wi * (990 + n(p.pid * 64 + ${year % 64}, 23, 21)) // 1000000)) * 2 + 5) // 10) * 6, ${year * 12 + 13}, 1
    from spell s join person p using (pid) join yr on yr.y = ${year}
    where s.role = 'F' and s.from_m < greatest(${year * 12}, w0()) and w0() <= ${year * 12} and n(s.pid, 150, 50) = 0 order by s.pid`);
  await stableEmployment(city, first % 12 >= 8 ? year : year - 1);
}

/** 稳岗返还: 30 % of last year's unemployment premiums to employers nobody left for two years. */
async function stableEmployment(city: City, year: number): Promise<void> {
  const base = `greatest(yr.low, least(yr.high, yr.wage::BIGINT * p.wi * (990 + n(p.pid * 64 + ${year % 64}, 23, 21)) // 1000000))`;
  await city.run(`insert into subsidy
    with s as (select s.uid, count(*) staff, max(s.from_m) newest, sum(((${base} * 70 + 5000) // 10000 + (${base} * 30 + 5000) // 10000) * 12)::BIGINT paid
      from spell s join person p using (pid) join yr on yr.y = ${year}
      where s.kind = 'enterprise' and coalesce(s.to_m, 99999) >= ${year * 12 - 12} group by s.uid having max(coalesce(to_m, 0)) = 0 and max(coalesce(p.dm, 0)) = 0)
    select null, uid, '0201', ${year}, ${year * 12}, ${year * 12 + 11}, paid * 3 // 10, ${year * 12 + 20}, 1 from s
    where staff >= 3 and newest < ${year * 12 - 12} and w0() <= ${year * 12} and n(uid, 151, 3) = 0 order by uid`);
}
