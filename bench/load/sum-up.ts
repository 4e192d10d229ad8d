import { type Latency, latencyOf } from '../figures/index.ts';
import type { LoadOutcome } from './generate-load.ts';
import { type Answer, isFailure, KINDS, type Kind } from './model.ts';

export interface KindFigures {
  readonly kind: Kind;
  /** Good answers only: a refusal is quick, and would flatter. */
  readonly latency: Latency | null;
  /** How many answers had which status. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** One kind of failure, and how often it was met. */
export interface Failure {
  readonly kind: Kind;
  readonly status: number;
  readonly code: string;
  readonly count: number;
}

export interface LoadFigures {
  readonly seconds: number;
  readonly answers: number;
  readonly per_second: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly latency: Latency | null;
  readonly kinds: readonly KindFigures[];
  readonly failures: readonly Failure[];
}

/** Sums up what a load met, by kind and status. */
export function sumUp({ answers, seconds }: LoadOutcome): LoadFigures {
  const kinds = KINDS.map((kind) => {
    const mine = answers.filter((answer) => answer.kind === kind);
    return { kind, latency: goodLatency(mine, seconds), statuses: countStatuses(mine) };
  });
  return {
    ...{ seconds, answers: answers.length, per_second: answers.length / seconds },
    statuses: countStatuses(answers),
    latency: goodLatency(answers, seconds),
    kinds: kinds.filter(({ statuses }) => Object.keys(statuses).length > 0),
    failures: failuresOf(answers),
  };
}

function goodLatency(answers: readonly Answer[], seconds: number): Latency | null {
  const times = answers.filter(({ status }) => status >= 200 && status < 300).map(({ ms }) => ms);
  return times.length === 0 ? null : latencyOf(times, seconds);
}

function countStatuses(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function failuresOf(answers: readonly Answer[]): Failure[] {
  const counted = new Map<string, Failure>();
  for (const answer of answers.filter(isFailure)) {
    const { kind, status } = answer;
    const code = answer.code ?? '';
    const key = `${kind} ${status} ${code}`;
    counted.set(key, { kind, status, code, count: (counted.get(key)?.count ?? 0) + 1 });
  }
  return [...counted.values()].sort((a, b) => b.count - a.count);
}
