import { isHuiliuError, type Progress, shanghaiTime } from '../kernel/index.ts';
import { pipelineNothing, stepBroken, stepCancelled, stepWaits } from './errors.ts';
import {
  beginPipeline,
  endPipeline,
  findPipeline,
  type PipelineDb,
  type StepRow,
  writeStep,
} from './pipeline-register.ts';
import type { Workspace } from './workspace.ts';

/** What a step is given. */
export interface StepContext {
  readonly actor: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** What a step it needs gave. */
  resultOf(step: string): Readonly<Record<string, unknown>>;
}

/** Modules the steps work on; their databases are the same two. */
export type PipelineWorld = Pick<Workspace, 'alerts' | 'deaths' | 'process' | 'rules'>;

/** One step after a publication. */
export interface PipelineStep {
  readonly name: string;
  readonly title: string;
  /** Steps without whose success it has nothing to work on. */
  readonly needs?: readonly string[];
  run(world: PipelineWorld, context: StepContext): Promise<object>;
}

export interface PipelineRequest {
  readonly actor: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Does everything again even when it was done for this edition. */
  readonly again?: boolean;
  /** Told what our own bugs said; the report names only the step. */
  readonly onError?: (error: unknown) => void;
}

export interface PipelineReport {
  readonly pipeline_no: number;
  readonly edition: number;
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly steps: readonly {
    readonly step: string;
    readonly title: string;
    readonly state: 'done' | 'failed' | 'waiting';
    readonly reason: string | null;
    readonly result: unknown;
  }[];
}

/**
 * Carries out the steps after a publication for the newest edition. Steps that were done for this
 * edition are not done again unless asked, so a run that died goes on where it stopped.
 * @throws APP_PIPELINE_NOTHING when nothing is published yet
 */
export async function runPipeline(
  world: PipelineWorld,
  steps: readonly PipelineStep[],
  request: PipelineRequest,
): Promise<PipelineReport> {
  const db = world.rules.db as unknown as PipelineDb;
  const now = (): string => shanghaiTime(world.rules.clock.now());
  const edition = await newestEdition(world.rules);
  const before = request.again === true ? null : await findPipeline(db, edition);
  const done = new Map<string, StepRow>();
  for (const row of before?.steps ?? []) if (row.state === 'done') done.set(row.step, row);
  const pipelineNo =
    before?.pipeline_no ?? (await beginPipeline(db, { edition, actor: request.actor, at: now() }));
  const failed = new Map<string, string>();
  for (const [at, step] of steps.entries()) {
    if (request.signal.aborted) break;
    if (done.has(step.name)) continue;
    request.progress.report(step.title, at, steps.length, 'steps');
    await writeStep(db, pipelineNo, step.name, { state: 'running', at: now() });
    try {
      const missing = step.needs?.find((need) => !done.has(need));
      if (missing !== undefined) {
        const title = steps.find(({ name }) => name === missing)?.title ?? missing;
        throw stepWaits({ title });
      }
      const result = await step.run(world, contextOf(request, done));
      await writeStep(db, pipelineNo, step.name, { state: 'done', at: now(), result });
      done.set(step.name, { step: step.name, result } as StepRow);
      for (const later of steps.slice(at + 1)) {
        // What stands on a step done anew is done anew.
        if (later.needs?.includes(step.name) === true) done.delete(later.name);
      }
    } catch (error) {
      const reason = reasonOf(error, step, request);
      failed.set(step.name, reason);
      await writeStep(db, pipelineNo, step.name, { state: 'failed', at: now(), reason });
    }
  }
  await endPipeline(db, pipelineNo, now());
  return {
    ...{ pipeline_no: pipelineNo, edition },
    state: request.signal.aborted ? 'cancelled' : failed.size > 0 ? 'failed' : 'done',
    steps: steps.map(({ name, title }) => ({
      ...{ step: name, title, reason: failed.get(name) ?? null },
      state: done.has(name) ? 'done' : failed.has(name) ? 'failed' : 'waiting',
      result: done.get(name)?.result ?? null,
    })),
  };
}

function contextOf(
  { actor, signal, progress }: PipelineRequest,
  done: ReadonlyMap<string, StepRow>,
): StepContext {
  const resultOf = (step: string) => (done.get(step)?.result ?? {}) as Record<string, unknown>;
  return { actor, signal, progress, resultOf };
}

/** Chinese reason of a failed step; our own bugs are told to us and not to readers. */
function reasonOf(error: unknown, step: PipelineStep, request: PipelineRequest): string {
  if (request.signal.aborted) return stepCancelled({}).message;
  if (isHuiliuError(error)) return error.message;
  request.onError?.(error);
  return stepBroken({ title: step.title }).message;
}

/** The newest edition of the municipal database. @throws APP_PIPELINE_NOTHING */
export async function newestEdition({ duck }: Pick<Workspace['rules'], 'duck'>): Promise<number> {
  const row = await duck.read((session) =>
    session.first<{ edition: number | null }>('select max(edition) as edition from feed.edition'),
  );
  if (row?.edition == null) throw pipelineNothing({});
  return row.edition;
}
