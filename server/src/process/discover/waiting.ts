import { answerOnce } from '../filter/ask.ts';
import type { LogQuestion, Times } from '../model.ts';
import type { ProcessWorld } from '../world.ts';
import { type Clock, gapSql, type TimesRow, timesOf, timesSql } from './times-sql.ts';

/** Time of one activity, parted into waiting before and handling where its start is recorded. */
export interface ActivityTime {
  readonly activity: string;
  readonly count: number;
  /** Executions whose start is recorded: only these are parted. */
  readonly parted: number;
  readonly waiting: Times;
  readonly handling: Times;
  /** From the end of the activity before to the end of this one, of the executions not parted. */
  readonly unparted: Times;
}

/** A transition by how much of all time passes in it (瓶颈). */
export interface Bottleneck {
  readonly rank: number;
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** Share of the time of all transitions together; null where no time passes in any of them. */
  readonly time_share: number | null;
  readonly times: Times;
}

export interface WaitingReport {
  readonly clock: Clock;
  readonly activities: readonly ActivityTime[];
  readonly bottlenecks: readonly Bottleneck[];
}

const MOST_BOTTLENECKS = 20;

/**
 * Reports where time goes: what waits, what is being done, and which transitions take most of it.
 * A log that records only the end of a step cannot tell waiting from handling; that share is
 * reported apart instead of being guessed.
 */
export function reportWaiting(
  world: ProcessWorld,
  question: LogQuestion,
  clock: Clock = 'wall',
): Promise<WaitingReport> {
  return answerOnce(world, question, `waiting/${clock}`, async (session, chosen) => {
    const { at, events, params } = chosen;
    const rows = await session.rows<
      Record<string, unknown> & { name: string; n: bigint; parted: bigint }
    >(
      `select a.name, count(*) as n, count(e.handle_us) as parted,
         {${structSql('e.wait_us / 1e6')}} as waiting, {${structSql('e.handle_us / 1e6')}} as handling,
         {${structSql('case when e.handle_us is null then e.before_us / 1e6 end')}} as unparted
       from (select e.*, case when e.pos > 0 then lag(e.gap_us) over (partition by e.case_no order by e.pos) end as before_us
         from ${events}) e
       join ${at}.activities a on a.id = e.activity
       group by a.name order by n desc, a.name`,
      params,
    );
    const slow = await session.rows<
      TimesRow & { source: string; target: string; n: bigint; share: number | null }
    >(
      `select a.name as source, b.name as target, p.* exclude (source, target), p.total_s / nullif(sum(p.total_s) over (), 0) as share
       from (select e.activity as source, e.next_activity as target, count(*) as n, ${timesSql(gapSql(clock))}
         from ${events} where e.next_activity is not null group by e.activity, e.next_activity) p
       join ${at}.activities a on a.id = p.source join ${at}.activities b on b.id = p.target
       where p.total_s is not null
       order by p.total_s desc, a.name, b.name limit ${MOST_BOTTLENECKS}`,
      params,
    );
    return {
      clock,
      activities: rows.map(({ name, n, parted, waiting, handling, unparted }) => ({
        ...{ activity: name, count: Number(n), parted: Number(parted) },
        ...{ waiting: timesOf(waiting as TimesRow), handling: timesOf(handling as TimesRow) },
        unparted: timesOf(unparted as TimesRow),
      })),
      bottlenecks: slow.map(({ source, target, n, share, ...times }, at_) => ({
        ...{ rank: at_ + 1, from: source, to: target, count: Number(n), time_share: share },
        times: timesOf(times),
      })),
    };
  });
}

/** The aggregates of {@link timesSql} as fields of a struct, several sets of which fit one row. */
function structSql(seconds: string): string {
  return `'min_s': min(${seconds}), 'mean_s': avg(${seconds}), 'max_s': max(${seconds}),
    'total_s': sum(${seconds}), 'quantiles': quantile_cont(${seconds}, [0.5, 0.9])`;
}
