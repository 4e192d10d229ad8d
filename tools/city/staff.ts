import type { City } from './engine.ts';
import { GIVEN, SURNAMES, sqlList } from './names.ts';
import { idCheck } from './people.ts';
import { AGENCIES } from './units.ts';

/** Months somebody stays in one position; below the sixty after which rotation is due. */
export const ROTATION = 48;
/** Positions in the order of the flow; nobody ever holds two at a time. */
export const POSITIONS: readonly string[] = ['ACCEPT', 'REVIEW', 'CHECK', 'APPROVE'];

/** Clerks per position and agency. */
export function staffPerPosition(persons: number): number {
  return Math.min(8, Math.max(1, Math.floor(persons / 20_000)));
}

/** Makes `staff` (操作员) and `grant_period` (岗位授权): four rotating positions and one auditor an agency. */
export async function makeStaff(city: City): Promise<void> {
  const each = staffPerPosition(city.persons) * POSITIONS.length;
  await city.run(`create table staff as
    with a as (select ai, j, ai * 100 + j as oid from range(0, ${AGENCIES.length}) t(ai), range(0, ${each + 1}) u(j)),
    b as (select *, '140500' || day8(23520 + n(oid, 101, 240), 1 + n(oid, 102, 28)) || lpad((100 + ai * 40 + j)::VARCHAR, 3, '0') body from a)
    select oid::INTEGER oid, ai::INTEGER ai, j::INTEGER j, ${sqlList(AGENCIES)}[ai + 1] agency, j = ${each} auditor,
      pick(${sqlList(SURNAMES)}, h(oid, 103)) || pick(${sqlList(GIVEN)}, h(oid, 104)) || pick(${sqlList(GIVEN)}, h(oid, 105)) as name,
      body || ${idCheck('body')} id_no, null::INTEGER left_m from b order by oid`);
  await city.run(`create table grant_period as
    select oid, k::INTEGER k, agency, w0() - 12 + k * ${ROTATION} from_m, w0() - 12 + (k + 1) * ${ROTATION} to_m, false own, case when auditor then 'AUDIT'
      else ${sqlList(POSITIONS)}[(j + k) % 4 + 1] end as position
    from staff, range(0, (wf() - w0() + 12) // ${ROTATION} + 1) t(k) order by oid, k`);
}
