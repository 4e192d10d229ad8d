import type { Payee } from './choose-payees.ts';

/** One report of a death as a department sends it. */
export interface DeathEvent {
  readonly event_id: string;
  /** Whose alert it must raise; null for somebody the city does not know. */
  readonly expects: string | null;
  readonly body: Readonly<Record<string, string>> & { readonly event_id: string };
}

/**
 * Makes `count` reports named `<prefix>-<n>`: one each about the people given, then, where a small
 * city has too few of them, load about strangers.
 */
export function makeEvents(
  prefix: string,
  count: number,
  payees: readonly Payee[],
): readonly DeathEvent[] {
  return Array.from({ length: count }, (_, at) => {
    const id = `${prefix}-${at}`;
    const payee = payees[at];
    return payee === undefined ? strangerOf(id, at) : eventOf(id, payee);
  });
}

function eventOf(event_id: string, { personId, idNo, name, deathDate }: Payee): DeathEvent {
  const body = {
    ...{ event_id, occurred_at: `${deathDate}T12:00:00+08:00` },
    ...{ id_no: idNo, name, death_date: deathDate },
  };
  return { event_id, expects: personId, body };
}

/** Somebody the city does not know, by name and birth: evidence that matches nobody. */
function strangerOf(event_id: string, at: number): DeathEvent {
  const body = {
    ...{ event_id, occurred_at: '2026-01-05T12:00:00+08:00', death_date: '2026-01-05' },
    ...{ name: `测速${at}`, birth_date: '1930-01-01' },
  };
  return { event_id, expects: null, body };
}
