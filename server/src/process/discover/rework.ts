import { answerOnce } from '../filter/ask.ts';
import type { LogQuestion } from '../model.ts';
import type { ProcessWorld } from '../world.ts';
import { walkedSql } from './process-map.ts';

/** How often an activity is done again in the same case (返工、回路). */
export interface Rework {
  readonly activity: string;
  readonly cases: number;
  /** Cases in which it happens more than once. */
  readonly repeated_cases: number;
  readonly repeated_share: number;
  /** Executions beyond the first of each case. */
  readonly extra: number;
  /** Of these, right after itself; the others come back after something else. */
  readonly at_once: number;
  readonly comes_back: number;
}

export interface ReworkReport {
  readonly cases: number;
  /** Cases in which anything happens more than once. */
  readonly repeated_cases: number;
  readonly sent_back_cases: number;
  readonly rows: readonly Rework[];
}

/** Reports repetitions; counts follow from the variants, so ten million events take no longer. */
export function reportRework(world: ProcessWorld, question: LogQuestion): Promise<ReworkReport> {
  return answerOnce(world, question, 'rework', async (session, chosen) => {
    const { at, cases, params } = chosen;
    const totals = await session.first<Record<'cases' | 'repeated' | 'sent_back', bigint>>(
      `select count(*) as cases, count(*) filter (where c.repeats > 0) as repeated,
         count(*) filter (where c.sent_back > 0) as sent_back from ${cases}`,
      params,
    );
    const rows = await session.rows<
      Record<'cases' | 'repeated' | 'extra' | 'at_once', bigint> & { name: string }
    >(
      `with walked as (${walkedSql(chosen)}), numbered as (
         select row_number() over () as walk, n, activities from walked
       ), step as (
         select w.walk, w.n, s.place, w.activities[s.place] as activity,
           s.place > 1 and w.activities[s.place - 1] = w.activities[s.place] as at_once
         from numbered w, unnest(range(1, len(w.activities) + 1)) as s(place)
       ), per_walk as (
         select walk, n, activity, count(*) as times, count(*) filter (where at_once) as at_once
         from step group by walk, n, activity
       )
       select a.name, sum(n)::BIGINT as cases, coalesce(sum(n) filter (where times > 1), 0)::BIGINT as repeated,
         sum(n * (times - 1))::BIGINT as extra, sum(n * at_once)::BIGINT as at_once
       from per_walk p join ${at}.activities a on a.id = p.activity
       group by a.name having sum(n * (times - 1)) > 0 order by extra desc, a.name`,
      params,
    );
    return {
      cases: Number(totals?.cases ?? 0),
      repeated_cases: Number(totals?.repeated ?? 0),
      sent_back_cases: Number(totals?.sent_back ?? 0),
      rows: rows.map((row) => ({
        ...{ activity: row.name, cases: Number(row.cases), repeated_cases: Number(row.repeated) },
        repeated_share: Number(row.repeated) / Number(row.cases),
        ...{ extra: Number(row.extra), at_once: Number(row.at_once) },
        comes_back: Number(row.extra) - Number(row.at_once),
      })),
    };
  });
}
