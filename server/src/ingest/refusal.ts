/** The gates a package passes in order (`feed.md` §2). */
export type Gate = 'G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6' | 'G7' | 'G8';

/** Why a package is not taken (拒收): an expected outcome, told to the source and to the official. */
export interface Refusal {
  readonly gate: Gate;
  readonly code: string;
  /** Chinese: what happened, where, and what to do next; without personal data. */
  readonly reason: string;
}

/** Makes a refusal. */
export function refused(gate: Gate, code: string, reason: string): Refusal {
  return { gate, code, reason };
}

/**
 * Carries a refusal out of the depth of a pipeline to its door, where {@link refusalOf} turns it
 * back into a value. It never leaves `ingest`.
 */
export class RefusalError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, cause?: unknown) {
    super(refusal.reason, cause === undefined ? undefined : { cause });
    this.name = 'RefusalError';
    this.refusal = refusal;
  }
}

/** Gives the refusal an error carries; any other error is thrown on. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusalError) return error.refusal;
  throw error;
}
