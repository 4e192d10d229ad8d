import type { City } from './engine.ts';
import { BRAND_FIRST, BRAND_SECOND, COUNTY_NAMES, SECTORS, sqlList } from './names.ts';

/** Agencies by index: six counties and the city itself, whose share of people is in {@link COUNTY_SHARES}. */
export const AGENCIES: readonly string[] = Object.keys(COUNTY_NAMES);
const COUNTY_SHARES: readonly number[] = [22, 21, 20, 18, 10, 9];

/** Index 0–5 of the county somebody lives in, weighted, from a hash expression. */
export function countyIndex(hash: string): string {
  let bound = 0;
  const cases = COUNTY_SHARES.map((share, index) => {
    bound += share;
    return `when ${hash} < ${bound} then ${index}`;
  });
  return `case ${cases.join(' ')} else 5 end`;
}

/** Employers one city of this size has. */
export function unitCount(persons: number): number {
  return Math.max(80, Math.floor(persons / 29));
}

/**
 * Makes `unit` (单位) and the rank tables people are assigned through.
 * Kinds: agent (代管户 of flexible workers), organ, institution, enterprise, young and closed;
 * the last two have no staff, so that no enrolment outlives or precedes its employer.
 */
export async function makeUnits(city: City): Promise<void> {
  await city.run(`create table unit as
    with a as (
      select uid, case when uid <= 7 then 'agent'
        when uid % 53 = 0 then 'closed' when uid % 41 = 0 then 'young'
        when uid % 36 = 0 then 'organ' when uid % 12 = 0 then 'institution' else 'enterprise' end kind
      from range(1, ${unitCount(city.persons) + 1}) t(uid)),
    b as (select *, row_number() over (partition by kind order by uid) rk,
        count(*) over (partition by kind) total from a),
    c as (select *, case when kind = 'agent' then uid - 1
        when rk <= total * 0.03 then 6 else ${countyIndex('n(uid, 10, 100)')} end ci from b)
    select uid::INTEGER uid, kind, rk::INTEGER rk, ${sqlList(AGENCIES)}[ci + 1] agency,
      case when ci = 6 then '140502' else ${sqlList(AGENCIES)}[ci + 1] end region,
      case kind when 'agent' then 24000 when 'young' then w0() + 12 + n(uid, 11, greatest(1, wf() - w0() - 14))
        else 23880 + n(uid, 12, 290) end::INTEGER founded,
      case when kind = 'closed' then w0() - 2 - n(uid, 13, 24) end::INTEGER closed,
      case kind when 'agent' then '80' when 'organ' then '30'
        when 'institution' then ['21', '22', '23'][n(uid, 14, 3) + 1]
        else case when n(uid, 14, 40) = 0 then '50' else '10' end end utype,
      (1 + n(uid, 15, 8))::INTEGER risk,
      [20, 40, 70, 90, 110, 130, 160, 190][n(uid, 15, 8) + 1]::INTEGER r410,
      ${unitName()} uname
    from c order by uid`);
  await city.run(`create table unit_code as
    with a as (select uid, utype, region, lpad((10000000 + (uid::BIGINT * 7919) % 89999999)::VARCHAR, 8, '0') body
      from unit where utype <> '80'),
    b as (select *, ${organisationCheck('body')} oc from a),
    c as (select uid, case utype when '30' then '11' when '10' then '91' when '50' then '52' else '12' end
      || region || body || oc head from b)
    select uid, head || ${usccCheck('head')} uscc from c order by uid`);
}

function unitName(): string {
  const x = '((uid::BIGINT * 7919) % 503989)';
  const county = `${sqlList(AGENCIES.map((agency) => COUNTY_NAMES[agency] ?? ''))}[ci + 1]`;
  const brand = `pick(${sqlList(BRAND_FIRST)}, ${x}) || pick(${sqlList(BRAND_SECOND)}, ${x} // 60)`;
  const sector = `pick(${sqlList(SECTORS)}, ${x} // 3600)`;
  return `case kind
    when 'agent' then '晋城市' || ${county} || '灵活就业人员代管户'
    when 'organ' then '晋城市' || ${county} || ${brand} || '局' || uid
    when 'institution' then '晋城市' || ${county} || ${brand} || '中心' || uid
    else case when uid % 97 = 0 then '晋城市"' || ${brand} || '"' || ${sector} || '有限公司' || (${x} // 72000)
      else ${county} || ${brand} || ${sector} || '有限公司' || (${x} // 72000) end end`;
}

/** GB 11714: weights over the eight characters; 10 is written X, 11 is written 0. */
function organisationCheck(body: string): string {
  const sum = [3, 7, 9, 10, 5, 8, 4, 2]
    .map((weight, i) => `substr(${body}, ${i + 1}, 1)::INTEGER * ${weight}`)
    .join(' + ');
  return `['0', 'X', '9', '8', '7', '6', '5', '4', '3', '2', '1'][(${sum}) % 11 + 1]`;
}

const USCC_CHARSET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** GB 32100-2015: 31 minus the weighted sum, where 31 means 0. */
function usccCheck(head: string): string {
  const sum = Array.from({ length: 17 }, (_, i) => {
    const weight = Number(3n ** BigInt(i) % 31n);
    return `(strpos('${USCC_CHARSET}', substr(${head}, ${i + 1}, 1)) - 1) * ${weight}`;
  }).join(' + ');
  return `substr('${USCC_CHARSET}', ((31 - (${sum}) % 31) % 31 + 1)::BIGINT, 1)`;
}
