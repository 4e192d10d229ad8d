import { answerOnce } from '../filter/ask.ts';
import type { LogQuestion, Times } from '../model.ts';
import type { ProcessWorld } from '../world.ts';
import { durationSql, type TimesRow, timesOf, timesSql } from './times-sql.ts';

/** Cases that went through the same activities in the same order (变体). */
export interface Variant extends Times {
  /** The same in every log and edition, for filters. */
  readonly key: string;
  readonly activities: readonly string[];
  readonly cases: number;
  readonly share: number;
  /** Share of this and all more frequent ones. */
  readonly cumulative_share: number;
}

export interface VariantPage {
  readonly rows: readonly Variant[];
  readonly page: number;
  readonly page_size: number;
  readonly total: number;
  /** Cases in all variants together. */
  readonly cases: number;
}

/** Lists the variants of the chosen cases, the most frequent first. */
export async function listVariants(
  world: ProcessWorld,
  request: LogQuestion & { readonly page: number; readonly pageSize: number },
): Promise<VariantPage> {
  const { page, pageSize } = request;
  return answerOnce(world, request, `variants/${page}/${pageSize}`, async (session, chosen) => {
    const { at, cases, params } = chosen;
    const rows = await session.rows<
      TimesRow &
        Record<'n' | 'running' | 'total' | 'variants', bigint> & { key: string; names: string[] }
    >(
      `with counted as (
         select variant, n, sum(n) over (order by n desc, variant rows unbounded preceding)::BIGINT as running,
           sum(n) over ()::BIGINT as total, count(*) over () as variants
         from (select c.variant, count(*) as n from ${cases} group by c.variant)
       ), paged as (
         select * from counted order by n desc, variant limit $page_size offset $page_offset
       ), timed as (
         select c.variant, ${timesSql(durationSql('wall'))} from ${cases}
         where c.variant in (select variant from paged) group by c.variant
       )
       select v.key, list_transform(v.activities, lambda x: d.dictionary[x]) as names,
         p.n, p.running, p.total, p.variants, t.* exclude (variant)
       from paged p join timed t on t.variant = p.variant join ${at}.variants v on v.variant = p.variant,
         (select array_agg(name order by id) as dictionary from ${at}.activities) d
       order by p.n desc, p.variant`,
      { ...params, page_size: pageSize, page_offset: (page - 1) * pageSize },
    );
    return {
      rows: rows.map(({ key, names, n, running, total, variants: _, ...times }) => ({
        ...{ key, activities: names, cases: Number(n), share: Number(n) / Number(total) },
        cumulative_share: Number(running) / Number(total),
        ...timesOf(times),
      })),
      ...{ page, page_size: pageSize, total: Number(rows[0]?.variants ?? 0) },
      cases: Number(rows[0]?.total ?? 0),
    };
  });
}
