import type { City } from './engine.ts';

const SPRING =
  '20150219 20160208 20170128 20180216 20190205 20200125 20210212 20220201 20230122 20240210 20250129 20260217 20270206 20280126';
const DRAGON =
  '20150620 20160609 20170530 20180618 20190607 20200625 20210614 20220603 20230622 20240610 20250531 20260619 20270609 20280528';
const AUTUMN =
  '20150927 20160915 20171004 20180924 20190913 20201001 20210921 20220910 20230929 20240917 20251006 20260925 20270915 20281003';

/**
 * Makes `workday`: Mondays to Fridays outside every statutory holiday and the days around it.
 * Wider than the published calendar on purpose, so that no event can fall on a holiday; years
 * without a known lunar date lose only the fixed holidays.
 */
export async function makeWorkdays(city: City): Promise<void> {
  const around = (days: string, before: number, after: number) =>
    days
      .split(' ')
      .map(
        (day) =>
          `(strptime('${day}', '%Y%m%d')::DATE - ${before}, strptime('${day}', '%Y%m%d')::DATE + ${after})`,
      )
      .join(', ');
  await city.run(`create table workday as
    with closed as (select * from (values ${around(SPRING, 2, 9)}, ${around(DRAGON, 2, 2)}, ${around(AUTUMN, 2, 2)},
        (DATE '2020-01-23', DATE '2020-02-10')) t(a, b)),
    days as (select d::DATE d from generate_series(mdate(w0() - 3, 1)::TIMESTAMP, mdate(wf() + 6, 1)::TIMESTAMP, interval 1 day) t(d)),
    open as (select d, month(d) * 100 + day(d) md from days where isodow(d) <= 5)
    select (row_number() over (order by d) - 1)::INTEGER i, d, ymi(d)::INTEGER m from open
    where not (md between 101 and 103 or md between 403 and 407 or md between 430 and 505 or md between 930 and 1008)
      and not exists (select 1 from closed where d between a and b) order by d`);
  // The last working day before the offices close for longer than a weekend and a day.
  await city.run(`create table workblock as
    with gap as (select i, lead(d) over (order by i) - d as days from workday)
    select i, coalesce(min(case when days > 4 then i end) over (order by i rows between current row and unbounded following), 999999)::INTEGER as last
    from gap order by i`);
  await city.run(
    'create table workmonth as select m, min(i)::INTEGER i0, count(*)::INTEGER as days from workday group by m order by m',
  );
}
