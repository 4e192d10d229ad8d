import type { Progress } from '../kernel/index.ts';

/** What is kept of a job's progress. */
export interface ProgressState {
  readonly step: string;
  readonly done: bigint;
  readonly total: bigint | null;
  readonly unit: string | null;
}

/** A job may report thousands of times a second; readers need a few. */
const INTERVAL_MS = 250;

/**
 * Writes progress now and then: at once when the step changes, else at most four times a second,
 * and never two writes at a time. `settle` writes the last state and waits.
 */
export function progressWriter(write: (state: ProgressState) => Promise<void>): {
  readonly progress: Progress;
  settle(): Promise<void>;
} {
  let pending: ProgressState | null = null;
  let step: string | null = null;
  let last = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> | null = null;
  const flush = (): void => {
    if (writing !== null || pending === null) return;
    const state = pending;
    pending = null;
    last = performance.now();
    writing = write(state)
      // Progress that cannot be written must not end the work; its own statements will tell.
      .catch(() => undefined)
      .finally(() => {
        writing = null;
        if (pending !== null && pending.step !== state.step) flush();
      });
  };
  const take = (state: ProgressState): void => {
    pending = state;
    const due = performance.now() - last >= INTERVAL_MS;
    const moved = state.step !== step;
    step = state.step;
    if (moved || due) flush();
  };
  return {
    progress: {
      report: (name, done, total, unit) =>
        take({ step: name, done: whole(done), total: total === null ? null : whole(total), unit }),
      note: (text) => take({ step: text, done: 0n, total: null, unit: null }),
    },
    settle: async () => {
      while (writing !== null || pending !== null) {
        flush();
        await writing;
      }
    },
  };
}

const whole = (value: number): bigint => BigInt(Math.max(0, Math.round(value)));
