import type { Sides } from '../side/index.ts';
import { choosePayees, type OpenCity, type PayeesInput } from './choose-payees.ts';

export { compareDeaths, type DeathsComparison } from './compare-deaths.ts';
export { deathsText } from './deaths-text.ts';

/** What `bench deaths` asks of a process of its own. */
export function deathsSides(open: OpenCity): Sides {
  return { 'deaths.payees': (input: PayeesInput) => choosePayees(input, open) };
}
