import type { ReportKind } from '../model.ts';

/** What one report says about a death. */
export interface Statement {
  readonly deathDate: string | null;
  readonly precision: 'D' | 'M' | 'Y';
  readonly crematedOn: string | null;
  readonly hukouCancelOn: string | null;
  readonly hukouCancelReason: string | null;
  /** Search keys of its certificate and its cremation paper. */
  readonly certKey: string | null;
  readonly cremationKey: string | null;
}

/** One report as the fold sees it. */
export interface RegistryEvent {
  readonly eventNo: bigint;
  readonly source: string;
  readonly eventId: string;
  readonly kind: ReportKind;
  readonly refersTo: string | null;
  readonly sequence: bigint | null;
  /** Instant, ISO 8601. */
  readonly occurredAt: string;
  readonly subject: string;
  readonly statement: Statement;
}

/** What two people decided (裁决), having looked at the evidence named. */
export interface DecisionEvent {
  readonly decisionNo: bigint;
  readonly subject: string;
  readonly decidedAt: string;
  /** `1` dead, `2` alive. */
  readonly verdict: '1' | '2';
  readonly diedOn: string | null;
  /** Events and signs of life they had before them, see `evidenceKey`. */
  readonly covers: readonly string[];
}

/** Everything the departments say of one person at this moment. */
export interface PersonState {
  /** The newest live statement of each source, in the order of sources. */
  readonly live: readonly RegistryEvent[];
  /** Sources that took back everything they had said of this person. */
  readonly withdrawn: readonly string[];
  /** Events that no longer speak: corrected, or taken back. */
  readonly superseded: readonly string[];
  readonly decision: DecisionEvent | null;
}

/** Name of a piece of evidence in a decision. */
export function evidenceKey(event: Pick<RegistryEvent, 'source' | 'eventId'>): string {
  return `${event.source}/${event.eventId}`;
}

/**
 * Folds all events about a person into what holds now (状态归并). A pure function of the set of
 * events: order of arrival and copies do not matter. Within a source, events stand in the order of
 * its own numbers, then of time, then of event number.
 *
 * A correction or revocation speaks of one event, and may itself be corrected or taken back: the
 * state before it then holds again. Several corrections of an event that never came are one chain;
 * events that refer to one another in a circle say nothing.
 *
 * `events` may hold those of other subjects that are linked by a chain: a correction of the number
 * moves the statement to another person.
 * @source requirement R80
 */
export function foldPerson(
  subject: string,
  events: Iterable<RegistryEvent>,
  decisions: Iterable<DecisionEvent> = [],
): PersonState {
  const chains = chainsOf(events);
  const live = new Map<string, RegistryEvent>();
  const spoke = new Set<string>();
  const speaking = new Set<string>();
  for (const chain of chains) {
    const said = chain.act?.kind === 'state' ? chain.act.event : null;
    for (const member of chain.members) {
      if (member.subject === subject) spoke.add(member.source);
    }
    if (said === null || said.subject !== subject) continue;
    speaking.add(evidenceKey(said));
    const before = live.get(said.source);
    if (before === undefined || inOrder(before, said) < 0) live.set(said.source, said);
  }
  const sources = [...spoke].sort();
  return {
    live: sources.flatMap((source) => live.get(source) ?? []),
    withdrawn: sources.filter((source) => !live.has(source)),
    superseded: chains
      .flatMap(({ members }) => members)
      .map(evidenceKey)
      .filter((key) => !speaking.has(key))
      .sort(),
    decision: lastDecision(decisions),
  };
}

/** What an event amounts to once later ones are heard: a statement, a taking back, or nothing. */
type Act = { readonly kind: 'state' | 'revoke'; readonly event: RegistryEvent } | null;

interface Chain {
  readonly members: readonly RegistryEvent[];
  readonly act: Act;
}

function chainsOf(events: Iterable<RegistryEvent>): readonly Chain[] {
  const known = new Map<string, RegistryEvent>();
  for (const event of events) known.set(evidenceKey(event), event);
  const followers = new Map<string, RegistryEvent[]>();
  const roots = new Set<string>();
  for (const [key, event] of known) {
    if (event.refersTo === null) {
      roots.add(key);
      continue;
    }
    const target = evidenceKey({ source: event.source, eventId: event.refersTo });
    followers.set(target, [...(followers.get(target) ?? []), event]);
    if (!known.has(target)) roots.add(target);
  }
  for (const list of followers.values()) list.sort(inOrder);
  return [...roots].sort().map((root) => chainFrom(root, known, followers));
}

/** Hears the events of one chain from its ends back to its root, without recursion. */
function chainFrom(
  root: string,
  known: ReadonlyMap<string, RegistryEvent>,
  followers: ReadonlyMap<string, readonly RegistryEvent[]>,
): Chain {
  const order = [root];
  for (const key of order) order.push(...(followers.get(key) ?? []).map(evidenceKey));
  const acts = new Map<string, Act>();
  for (const key of order.toReversed()) {
    const own = known.get(key);
    acts.set(key, heard(own, followers.get(key) ?? [], acts));
  }
  const members = order.flatMap((key) => known.get(key) ?? []);
  return { members, act: acts.get(root) ?? null };
}

function heard(
  own: RegistryEvent | undefined,
  followers: readonly RegistryEvent[],
  acts: ReadonlyMap<string, Act>,
): Act {
  for (const follower of followers.toReversed()) {
    const act = acts.get(evidenceKey(follower)) ?? null;
    if (act !== null) return act.kind === 'state' ? act : null;
  }
  if (own === undefined) return null;
  return { kind: own.kind === 'revocation' ? 'revoke' : 'state', event: own };
}

/** Order of events within a source; those without a number of the source come first. */
export function inOrder(a: RegistryEvent, b: RegistryEvent): number {
  const numbers = compare(a.sequence ?? -1n, b.sequence ?? -1n);
  if (numbers !== 0) return numbers;
  return (
    compare(Date.parse(a.occurredAt), Date.parse(b.occurredAt)) || compare(a.eventId, b.eventId)
  );
}

function lastDecision(decisions: Iterable<DecisionEvent>): DecisionEvent | null {
  let last: DecisionEvent | null = null;
  for (const one of decisions) {
    const later =
      last === null ||
      compare(Date.parse(one.decidedAt), Date.parse(last.decidedAt)) > 0 ||
      (Date.parse(one.decidedAt) === Date.parse(last.decidedAt) &&
        one.decisionNo > last.decisionNo);
    if (later) last = one;
  }
  return last;
}

function compare<T extends bigint | number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
