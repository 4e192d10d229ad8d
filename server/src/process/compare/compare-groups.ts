import type { DataScope } from '../../contract/index.ts';
import type { DuckSession } from '../../store/index.ts';
import {
  type Clock,
  durationSql,
  type TimesRow,
  timesOf,
  timesSql,
} from '../discover/times-sql.ts';
import { groupsTooSmall } from '../errors.ts';
import { type Chosen, chosenFrom } from '../filter/ask.ts';
import { type Filter, filterKey } from '../filter/filter.ts';
import { findLog } from '../log/find-log.ts';
import type { Times } from '../model.ts';
import type { ProcessWorld } from '../world.ts';
import { type MannWhitney, mannWhitney } from './mann-whitney.ts';

/** Two groups of finished cases: periods, counties, channels, before and after a change (成效对比). */
export interface CompareRequest {
  readonly log: string | null;
  readonly scope: DataScope;
  /** Hold for both groups. */
  readonly filters: readonly Filter[];
  readonly first: readonly Filter[];
  readonly second: readonly Filter[];
  readonly clock?: Clock;
}

export interface GroupFigures {
  readonly cases: number;
  readonly duration: Times;
  readonly sent_back_share: number;
  readonly repeated_share: number;
  readonly channels: readonly { readonly channel: string; readonly cases: number }[];
}

export interface Comparison {
  readonly clock: Clock;
  readonly first: GroupFigures;
  readonly second: GroupFigures;
  /** Cases by duration; bounds grow by the same factor, so that minutes and months fit one chart. */
  readonly distribution: readonly {
    readonly from_s: number;
    readonly to_s: number;
    readonly first: number;
    readonly second: number;
  }[];
  readonly test: MannWhitney;
  /** What the test says, in words. */
  readonly conclusion: string;
  /** Cases in both groups: they are counted in both and weaken the comparison. */
  readonly in_both: number;
}

const BINS = 24;
const SIGNIFICANT = 0.05;

/**
 * Compares the durations of two groups of finished cases.
 * @throws PROCESS_GROUPS_TOO_SMALL
 */
export async function compareGroups(
  world: ProcessWorld,
  request: CompareRequest,
): Promise<Comparison> {
  const clock = request.clock ?? 'wall';
  const log = await findLog(world, request.scope, request.log);
  const finished: Filter = { kind: 'state', value: 'finished' };
  const group = (own: readonly Filter[]): Chosen =>
    chosenFrom(log, { scope: request.scope, filters: [finished, ...request.filters, ...own] });
  const keys = [request.filters, request.first, request.second].map(filterKey);
  const whose = `${request.scope.agencies}/${request.scope.insurances}`;
  const engine = await world.logs.engine();
  return world.cache.once(['compare', log.stamp, whose, clock, ...keys].join('\n\n'), () =>
    engine.scratch(async (session) => {
      await takeGroup(session, 'first_group', group(request.first), clock);
      await takeGroup(session, 'second_group', group(request.second), clock);
      return compare(session, clock);
    }),
  );
}

async function takeGroup(
  session: DuckSession,
  table: string,
  { cases, params }: Chosen,
  clock: Clock,
): Promise<void> {
  await session.run(
    `create temp table ${table} as
     select c.case_no, ${durationSql(clock)} as seconds, c.channel, c.sent_back, c.repeats from ${cases}
     where ${durationSql(clock)} is not null`,
    params,
  );
}

async function compare(session: DuckSession, clock: Clock): Promise<Comparison> {
  const first = await figuresOf(session, 'first_group');
  const second = await figuresOf(session, 'second_group');
  if (first.cases === 0) throw groupsTooSmall({ group: '第一组' });
  if (second.cases === 0) throw groupsTooSmall({ group: '第二组' });
  const ranks = await session.first<{ rank_sum: number; tie_term: number }>(
    `with together as (
       select seconds, true as of_first from first_group union all select seconds, false from second_group
     ), value as (
       select seconds, count(*)::DOUBLE as t, count(*) filter (where of_first)::DOUBLE as mine from together group by seconds
     ), ranked as (
       select t, mine, sum(t) over (order by seconds rows unbounded preceding) - (t - 1) / 2 as mean_rank from value
     )
     select sum(mine * mean_rank) as rank_sum, sum(t * t * t - t) as tie_term from ranked`,
  );
  const both = await session.first<{ n: bigint }>(
    'select count(*) as n from first_group semi join second_group using (case_no)',
  );
  const test = mannWhitney({
    ...{ first: first.cases, second: second.cases },
    ...{ firstRankSum: ranks?.rank_sum ?? 0, tieTerm: ranks?.tie_term ?? 0 },
  });
  return {
    ...{ clock, first, second, test },
    distribution: await distribution(session),
    conclusion: inWords(test),
    in_both: Number(both?.n ?? 0),
  };
}

async function figuresOf(session: DuckSession, table: string): Promise<GroupFigures> {
  const row = await session.first<TimesRow & { n: bigint; sent_back: number; repeated: number }>(
    `select count(*) as n, ${timesSql('seconds')},
       coalesce(avg(case when sent_back > 0 then 1.0 else 0 end), 0) as sent_back,
       coalesce(avg(case when repeats > 0 then 1.0 else 0 end), 0) as repeated from ${table}`,
  );
  const channels = await session.rows<{ channel: string; n: bigint }>(
    `select channel, count(*) as n from ${table} where channel is not null group by channel order by n desc, channel`,
  );
  return {
    ...{ cases: Number(row?.n ?? 0), duration: timesOf(row) },
    ...{ sent_back_share: row?.sent_back ?? 0, repeated_share: row?.repeated ?? 0 },
    channels: channels.map(({ channel, n }) => ({ channel, cases: Number(n) })),
  };
}

async function distribution(session: DuckSession): Promise<Comparison['distribution']> {
  const rows = await session.rows<{ bin: number; first: bigint; second: bigint; top: number }>(
    `with together as (
       select seconds, true as of_first from first_group union all select seconds, false from second_group
     ), span as (select greatest(60, max(seconds)) as top from together)
     select least(${BINS - 1}, case when seconds < 60 then 0
         else 1 + floor(ln(seconds / 60) / ln(greatest(top, 61) / 60) * ${BINS - 1})::INTEGER end) as bin,
       count(*) filter (where of_first) as first, count(*) filter (where not of_first) as second, max(top) as top
     from together, span group by bin order by bin`,
  );
  const top = Math.max(rows[0]?.top ?? 60, 61);
  const bound = (bin: number): number =>
    bin === 0 ? 0 : 60 * (top / 60) ** ((bin - 1) / (BINS - 1));
  const counts = new Map(rows.map((row) => [row.bin, row]));
  return Array.from({ length: BINS }, (_, bin) => ({
    from_s: Math.round(bound(bin)),
    to_s: Math.round(bin === BINS - 1 ? top : bound(bin + 1)),
    first: Number(counts.get(bin)?.first ?? 0),
    second: Number(counts.get(bin)?.second ?? 0),
  }));
}

/** Thresholds of Cliff's delta. @source Romano et al. 2006 */
function inWords({ p, delta }: MannWhitney): string {
  if (p >= SIGNIFICANT) return '两组历时没有显著差别（p ≥ 0.05），看到的差距可能只是偶然';
  const size = Math.abs(delta);
  const words = size < 0.147 ? '很小' : size < 0.33 ? '较小' : size < 0.474 ? '中等' : '较大';
  return `${delta > 0 ? '第一组' : '第二组'}明显更慢（p < 0.05），差距${words}`;
}
