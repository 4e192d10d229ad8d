import type { Permission, Severity } from '../contract/index.ts';
import type { Conclusion } from './handling/handling.ts';

/**
 * States of a case (疑点单) in the order of its way. `closed` is looked back upon for 90 days and
 * then `settled`.
 */
export const STATE_TITLES = {
  new: '待派发',
  assigned: '已派发',
  verifying: '核查中',
  concluded: '待复核',
  disposing: '处置中',
  recovering: '追回中',
  closing: '待销号',
  closed: '已销号',
  settled: '回头看已过',
} as const;
export type CaseState = keyof typeof STATE_TITLES;
export const CASE_STATES = Object.keys(STATE_TITLES) as readonly CaseState[];

/** States in which nothing is left to do. */
export const FINAL_STATES: readonly CaseState[] = ['closed', 'settled'];

/** What somebody may do with a case; `null` right: only the platform itself does it. */
export interface Action {
  readonly title: string;
  readonly from: readonly CaseState[];
  readonly to: readonly CaseState[];
  readonly right: Permission | null;
  /** Whoever handled the person's business, or a relative, may not (回避). */
  readonly impartial?: true;
}

/**
 * The state machine as data. The database holds the same pairs (`alert_transition`) and refuses any
 * other; a test keeps the two equal.
 * @source rules of issue §19: 生成→派发→核查→结论→他人复核→处置→追回→销号→回头看
 */
export const ACTIONS = {
  assign: {
    title: '派发',
    from: ['new', 'assigned', 'verifying'],
    to: ['assigned'],
    right: 'alerts.assign',
  },
  claim: {
    title: '领取',
    from: ['new', 'assigned'],
    to: ['verifying'],
    right: 'alerts.verify',
    impartial: true,
  },
  transfer: {
    title: '转办',
    from: ['new', 'assigned', 'verifying'],
    to: ['assigned'],
    right: 'alerts.verify',
  },
  extend: {
    title: '延期',
    from: ['assigned', 'verifying'],
    to: ['assigned', 'verifying'],
    right: 'alerts.assign',
  },
  escalate: {
    title: '上报市级',
    from: ['new', 'assigned', 'verifying'],
    to: ['assigned'],
    right: 'alerts.verify',
  },
  conclude: {
    title: '提交核查结论',
    from: ['verifying'],
    to: ['concluded'],
    right: 'alerts.verify',
    impartial: true,
  },
  pass: {
    title: '复核同意',
    from: ['concluded'],
    to: ['disposing', 'recovering', 'closing', 'assigned'],
    right: 'alerts.review',
    impartial: true,
  },
  refuse: {
    title: '复核退回',
    from: ['concluded'],
    to: ['verifying'],
    right: 'alerts.review',
    impartial: true,
  },
  dispose: {
    title: '提出处置',
    from: ['disposing', 'recovering'],
    to: ['disposing', 'recovering'],
    right: 'alerts.dispose',
    impartial: true,
  },
  decide_disposal: {
    title: '复核处置',
    from: ['disposing', 'recovering'],
    to: ['disposing', 'recovering'],
    right: 'alerts.review',
    impartial: true,
  },
  prove: {
    title: '登记处置文书',
    from: ['disposing', 'recovering'],
    to: ['disposing', 'recovering'],
    right: 'alerts.dispose',
  },
  propose_close: {
    title: '提示可销号',
    from: ['disposing', 'recovering'],
    to: ['closing'],
    right: null,
  },
  send_back: {
    title: '退回重新核查',
    from: ['disposing', 'closing'],
    to: ['verifying'],
    right: 'alerts.review',
    impartial: true,
  },
  close: {
    title: '销号',
    from: ['closing', 'disposing', 'recovering'],
    to: ['closed'],
    right: 'alerts.close',
    impartial: true,
  },
  reopen: {
    title: '重新打开',
    from: ['closed', 'settled'],
    to: ['assigned'],
    right: 'alerts.close',
  },
  recur: { title: '复发', from: ['closed'], to: ['new'], right: null },
  settle: { title: '回头看已过', from: ['closed'], to: ['settled'], right: null },
} as const satisfies Record<string, Action>;
export type ActionName = keyof typeof ACTIONS;

/** The action as data of one type, for code that treats all alike. */
export const actionOf = (name: ActionName): Action => ACTIONS[name];

/** Every pair of different states some action leads through. */
export function transitionPairs(): (readonly [CaseState, CaseState])[] {
  const pairs = new Map<string, readonly [CaseState, CaseState]>();
  for (const { from, to } of Object.values<Action>(ACTIONS)) {
    for (const a of from) {
      for (const b of to) if (a !== b) pairs.set(`${a} ${b}`, [a, b]);
    }
  }
  return [...pairs.values()];
}

/** Conclusions after which something is to be done. */
export const CONFIRMING: readonly Conclusion[] = ['confirmed', 'partly'];

/** Levels, the lowest first. */
const LEVELS: readonly Severity[] = ['low', 'medium', 'high'];

/** The next level up; high stays high. */
export function oneLevelHigher(level: Severity): Severity {
  return LEVELS[Math.min(LEVELS.indexOf(level) + 1, LEVELS.length - 1)] ?? 'high';
}

/** One thing that must be true before a case closes (销号条件). */
export interface ClosingCondition {
  readonly code: string;
  readonly title: string;
  readonly met: boolean;
}

/** What the closing conditions are judged by. */
export interface ClosingFacts {
  readonly conclusion: Conclusion | null;
  readonly reviewed: boolean;
  readonly evidence: number;
  /** All findings vanished, or their values changed since the conclusion. */
  readonly returnedValueChanged: boolean;
  readonly whitelisted: boolean;
  readonly disposals: readonly { readonly state: string; readonly title: string }[];
  /** Due − recovered − offset − written off − open rest of an approved agreement, over all. */
  readonly uncoveredFen: bigint;
  readonly recovers: boolean;
}

/**
 * Lists what a case needs to be closed and whether it is there.
 * @source rules §19.4: 不属实＝证据＋复核人；数据错误＝回流值已变；属实有金额＝净应追轧平；政策合规＝文号、有效期
 */
export function closingConditions(facts: ClosingFacts): ClosingCondition[] {
  const { conclusion } = facts;
  const conditions: ClosingCondition[] = [
    { code: 'reviewed', title: '核查结论已由他人复核', met: facts.reviewed },
  ];
  const add = (code: string, title: string, met: boolean) => conditions.push({ code, title, met });
  if (conclusion === 'unfounded') add('evidence', '不属实须附证据', facts.evidence > 0);
  if (conclusion === 'data_error') {
    add('value_changed', '数据错误须等回流值已变', facts.returnedValueChanged);
  }
  if (conclusion === 'compliant') {
    add('whitelisted', '政策合规须有文号和有效期', facts.whitelisted);
  }
  if (conclusion === 'unclear') add('exception', '无法核实的只能凭文件例外销号', false);
  if (conclusion !== null && CONFIRMING.includes(conclusion)) {
    const open = facts.disposals.filter(
      ({ state }) => state === 'proposed' || state === 'approved',
    );
    const done = facts.disposals.some(({ state }) => state === 'proved');
    add('disposed', '至少有一项处置已经办成', done);
    const waiting = [...new Set(open.map(({ title }) => title))].join('、');
    add(
      'proved',
      waiting === '' ? '各项处置已由数据或文书证明' : `尚待证明的处置：${waiting}`,
      open.length === 0,
    );
    if (facts.recovers) {
      add('balanced', '净应追＝已追＋抵扣＋经批准的分期或核销', facts.uncoveredFen === 0n);
    }
  }
  return conditions;
}
