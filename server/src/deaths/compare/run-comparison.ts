import type { FindingDelivery } from '../../contract/index.ts';
import { isHuiliuError, shanghaiTime } from '../../kernel/index.ts';
import { forWholeCity } from '../../security/index.ts';
import { nothingToCompare } from '../errors.ts';
import { retakeRequests } from '../registry/requests.ts';
import type { RegistryDb, RunTrigger } from '../registry/tables.ts';
import type { DeathsWorld } from '../world.ts';
import { compare, newRunId, recordRun } from './after-reports.ts';
import { takePackages } from './take-packages.ts';

/** Totals of a whole comparison. */
export interface ComparisonReport {
  readonly run_id: string;
  readonly trigger: RunTrigger;
  readonly as_of: string;
  readonly population: number;
  readonly compared: number;
  readonly conflicts: number;
  readonly findings: number;
  readonly new_suspicions: number;
  readonly duration_ms: number;
}

/**
 * Compares the whole registry with the whole city (全量比对): takes the packages in, then one set of
 * queries for everybody. Written down before it begins, so that one that dies is seen.
 * @throws DEATHS_NOTHING_TO_COMPARE
 */
export async function runComparison(
  world: DeathsWorld,
  request: { readonly trigger: Exclude<RunTrigger, 'event'>; readonly actor: string },
): Promise<{ readonly report: ComparisonReport; readonly delivery: FindingDelivery }> {
  const started = world.clock.now();
  const runId = newRunId(started);
  const db: RegistryDb = world.db;
  const { trigger, actor } = request;
  await endInterrupted(db, started);
  await forWholeCity(db, (transaction) =>
    transaction
      .insertInto('death_run')
      .values({
        ...{ run_id: runId, trigger, actor, state: 'running', sources: [] },
        started_at: shanghaiTime(started),
      } as never)
      .execute(),
  );
  try {
    await takePackages(world);
    await retakeRequests(world);
    const { delivery, assessments, persisted, city } = await compare(world, 'all', runId);
    if (city === null) throw nothingToCompare({});
    const row = await world.duck.read((session) =>
      session.first<{ n: bigint }>('select count(*) as n from main.person'),
    );
    const population = row?.n ?? 0n;
    const sources = assessments.flatMap(({ state }) => state.live.map(({ source }) => source));
    await recordRun(world, {
      ...{ runId, trigger, actor, started, city, persisted, assessments, population },
      sources: [...new Set(sources)].sort(),
    });
    const report: ComparisonReport = {
      ...{ run_id: runId, trigger, as_of: city.asOf, population: Number(population) },
      compared: assessments.length,
      conflicts: assessments.filter(({ judgement }) => judgement.verdict === '3').length,
      findings: delivery.findings.length,
      new_suspicions: persisted.newSuspicions,
      duration_ms: world.clock.now().getTime() - started.getTime(),
    };
    return { report, delivery };
  } catch (error) {
    const failure = isHuiliuError(error) ? error.message : '程序错误，已记入日志';
    await forWholeCity(db, (transaction) =>
      transaction
        .updateTable('death_run')
        .set({ state: 'failed', failure, finished_at: shanghaiTime(world.clock.now()) })
        .where('run_id', '=', runId)
        .execute(),
    );
    throw error;
  }
}

/** No comparison takes so long: its process has died. */
const LONGEST_MS = 6 * 3_600_000;

async function endInterrupted(db: RegistryDb, now: Date): Promise<void> {
  const before = shanghaiTime(new Date(now.getTime() - LONGEST_MS));
  await forWholeCity(db, (transaction) =>
    transaction
      .updateTable('death_run')
      .set({ state: 'failed', failure: '进程中断，没有比对完', finished_at: shanghaiTime(now) })
      .where('state', '=', 'running')
      .where('started_at', '<', before)
      .execute(),
  );
}
