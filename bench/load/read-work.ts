import type { Caller } from './caller.ts';
import type { Person } from './model.ts';

/** The inbox as it opens: what is open, by due date. The bare route answers the very same. */
export const INBOX_STATES = ['new', 'assigned', 'verifying', 'concluded'] as const;
export const INBOX_PAGE = 50;
export const inboxQuery = { filter: { states: INBOX_STATES }, page_size: INBOX_PAGE };

/**
 * How often a reader asks what, of twenty: much inbox and case, a dossier now and then. Everybody
 * starts elsewhere in the list.
 */
const MIX = [
  ...[
    'inbox',
    'case',
    'case',
    'workbench',
    'inbox',
    'dossier',
    'case',
    'inbox',
    'overview',
    'case',
  ],
  ...[
    'workbench',
    'inbox',
    'case',
    'packages',
    'inbox',
    'dossier',
    'case',
    'inbox',
    'case',
    'inbox',
  ],
] as const;

/** One person who reads, answer by answer, without a pause. */
export async function readAllDay(
  caller: Caller,
  person: Person,
  place: number,
  isOver: () => boolean,
): Promise<void> {
  let cases: readonly string[] = [];
  let opened = 0;
  for (let turn = place; !isOver(); turn += 1) {
    const kind = MIX[turn % MIX.length];
    const caseId = cases[turn % Math.max(1, cases.length)];
    if (kind === 'case' && caseId !== undefined) {
      await caller.get('case', `/api/alerts/cases/${caseId}`);
    } else if (kind === 'workbench') await caller.get('workbench', '/api/workbench');
    else if (kind === 'overview') await caller.post('overview', '/api/alerts/overview', {});
    else if (kind === 'packages') await caller.get('packages', '/api/feed/packages');
    else if (kind === 'dossier' && person.dossiers.length > 0) {
      const key = person.dossiers[opened % person.dossiers.length];
      opened += 1;
      await caller.post('dossier', '/api/dossier/open', {
        ...{ key, purpose_code: 'alert', matter_no: `测速2026${place}`, note: '测速：核查疑点' },
      });
    } else {
      const { body } = await caller.post('inbox', '/api/alerts/search', inboxQuery);
      const rows: { case_id: string; person_id: string | null }[] = body?.rows ?? [];
      // The same few cases again and again, as somebody at work: their persons count for the quota.
      if (cases.length === 0) cases = ownShare(rows, place).map(({ case_id }) => case_id);
    }
  }
}

const OWN_CASES = 12;

function ownShare<T>(rows: readonly T[], place: number): readonly T[] {
  const from = rows.length === 0 ? 0 : place % rows.length;
  return [...rows.slice(from), ...rows.slice(0, from)].slice(0, OWN_CASES);
}
