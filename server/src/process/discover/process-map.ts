import type { DuckSession } from '../../store/index.ts';
import { answerOnce, type Chosen } from '../filter/ask.ts';
import type { LogInfo, LogQuestion, Times } from '../model.ts';
import type { ProcessWorld } from '../world.ts';
import { type Abstraction, type AbstractionLevel, abstractMap } from './abstraction.ts';
import { type Clock, durationSql, gapSql, type TimesRow, timesOf, timesSql } from './times-sql.ts';

/** One activity of the map. */
export interface MapNode {
  readonly activity: string;
  readonly code: string | null;
  /** Executions. */
  readonly count: number;
  /** Cases in which it happens. */
  readonly cases: number;
}

/** One activity directly followed by another; times are from the end of one to the end of the other. */
export interface MapEdge extends Times {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly cases: number;
}

export interface ActivityCount {
  readonly activity: string;
  readonly count: number;
}

/** The process map (流程图) of the chosen cases. */
export interface ProcessMap {
  readonly log: string;
  readonly title: string;
  readonly as_of: string | null;
  readonly clock: Clock;
  readonly cases: number;
  readonly events: number;
  readonly activities: number;
  readonly variants: number;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly start: readonly ActivityCount[];
  readonly end: readonly ActivityCount[];
  readonly duration: Times;
  /** Cases sent back at least once, where the log knows. */
  readonly sent_back_cases: number;
  readonly running_cases: number;
  /** What of it is shown by default or by the asked level. */
  readonly shown: Abstraction;
}

export interface MapRequest extends LogQuestion {
  readonly clock?: Clock;
  /** Null: the readable default. */
  readonly level?: AbstractionLevel | null;
}

/** Draws the map of the chosen cases; 10 million events take about two seconds, once. */
export async function processMap(world: ProcessWorld, request: MapRequest): Promise<ProcessMap> {
  const clock = request.clock ?? 'wall';
  const whole = await answerOnce(world, request, `map/${clock}`, (session, chosen) =>
    readMap(session, chosen, clock),
  );
  const weighted = {
    ...{ edges: whole.edges, start: whole.start, end: whole.end },
    activities: whole.nodes.map(({ activity, count }) => ({ name: activity, count })),
  };
  return { ...whole, shown: abstractMap(weighted, request.level ?? null) };
}

async function readMap(
  session: DuckSession,
  chosen: Chosen,
  clock: Clock,
): Promise<Omit<ProcessMap, 'shown'>> {
  const totals = await readTotals(session, chosen, clock);
  const nodes = await readNodes(session, chosen);
  const edges = await readEdges(session, chosen, clock);
  const info: LogInfo = chosen.log.info;
  return {
    ...{ log: info.log, title: info.title, as_of: info.as_of, clock },
    ...totals,
    ...{ activities: nodes.length, nodes, edges },
    start: await readEnds(session, chosen, 'start_activity'),
    end: await readEnds(session, chosen, 'end_activity'),
  };
}

async function readTotals(session: DuckSession, { cases, params }: Chosen, clock: Clock) {
  const row = await session.first<TimesRow & Record<string, unknown>>(
    `select count(*) as cases, coalesce(sum(c.events), 0) as events, count(distinct c.variant) as variants,
       count(*) filter (where c.sent_back > 0) as sent_back, count(*) filter (where c.result = '0') as running,
       ${timesSql(durationSql(clock))} from ${cases}`,
    params,
  );
  return {
    ...{ cases: Number(row?.cases ?? 0), events: Number(row?.events ?? 0) },
    ...{ variants: Number(row?.variants ?? 0), duration: timesOf(row) },
    ...{ sent_back_cases: Number(row?.sent_back ?? 0), running_cases: Number(row?.running ?? 0) },
  };
}

/** How often each variant is among the chosen cases; counts of steps follow from it without events. */
export const walkedSql = ({ at, cases }: Pick<Chosen, 'at' | 'cases'>): string =>
  `select v.activities, w.n from (select c.variant, count(*) as n from ${cases} group by c.variant) w
   join ${at}.variants v on v.variant = w.variant`;

async function readNodes(session: DuckSession, chosen: Chosen): Promise<MapNode[]> {
  const rows = await session.rows<
    Record<'name' | 'code', string> & Record<'n' | 'in_cases', bigint>
  >(
    `with walked as (${walkedSql(chosen)})
     select a.name, a.code, sum(s.n)::BIGINT as n, sum(s.kinds)::BIGINT as in_cases
     from (
       select activity, sum(n) as n, sum(of_variant) as kinds
       from (select activity, count(*) * n as n, n as of_variant
         from (select row_number() over () as walk, n, activities from walked), unnest(activities) as step(activity)
         group by walk, activity, n)
       group by activity
     ) s join ${chosen.at}.activities a on a.id = s.activity
     group by a.name, a.code order by n desc, a.name`,
    chosen.params,
  );
  return rows.map(({ name, code, n, in_cases }) => ({
    ...{ activity: name, code, count: Number(n), cases: Number(in_cases) },
  }));
}

async function readEdges(session: DuckSession, chosen: Chosen, clock: Clock): Promise<MapEdge[]> {
  const rows = await session.rows<
    TimesRow & Record<'source' | 'target', string> & Record<'n' | 'in_cases', bigint>
  >(
    `with walked as (${walkedSql(chosen)}), pair as (
       select row_number() over () as walk, n, list_zip(activities[:-2], activities[2:]) as pairs from walked
     ), counted as (
       select p[1] as source, p[2] as target, sum(times * n)::BIGINT as n, sum(n)::BIGINT as in_cases
       from (select walk, n, p, count(*) as times from pair, unnest(pairs) as each(p) group by walk, n, p)
       group by p
     ), timed as (
       select e.activity as source, e.next_activity as target, ${timesSql(gapSql(clock))}
       from ${chosen.events} where e.next_activity is not null group by e.activity, e.next_activity
     )
     select a.name as source, b.name as target, k.n, k.in_cases, t.* exclude (source, target)
     from counted k
     join timed t on t.source = k.source and t.target = k.target
     join ${chosen.at}.activities a on a.id = k.source
     join ${chosen.at}.activities b on b.id = k.target
     order by k.n desc, a.name, b.name`,
    chosen.params,
  );
  return rows.map(({ source, target, n, in_cases, ...times }) => ({
    ...{ from: source, to: target, count: Number(n), cases: Number(in_cases) },
    ...timesOf(times),
  }));
}

async function readEnds(
  session: DuckSession,
  { at, cases, params }: Chosen,
  column: 'start_activity' | 'end_activity',
): Promise<ActivityCount[]> {
  const rows = await session.rows<{ name: string; n: bigint }>(
    `select a.name, count(*) as n from ${cases} join ${at}.activities a on a.id = c.${column}
     group by a.name order by n desc, a.name`,
    params,
  );
  return rows.map(({ name, n }) => ({ activity: name, count: Number(n) }));
}
