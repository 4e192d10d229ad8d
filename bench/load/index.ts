import type { Sides } from '../side/index.ts';
import { type BareInput, serveBare } from './bare-route.ts';
import { generateInbox, generateLoad, type InboxInput, type LoadInput } from './generate-load.ts';
import { type OfficeInput, type OpenOffice, prepareOffice } from './prepare-office.ts';

export { compareLoad, type LoadComparison } from './compare-load.ts';
export { loadText } from './load-text.ts';

/** What `bench load` asks of processes of their own. */
export function loadSides(open: OpenOffice): Sides {
  return {
    'load.office': (input: OfficeInput) => prepareOffice(input, open),
    'load.mix': (input: LoadInput) => generateLoad(input),
    'load.inbox': (input: InboxInput) => generateInbox(input),
    'load.bare': (input: BareInput) => serveBare(input),
  };
}
