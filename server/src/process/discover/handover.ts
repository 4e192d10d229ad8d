import { answerOnce } from '../filter/ask.ts';
import type { LogQuestion, Times } from '../model.ts';
import type { ProcessWorld } from '../world.ts';
import { gapSql, type TimesRow, timesOf, timesSql } from './times-sql.ts';

/** Work passing from one to another (交接): people by their operator number, or units. */
export interface Handover extends Times {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

export interface HandoverReport {
  readonly between: 'people' | 'units';
  /** Transitions in which both sides are known. */
  readonly known: number;
  /** Of these, those that stay with the same. */
  readonly kept: number;
  readonly unknown: number;
  readonly rows: readonly Handover[];
}

/** The pairs that matter; a table of all pairs of a thousand operators is read by nobody. */
const MOST_PAIRS = 500;

/** Reports who passes work to whom and how long it lies between them. */
export function reportHandover(
  world: ProcessWorld,
  question: LogQuestion,
  between: HandoverReport['between'],
): Promise<HandoverReport> {
  const column = between === 'people' ? 'resource' : 'unit';
  const names = between === 'people' ? 'resources' : 'units';
  return answerOnce(world, question, `handover/${between}`, async (session, chosen) => {
    const { at, events, params } = chosen;
    const totals = await session.first<Record<'known' | 'kept' | 'unknown', bigint>>(
      `select count(*) filter (where e.${column} is not null and e.next_${column} is not null) as known,
         count(*) filter (where e.${column} = e.next_${column}) as kept,
         count(*) filter (where e.${column} is null or e.next_${column} is null) as unknown
       from ${events} where e.next_activity is not null`,
      params,
    );
    const rows = await session.rows<TimesRow & { source: string; target: string; n: bigint }>(
      `select a.name as source, b.name as target, p.* exclude (source, target)
       from (
         select e.${column} as source, e.next_${column} as target, count(*) as n, ${timesSql(gapSql('wall'))}
         from ${events} where e.${column} <> e.next_${column} group by e.${column}, e.next_${column}
         order by n desc, e.${column}, e.next_${column} limit ${MOST_PAIRS}
       ) p
       join ${at}.${names} a on a.id = p.source join ${at}.${names} b on b.id = p.target
       order by p.n desc, a.name, b.name`,
      params,
    );
    return {
      between,
      ...{ known: Number(totals?.known ?? 0), kept: Number(totals?.kept ?? 0) },
      unknown: Number(totals?.unknown ?? 0),
      rows: rows.map(({ source, target, n, ...times }) => ({
        ...{ from: source, to: target, count: Number(n) },
        ...timesOf(times),
      })),
    };
  });
}
