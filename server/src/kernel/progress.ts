/** A running piece of long work tells how far it is; whoever shows it decides how. */
export interface Progress {
  /** `done` of `total` in `unit` (rows, bytes, steps); `total` null while it is not known. */
  report(step: string, done: number, total: number | null, unit: ProgressUnit): void;
  /** Says one finished fact in Chinese. */
  note(text: string): void;
}

export type ProgressUnit = 'rows' | 'bytes' | 'steps';

/** Reports to nobody. */
export const silentProgress: Progress = { report: () => {}, note: () => {} };
