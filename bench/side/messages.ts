import type { ErrorKind, Progress } from '../../server/src/kernel/index.ts';

/** What a process of its own is asked to do. */
export interface SideTask {
  readonly side: string;
  readonly input: unknown;
}

/** What it says while doing it. */
export type SideMessage =
  | { readonly kind: 'progress'; readonly report: Parameters<Progress['report']> }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly error: RegisteredFailure }
  | { readonly kind: 'failed'; readonly stack: string };

/** A registered error on its way between processes. */
export interface RegisteredFailure {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}
