import { GATE_CODES } from './gate-codes.ts';
import { RECEIVE_CODES } from './receive/index.ts';
import type { Gate } from './refusal.ts';
import { UNREADY_CODE } from './report.ts';

/** What becomes of a package, or of one of its datasets, that a gate stops. */
export type GateOutcome = 'refused' | 'dataset_refused' | 'held' | 'awaiting' | 'not_ready';

/** One code of the gates as the reference shows it. */
export interface GateCodeEntry {
  readonly code: string;
  readonly gate: Gate;
  readonly outcome: GateOutcome;
  readonly title: string;
  readonly advice: string;
}

/** Lists every code a package may be stopped with (关口代码), in the order of the gates. */
export function listGateCodes(): GateCodeEntry[] {
  const unready = {
    code: UNREADY_CODE,
    gate: 'G1',
    outcome: 'not_ready',
    title: '还没有写完（缺少 .ok 标记）',
    advice: '等来源写完后再装入，不需要处理',
  } as const;
  const receiving = Object.entries(RECEIVE_CODES).map(([code, entry]) => ({
    code,
    outcome: 'refused' as const,
    ...entry,
  }));
  const later = Object.entries(GATE_CODES).map(([code, entry]) => ({ code, ...entry }));
  return [unready, ...receiving, ...later].sort((a, b) =>
    a.gate < b.gate ? -1 : a.gate > b.gate ? 1 : 0,
  );
}
