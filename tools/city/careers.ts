import type { City } from './engine.ts';
import { RESIDENT_TIERS } from './policy.ts';

/**
 * Makes `spell` (在职参保段): one row per person and employer, contributing from `from_m` to `to_m`.
 * All insurances of a spell start and end together (三险统一), and spells of a person never overlap.
 */
export async function makeSpells(city: City): Promise<void> {
  await makeRanks(city);
  await city.run(`create table main_spell as
    with a as (select pid, role, bm, rm, dm,
        case when role in ('P', 'Q') then greatest(bm + 216, rm - 180 - n(pid, 40, 240))
          when role in ('U', 'H', 'I', 'W') then bm + 216 + n(pid, 40, 60)
          when dm is null and n(pid, 47, 100) < 5 then greatest(bm + 216, wf() - n(pid, 48, 26))
          else least(wf() - 26, bm + 216 + floor(150 * u(pid, 40) ^ 1.5)) end::INTEGER f,
        case role when 'E' then dm when 'G' then dm when 'W' then dm
          when 'P' then rm when 'Q' then rm when 'I' then wf() - 12 - n(pid, 41, 24)
          when 'U' then wf() - 3 - n(pid, 41, 28) when 'H' then wf() - 3 - n(pid, 41, 20) end::INTEGER t
      from person where role in ('E', 'G', 'F', 'H', 'U', 'I', 'W', 'P', 'Q')),
    b as (select a.*, case when a.role = 'F' then 1 + p.ci
        when a.role in ('G', 'Q') then (select max(rk) from rank_public) else (select max(rk) from rank_enterprise) end top
      from a join person p using (pid)),
    t as (select *, case when role in ('E', 'H', 'U', 'I', 'W', 'P') then (1 + floor(top * u(pid, 42) ^ 3))::INTEGER end rk_e,
        case when role in ('G', 'Q') then (1 + floor(top * u(pid, 42) ^ 1.5))::INTEGER end rk_g from b),
    c as (select t.*, coalesce(e.uid, g.uid, case when t.role = 'F' then top end)::INTEGER uid,
        coalesce(e.founded, g.founded, 0) founded
      from t left join rank_enterprise e on e.rk = rk_e left join rank_public g on g.rk = rk_g)
    select pid, role, uid, case when role in ('P', 'Q', 'F') then f else greatest(f, least(founded + 2, coalesce(t, wf()) - 26)) end::INTEGER from_m, t to_m
    from c order by pid`);
  await city.run(`create table spell as
    with target as (select *, (1 + floor((select max(rk) from rank_enterprise) * u(pid, 46) ^ 2))::INTEGER rk from main_spell),
    prior as (select m.pid, m.role, e.uid, (m.from_m - 14 - n(m.pid, 44, 34))::INTEGER from_m,
        (m.from_m - 1 - n(m.pid, 45, 4))::INTEGER to_m, founded
      from target m join person p using (pid) join rank_enterprise e on e.rk = m.rk
      where m.role = 'E' and n(m.pid, 43, 100) < 30 and m.from_m < wf() - 26 and m.from_m - p.bm > 270 and e.uid <> m.uid),
    x as (select pid, role, uid, from_m, to_m, 1 as no from prior where founded + 1 < from_m
      union all select pid, role, uid, from_m, to_m, 2 from main_spell)
    select x.pid * 2 + no - 2 as sid, x.pid, x.role, x.uid, x.no, x.from_m, x.to_m, unit.kind, unit.r410, unit.agency
    from x join unit on unit.uid = x.uid order by sid`);
  await city.run(`create table insured_by as select * from (values
    ('enterprise', 110), ('enterprise', 210), ('enterprise', 410), ('organ', 120), ('organ', 410),
    ('institution', 120), ('institution', 210), ('institution', 410), ('agent', 110)) t(kind, ins)`);
  await city.run('drop table main_spell');
}

async function makeRanks(city: City): Promise<void> {
  await city.run(`create table rank_enterprise as select row_number() over (order by uid)::INTEGER rk, uid, founded
    from unit where kind = 'enterprise' and founded < w0() - 14`);
  await city.run(`create table rank_public as select row_number() over (order by uid)::INTEGER rk, uid, founded
    from unit where kind in ('organ', 'institution')`);
}

/**
 * Makes `resident` (城乡居民缴费): first and last year paid, tier, month of payment.
 * Who reached 60 has paid every year since the scheme began in 2011, so the required years are met.
 */
export async function makeResidents(city: City): Promise<void> {
  let bound = 0;
  const tiers = RESIDENT_TIERS.map(([tier, subsidy, share]) => {
    bound += share;
    return { when: `when n(pid, 51, 100) < ${bound} then`, tier, subsidy };
  });
  await city.run(`create table resident as
    with a as (select pid, role, bm, rm, dm, n(pid, 50, 50) = 0 and role = 'R' poor,
        greatest(2011, bm // 12 + 17 + case when role = 'R' then n(pid, 52, 3) else 0 end) from_y,
        case when role = 'A' then rm // 12 else 9999 end to_y,
        case when role = 'A' then 1 + h(pid, 53) % (rm % 12 + 1)::UBIGINT else 3 + n(pid, 53, 10) end::INTEGER pay_month,
        case ${tiers.map((t) => `${t.when} ${t.tier}`).join(' ')} else 200 end tier,
        case ${tiers.map((t) => `${t.when} ${t.subsidy}`).join(' ')} else 35 end subsidy
      from person where role in ('R', 'A'))
    select pid, role, bm, rm, dm, poor, from_y::INTEGER from_y, to_y::INTEGER to_y, pay_month,
      case when poor then 100 else tier end::INTEGER tier, case when poor then 0 else subsidy end::INTEGER subsidy
    from a where from_y <= to_y and from_y * 12 + pay_month - 1 <= wf() order by pid`);
}

/** Makes `seen` (首次出现月): nobody is known before the first enrolment, if that lies after the first package. */
export async function makeSeen(city: City): Promise<void> {
  await city.run(`create table seen as
    select p.pid, greatest(w0() - 1, coalesce(least(s.m, r.from_y * 12 + r.pay_month - 1), w0() - 1))::INTEGER m
    from person p left join (select pid, min(from_m) m from spell where role in ('E', 'G', 'F') group by pid) s using (pid)
    left join resident r on r.pid = p.pid and r.role = 'R' order by p.pid`);
}
