import type { Strength } from '../content/model.ts';
import type { NameLikeness } from '../match/compare-names.ts';
import type { PersonState, RegistryEvent } from '../registry/fold.ts';
import type { DeathDay, NotDeath } from './died-on.ts';

/** 待核、确认死亡、确认健在（误报）、矛盾待协查 (CL_VERDICT). */
export type Verdict = '0' | '1' | '2' | '3';

/** Kind of a contradiction (矛盾). */
export type ConflictKind =
  | 'dates_differ'
  | 'life_sign'
  | 'identity'
  | 'certificate_shared'
  | 'after_decision'
  | 'basis_withdrawn';

export const CONFLICT_TITLES: Readonly<Record<ConflictKind, string>> = {
  dates_differ: '死亡日期相差超过容差',
  life_sign: '死亡日之后有生存迹象',
  identity: '证件号码与姓名、出生日期或性别不是同一人',
  certificate_shared: '同一证明编号登记在两人名下',
  after_decision: '裁决之后有新的、与裁决不合的报告或迹象',
  basis_withdrawn: '裁决所依据的报告已被撤回或更正',
};

/** Municipal data that show somebody alive after a reported death (生存迹象). */
export interface LifeSign {
  readonly kind: string;
  readonly title: string;
  readonly strength: Strength;
  /** Day, or first day of the month where only the month is known. */
  readonly seenOn: string;
  /** Row of the municipal database: batch × 10^10 + line. */
  readonly row: bigint;
  readonly table: string;
}

/** The person in the municipal database a subject was matched with. */
export interface MatchedPerson {
  readonly personId: string;
  readonly name: string | null;
  readonly sex: string;
  readonly birthDate: string | null;
  readonly agency: string;
  /** Persons with the same number, this one included. */
  readonly sameNumber: number;
}

/** A live statement with what the match made of it. */
export interface JudgedStatement {
  readonly event: RegistryEvent;
  readonly day: DeathDay | NotDeath;
  readonly likeness: NameLikeness;
  readonly likenessReason: string;
  /** Birth date or sex given differ from the person's or the number's. */
  readonly mismatch: readonly ('birth' | 'sex')[];
}

export interface JudgeInput {
  readonly state: PersonState;
  readonly statements: readonly JudgedStatement[];
  /** Match level (CL_MATCH_LEVEL). */
  readonly grade: '0' | '1' | '2' | '3';
  readonly signs: readonly LifeSign[];
  /** Events whose certificate is also on somebody else's → those others' events. */
  readonly shared: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Judgement {
  readonly standing: 'reported' | 'withdrawn' | 'not_death';
  readonly verdict: Verdict | null;
  /** The day that counts: decided, else the earliest of consistent statements. */
  readonly diedOn: string | null;
  readonly earliestOn: string | null;
  readonly latestOn: string | null;
  /** Last month whose payment is lawful, first day. */
  readonly lastMonth: string | null;
  readonly conflicts: readonly ConflictKind[];
  /** Everything a decision made now would have looked at. */
  readonly evidence: readonly string[];
}
