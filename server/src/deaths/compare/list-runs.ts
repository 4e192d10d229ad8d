import { sql } from 'kysely';
import { shanghaiDay } from '../../kernel/index.ts';
import { forWholeCity, withinScope } from '../../security/index.ts';
import type { Asker } from '../registry/audit.ts';
import type { RegistryDb, RunTrigger } from '../registry/tables.ts';
import type { DeathsWorld } from '../world.ts';

/** One comparison as the list shows it (比对记录). */
export interface ShownRun {
  readonly run_id: string;
  readonly trigger: RunTrigger;
  readonly state: 'running' | 'finished' | 'failed';
  readonly actor: string;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly sources: readonly string[];
  readonly edition: number | null;
  readonly as_of: string | null;
  readonly population: number | null;
  readonly compared: number | null;
  readonly matched: number | null;
  readonly conflicts: number | null;
  readonly overpaid_persons: number | null;
  readonly overpaid_fen: number | null;
  readonly new_suspicions: number | null;
  readonly duration_ms: number | null;
  readonly failure: string | null;
}

/** How far the year's target of comparisons is reached (年度比对目标). */
export interface RunTarget {
  readonly year: string;
  readonly target: number;
  /** Comparisons that count: whole ones, not those of single events. */
  readonly done: number;
  readonly of_events: number;
}

/** Lists comparisons, the newest first. */
export async function listComparisons(
  world: DeathsWorld,
  query: { readonly trigger?: RunTrigger; readonly offset: number; readonly limit: number },
): Promise<{ readonly rows: readonly ShownRun[]; readonly total: number }> {
  const db: RegistryDb = world.db;
  return forWholeCity(db, async (transaction) => {
    const base = transaction
      .selectFrom('death_run')
      .$if(query.trigger !== undefined, (q) => q.where('trigger', '=', query.trigger ?? 'event'));
    const counted = await base
      .select((is) => is.fn.countAll<bigint>().as('n'))
      .executeTakeFirstOrThrow();
    const rows = await base
      .selectAll()
      .orderBy('started_at', 'desc')
      .orderBy('run_id', 'desc')
      .offset(query.offset)
      .limit(query.limit)
      .execute();
    const number = (value: bigint | null) => (value === null ? null : Number(value));
    return {
      rows: rows.map((row) => ({
        ...row,
        ...{ population: number(row.population), compared: number(row.compared) },
        ...{ matched: number(row.matched), conflicts: number(row.conflicts) },
        overpaid_persons: number(row.overpaid_persons),
        overpaid_fen: number(row.overpaid_fen),
        new_suspicions: number(row.new_suspicions),
      })),
      total: Number(counted.n),
    };
  });
}

/** Counts this year's finished comparisons against the target of content. */
export async function readRunTarget(world: DeathsWorld): Promise<RunTarget> {
  const { settings } = world.pack;
  const year = shanghaiDay(world.clock.now()).slice(0, 4);
  const db: RegistryDb = world.db;
  const rows = await forWholeCity(db, (transaction) =>
    transaction
      .selectFrom('death_run')
      .select(['trigger', (is) => is.fn.countAll<bigint>().as('n')])
      .where('state', '=', 'finished')
      .where('started_at', '>=', `${year}-01-01T00:00:00+08:00`)
      .where('started_at', '<', `${Number(year) + 1}-01-01T00:00:00+08:00`)
      .groupBy('trigger')
      .execute(),
  );
  const count = (counts: (trigger: RunTrigger) => boolean): number =>
    rows.filter(({ trigger }) => counts(trigger)).reduce((sum, { n }) => sum + Number(n), 0);
  return {
    ...{ year, target: settings.yearly_target },
    done: count((trigger) => settings.counted_triggers.includes(trigger)),
    of_events: count((trigger) => trigger === 'event'),
  };
}

/** The registry at a glance (死亡库概况), within the asker's data scope. */
export interface RegistryStatus {
  readonly persons: number;
  readonly by_verdict: Readonly<Record<'0' | '1' | '2' | '3', number>>;
  readonly withdrawn: number;
  readonly not_matched: number;
  readonly overpaid_persons: number;
  readonly overpaid_fen: number;
  readonly open_cases: number;
  readonly waiting_requests: number;
  readonly by_source: readonly {
    readonly source: string;
    readonly title: string;
    readonly persons: number;
  }[];
  readonly target: RunTarget;
}

/** Reads the registry at a glance. */
export async function readStatus(world: DeathsWorld, asker: Asker): Promise<RegistryStatus> {
  const db: RegistryDb = world.db;
  const counted = await withinScope(db, asker.principal.scope, async (transaction) => {
    const { rows: totals } = await sql<Record<string, bigint>>`
      select count(*) as persons,
        count(*) filter (where verdict = '0') as v0, count(*) filter (where verdict = '1') as v1,
        count(*) filter (where verdict = '2') as v2, count(*) filter (where verdict = '3') as v3,
        count(*) filter (where standing <> 'reported') as withdrawn,
        count(*) filter (where grade = '0') as not_matched,
        count(*) filter (where overpaid_fen > 0 and verdict in ('0', '1')) as overpaid_persons,
        coalesce(sum(overpaid_fen) filter (where verdict in ('0', '1')), 0)::bigint as overpaid_fen,
        (select count(*) from death_case where state in ('open', 'opinion')) as open_cases,
        (select count(*) from death_request where state = 'asked') as waiting_requests
      from death_person`.execute(transaction);
    const { rows: sources } = await sql<{ source: string; n: bigint }>`
      select source, count(*) as n from death_person, unnest(sources) as source
      group by source order by source`.execute(transaction);
    return { totals: totals[0] ?? {}, sources };
  });
  const of = (name: string): number => Number(counted.totals[name] ?? 0n);
  return {
    persons: of('persons'),
    by_verdict: { '0': of('v0'), '1': of('v1'), '2': of('v2'), '3': of('v3') },
    ...{ withdrawn: of('withdrawn'), not_matched: of('not_matched') },
    ...{ overpaid_persons: of('overpaid_persons'), overpaid_fen: of('overpaid_fen') },
    ...{ open_cases: of('open_cases'), waiting_requests: of('waiting_requests') },
    by_source: counted.sources.map(({ source, n }) => ({
      ...{ source, title: world.pack.sources.get(source)?.title ?? source, persons: Number(n) },
    })),
    target: await readRunTarget(world),
  };
}
