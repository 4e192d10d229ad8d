import type { NameComparison } from '../match/compare-names.ts';
import type { MatchedPerson } from '../verdict/model.ts';
import type { KeptCustody } from './load-custody.ts';

/** Serving a sentence, and held before one; community correction stops nothing. */
export const COUNTED_KINDS: readonly string[] = ['01', '02'];
/** Stands for the end of a term that lasts. */
export const ENDLESS = '9999-12-31';

/** Pension paid for months in custody (服刑羁押期间发放). */
export interface CustodyPaid {
  readonly fromMonth: string;
  readonly toMonth: string;
  readonly months: number;
  readonly amountFen: bigint;
  readonly rows: readonly bigint[];
}

/** Everything known of one person in custody (服刑羁押人员). */
export interface CustodyAssessment {
  readonly subject: string;
  /** What still speaks: of each chain of corrections the last word. */
  readonly live: readonly KeptCustody[];
  /** CL_MATCH_LEVEL: 1 number and name, 2 number only, 0 nobody. */
  readonly grade: '0' | '1' | '2';
  /** Chinese: why, without personal data. */
  readonly reason: string;
  readonly name: NameComparison;
  readonly person: MatchedPerson | null;
  readonly paid: CustodyPaid | null;
  readonly agency: string;
  readonly nameKeys: readonly string[];
  readonly lastReceivedAt: string;
  readonly seen: bigint;
}

/** Terms whose months are not paid. */
export function countedTerms({ live }: Pick<CustodyAssessment, 'live'>): readonly KeptCustody[] {
  return live.filter(({ custody_kind }) => COUNTED_KINDS.includes(custody_kind));
}
