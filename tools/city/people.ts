import type { City } from './engine.ts';
import { GIVEN, MINORITY_NAMES, RARE_GIVEN, RARE_SURNAMES, SURNAMES, sqlList } from './names.ts';
import { AGENCIES, countyIndex } from './units.ts';

/**
 * What somebody mainly is to the system. Roles are disjoint, which is what keeps a clean city
 * free of double benefits, and planted people disjoint from each other.
 */
const ROLE_SHARES: readonly (readonly [role: string, perHundredThousand: number])[] = [
  ['E', 21_500], // enterprise employee
  ['G', 4_000], // public employee
  ['F', 4_000], // flexible worker
  ['R', 39_500], // resident who pays in
  ['A', 16_000], // resident who draws
  ['P', 11_000], // enterprise retiree
  ['Q', 2_600], // public retiree
  ['U', 500], // lost the job, draws unemployment benefit
  ['I', 60], // injured at work, grade 1–4
  ['W', 6], // died at work
  ['S', 14], // survivor of W
  ['H', 820], // enrolment paused
];

/** The first numbers are fixed, so that even a village has every role. */
const FIRST_ROLES = `case when pid <= 4 then 'W' when pid <= 8 then 'I' when pid <= 16 then 'S'
  when pid <= 20 then 'U' when pid <= 24 then 'P' else`;

/** Makes `person` (人员): roles, ages, identity numbers, names, month of retirement and of death. */
export async function makePeople(city: City): Promise<void> {
  await city.run(`create table p0 as
    with a as (select pid::INTEGER pid, ${FIRST_ROLES} ${roleCase()} end as role,
        ${countyIndex('n(pid, 2, 100)')} ci from range(1, ${city.persons + 1}) t(pid)),
    b as (select *, case when role = 'S' then case when pid % 2 = 1 then 2 else 1 + n(pid, 3, 2) end
        when role in ('E', 'I', 'W') then case when n(pid, 3, 100) < 58 then 1 else 2 end
        else 1 + n(pid, 3, 2) end sex from a),
    c as (select *, case when sex = 1 then 1 when role in ('G', 'F', 'Q') then 2
        when n(pid, 4, 100) < 45 then 2 else 3 end cls,
        role = 'P' and pid > 24 and n(pid, 5, 100) < 5 spec from b),
    d as (select *, ${birthMonth()} bm0 from c),
    e as (select * exclude (bm0), (case when role in ('P', 'Q') and not spec and retire_month(bm0, cls) > wf() - 1
        then bm0 - 30 else bm0 end)::INTEGER bm, (1 + n(pid, 7, 28))::INTEGER bd from d),
    f as (select *, case when spec then bm + case when sex = 1 then 660 else 540 end + n(pid, 8, 4)
        when role = 'A' then bm + 720 else retire_month(bm, cls) end rm from e)
    select *, ${deathMonth()} dm, (1 + n(pid, 16, 20))::INTEGER dd from f order by pid`);
  await city.run(`create table person as
    with a as (select *, case when ci = 1 and bm between 23820 and 23939 then '140503'
          when ci = 2 and bm between 23820 and 23915 then '140523'
          else ${sqlList(AGENCIES)}[ci + 1] end region from p0),
    b as (select *, row_number() over (partition by region, bm, bd, sex order by pid) k from a),
    c as (select * exclude (k), region || day8(bm, bd)
        || lpad((2 * k - case when sex = 1 then 1 else 0 end)::VARCHAR, 3, '0') body from b)
    select pid, role, sex::INTEGER sex, cls::INTEGER cls, spec, bm, bd, rm::INTEGER rm, dm::INTEGER dm, dd,
      ${sqlList(AGENCIES)}[ci + 1] county, ci::INTEGER ci, body || ${idCheck('body')} id_no,
      ${nameSql()} as name, '1' || (3 + n(pid, 20, 7)) || lpad(((pid::BIGINT * 387420489) % 999999937)::VARCHAR, 9, '0') mobile,
      case when n(pid, 22, 20) = 0 then 600 when role in ('I', 'W') then 900 + n(pid, 21, 800)
        else 620 + floor(1700 * u(pid, 21) ^ 2) end::INTEGER wi
    from c order by pid`);
  await city.run('drop table p0');
}

