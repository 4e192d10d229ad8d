import type { RulePack } from '../../server/src/rules/index.ts';
import type { PersonRows } from './person-facts.ts';
import type { DataReach } from './rule-settings.ts';

/** Business that changes what somebody is paid: the finding waits for it (通用排除 G5). */
const WAITED_FOR: readonly string[] = ['stop', 'hold', 'resume', 'refund', 'payout'];
const WAITING_DAYS = 30;

/** Tells whether somebody has business in progress, as the shared view `in_progress` does. */
export function inProgressFact(
  pack: RulePack,
  { asOf, covered }: DataReach,
): (person: PersonRows) => boolean {
  const matters = pack.params.get('param_matter')?.rows ?? [];
  const types = new Set(
    matters.flatMap(({ biz_type, kind }) => (WAITED_FOR.includes(String(kind)) ? [biz_type] : [])),
  );
  const from = new Date(Date.parse(asOf) - WAITING_DAYS * 86_400_000).toISOString().slice(0, 19);
  if (!covered.has('biz_case')) return () => false;
  return ({ cases }) =>
    cases.some(({ type, finished, applied }) => !finished && applied >= from && types.has(type));
}
