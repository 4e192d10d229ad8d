import { foldPerson, type RegistryEvent } from '../registry/fold.ts';
import type { KeptCustody } from './load-custody.ts';

/**
 * Folds the reports about custody into what still speaks of each person. Unlike a death a person has
 * many terms, so each chain of corrections is folded by itself; a correction of the number moves
 * the term to another person.
 */
export function foldCustody(
  reports: readonly KeptCustody[],
): ReadonlyMap<string, readonly KeptCustody[]> {
  const byKey = new Map(reports.map((row) => [keyOf(row.source, row.event_id), row]));
  const live = new Map<string, KeptCustody[]>();
  for (const { subject } of reports) live.set(subject, []);
  for (const chain of chainsOf(reports, byKey)) {
    const events = chain.map(eventOf);
    for (const subject of new Set(chain.map((row) => row.subject))) {
      for (const { source, eventId } of foldPerson(subject, events).live) {
        const row = byKey.get(keyOf(source, eventId));
        if (row !== undefined) live.get(subject)?.push(row);
      }
    }
  }
  return live;
}

const keyOf = (source: string, eventId: string): string => `${source}/${eventId}`;

function chainsOf(
  reports: readonly KeptCustody[],
  byKey: ReadonlyMap<string, KeptCustody>,
): readonly (readonly KeptCustody[])[] {
  const chains = new Map<string, KeptCustody[]>();
  for (const row of reports) {
    const root = rootOf(row, byKey);
    chains.set(root, [...(chains.get(root) ?? []), row]);
  }
  return [...chains.values()];
}

/** Follows references upwards; a circle ends at the event it began with. */
function rootOf(row: KeptCustody, byKey: ReadonlyMap<string, KeptCustody>): string {
  const seen = new Set<string>();
  let at = keyOf(row.source, row.event_id);
  for (let next = row.refers_to; next !== null && !seen.has(at); ) {
    seen.add(at);
    at = keyOf(row.source, next);
    next = byKey.get(at)?.refers_to ?? null;
  }
  return at;
}

function eventOf(row: KeptCustody): RegistryEvent {
  return {
    ...{ eventNo: row.report_no, source: row.source, eventId: row.event_id, kind: row.kind },
    ...{ refersTo: row.refers_to, sequence: row.sequence, occurredAt: row.occurred_at },
    subject: row.subject,
    statement: {
      ...{ deathDate: null, precision: 'D', crematedOn: null, hukouCancelOn: null },
      ...{ hukouCancelReason: null, certKey: null, cremationKey: null },
    },
  };
}