function roleCase(): string {
  let bound = 0;
  const cases = ROLE_SHARES.slice(0, -1).map(([role, share]) => {
    bound += share;
    return `when n(pid, 1, 100000) < ${bound} then '${role}'`;
  });
  return `case ${cases.join(' ')} else 'H' end`;
}

/** Ages so that each role is lawful for the whole history: workers stay below, drawers above. */
function birthMonth(): string {
  const working = (low: number, margin: number) =>
    `wf() - ${low * 12} - floor((base_age(cls) - ${margin + low * 12}) * u(pid, 6))`;
  return `case
    when pid between 21 and 24 then wf() - 1160 - pid % 4 * 3
    when role in ('E', 'F') then ${working(20, 14)}
    when role = 'G' then ${working(24, 14)}
    when role in ('U', 'H') then ${working(28, 48)}
    when role in ('I', 'W') then wf() - 396 - n(pid, 6, 120)
    when role = 'S' then case when pid % 2 = 1 then wf() - 400 - n(pid, 6, 100) else wf() - 72 - n(pid, 6, 60) end
    when role = 'R' then wf() - 204 - floor(508 * u(pid, 6) ^ 0.8)
    when role = 'A' then wf() - 721 - floor(400 * u(pid, 6) ^ 1.3)
    when spec then wf() - case when sex = 1 then 660 else 540 end - 8 - floor(360 * u(pid, 6) ^ 1.4)
    else wf() - base_age(cls) - 1 - floor((1100 - base_age(cls)) * u(pid, 6) ^ 1.4) end`;
}

/**
 * Pensioners die on the anniversary of retirement, so that years drawn are whole whatever the
 * rounding rule for survivors' grants; workers of 35 and more die within the last four years.
 */
function deathMonth(): string {
  const age = '(wf() - bm - 720)';
  const k0 = '((greatest(w0() + 2, rm + 27) - rm + 11) // 12)';
  const k1 = '((wf() - rm) // 12)';
  return `case
    when role in ('A', 'P', 'Q') and pid > 24 and ${k1} >= ${k0} and ${age} > 24
      and u(pid, 9) < 0.02 + 0.35 * (${age} / 400.0) ^ 2 then rm + 12 * (${k0} + h(pid, 15) % (${k1} - ${k0} + 1)::UBIGINT)
    when role in ('E', 'G', 'R') and wf() - bm >= 420 and n(pid, 9, 1000) < 4 and wf() - w0() >= 70 then wf() - n(pid, 15, 48)
    when role = 'W' then wf() - wf() % 12 - 1 - n(pid, 15, 9) end`;
}

const ID_WEIGHTS: readonly number[] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** ISO 7064 MOD 11-2 over the 17 digits of `body`. */
export function idCheck(body: string): string {
  const sum = ID_WEIGHTS.map((weight, i) => `substr(${body}, ${i + 1}, 1)::INTEGER * ${weight}`);
  return `substr('10X98765432', (${sum.join(' + ')}) % 11 + 1, 1)`;
}

function nameSql(): string {
  const given = `pick(${sqlList(GIVEN)}, h(pid, 32))`;
  return `case when n(pid, 30, 2000) = 0 then pick(${sqlList(MINORITY_NAMES)}, h(pid, 31)) else
    case when n(pid, 30, 500) = 1 then pick(${sqlList(RARE_SURNAMES)}, h(pid, 31)) else pick(${sqlList(SURNAMES)}, (h(pid, 31) % 104) * (h(pid, 35) % 104) // 104) end
    || case when n(pid, 34, 100) < 25 then '' else ${given} end
    || case when n(pid, 33, 200) = 0 then pick(${sqlList(RARE_GIVEN)}, h(pid, 36)) else pick(${sqlList(GIVEN)}, h(pid, 37)) end end`;
}
