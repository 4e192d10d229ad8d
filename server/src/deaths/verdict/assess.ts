import type { DuckSession } from '../../store/index.ts';
import type { Suspect } from '../compare/ground.ts';
import { type CityFacts, type CityState, readCity } from '../compare/read-city.ts';
import {
  type CityPerson,
  findByNameAndBirth,
  findByNumber,
  nameAndBirthKey,
} from '../match/find-persons.ts';
import {
  hasUsableNumber,
  matchSubject,
  mismatchOf,
  type NameAndBirth,
  nameAndBirthOf,
  numberOf,
  type OpenStatement,
  type SubjectMatch,
} from '../match/match-subject.ts';
import {
  type DecisionEvent,
  evidenceKey,
  foldPerson,
  type PersonState,
  type RegistryEvent,
} from '../registry/fold.ts';
import { CITY_AGENCY, nameKeysOf } from '../registry/identity.ts';
import { type Evidence, type KeptReport, sharedPapers } from '../registry/load-evidence.ts';
import { openReport } from '../registry/take-in.ts';
import type { DeathsWorld } from '../world.ts';
import { monthAfter, readDeathDay } from './died-on.ts';
import { judge } from './judge.ts';
import type { JudgedStatement, Judgement } from './model.ts';

/** Everything known of one person, judged (一人结论). */
export interface Assessment {
  readonly subject: string;
  readonly state: PersonState;
  readonly statements: readonly JudgedStatement[];
  readonly match: SubjectMatch;
  readonly facts: CityFacts;
  readonly judgement: Judgement;
  /** Search keys of every name he is known by. */
  readonly nameKeys: readonly string[];
  /** County of the person; of the reporting office where the person is not found. */
  readonly agency: string;
  readonly lastReceivedAt: string;
  /** Newest evidence and decision there were when this was looked at. */
  readonly seen: Evidence['upTo'];
}

interface Folded {
  readonly subject: string;
  readonly state: PersonState;
  readonly open: readonly OpenStatement[];
  /** What tells who it is: live statements, or what was said before it was taken back. */
  readonly identity: readonly OpenStatement[];
  /** Reports about the subject itself. */
  readonly reports: readonly KeptReport[];
}

/**
 * Assesses everybody the evidence is about: folds, matches with the city's people, reads signs of
 * life and payments, judges. One set of queries for all of them.
 */
export async function assess(
  world: DeathsWorld,
  session: DuckSession,
  evidence: Evidence,
  city: CityState | null,
): Promise<readonly Assessment[]> {
  const folded = foldAll(world, evidence);
  const matches = await matchAll(world, session, folded, city);
  const suspects = suspectsOf(world, folded, matches);
  const facts = city === null ? undefined : await readCity(session, world, suspects, city.asOf);
  const live = folded.flatMap(({ state }) => state.live);
  const shared = sharedPapers(live, evidenceKey);
  return folded.map((one): Assessment => {
    const match = matches.get(one.subject) ?? matchSubject(world.pack.names, one.identity, [], []);
    const { person } = match;
    const known = match.grade === '1' || match.grade === '2';
    const mine = (known && person && facts?.(person.personId)) || NO_FACTS;
    const statements = judgedStatements(world, one, match);
    const judgement = judge(world.pack, {
      ...{ state: one.state, statements, grade: match.grade, signs: mine.signs },
      shared: new Map(
        one.state.live.flatMap((event) => {
          const others = shared.get(evidenceKey(event));
          return others === undefined ? [] : [[evidenceKey(event), others] as const];
        }),
      ),
    });
    return {
      ...{ subject: one.subject, state: one.state, statements, match, facts: mine, judgement },
      nameKeys: nameKeysOf(world.keys, world.pack.names, [
        ...one.identity.map(({ fields }) => fields.name),
        person?.name ?? null,
      ]),
      agency: person?.agency ?? agencyOf(one.reports),
      lastReceivedAt: latest(one.reports),
      seen: evidence.upTo,
    };
  });
}

const NO_FACTS: CityFacts = { signs: [], paid: [], grants: [], inProgress: false };

function foldAll({ keys }: DeathsWorld, evidence: Evidence): Folded[] {
  const bySource = new Map<string, KeptReport>();
  const chains = chainGroups(evidence.reports);
  for (const report of evidence.reports) bySource.set(evidenceKey(report.event), report);
  const decisions = new Map<string, DecisionEvent[]>();
  for (const decision of evidence.decisions) {
    const before = decisions.get(decision.subject);
    if (before === undefined) decisions.set(decision.subject, [decision]);
    else before.push(decision);
  }
  return evidence.subjects.flatMap((subject) => {
    const linked = chains.get(subject) ?? [];
    const reports = linked.filter(({ event }) => event.subject === subject);
    // The taking back of a report that names nobody is about nobody else.
    const spoke = reports.filter(({ event }) => event.kind !== 'revocation');
    if (spoke.length === 0) return [];
    const events = linked.map(({ event }) => event);
    const state = foldPerson(subject, events, decisions.get(subject) ?? []);
    const opened = ({ event, row }: KeptReport) => ({ event, fields: openReport(keys, row) });
    const open = state.live.flatMap((event): OpenStatement[] => {
      const kept = bySource.get(evidenceKey(event));
      return kept === undefined ? [] : [opened(kept)];
    });
    const identity = open.length > 0 ? open : spoke.map(opened);
    return { subject, state, open, identity, reports };
  });
}

/** Reports that may matter for a subject: its own and those of the chains it has a part in. */
function chainGroups(reports: readonly KeptReport[]): ReadonlyMap<string, KeptReport[]> {
  const linked = reports.filter(({ event }) => event.refersTo !== null);
  const inChain = new Set(
    linked.flatMap(({ event }) => [
      evidenceKey(event),
      evidenceKey({ source: event.source, eventId: event.refersTo ?? '' }),
    ]),
  );
  const chained = reports.filter(({ event }) => inChain.has(evidenceKey(event)));
  const rootOf = chainRoots(chained);
  const members = new Map<string, KeptReport[]>();
  for (const report of chained) push(members, rootOf(report.event), report);
  const groups = new Map<string, KeptReport[]>();
  for (const report of reports) {
    if (!inChain.has(evidenceKey(report.event))) push(groups, report.event.subject, report);
  }
  for (const chain of members.values()) {
    for (const subject of new Set(chain.map(({ event }) => event.subject))) {
      for (const report of chain) push(groups, subject, report);
    }
  }
  return groups;
}

/** Follows references upwards; a circle ends at the event it began with. */
function chainRoots(chained: readonly KeptReport[]): (event: RegistryEvent) => string {
  const known = new Map(chained.map(({ event }) => [evidenceKey(event), event]));
  return (event) => {
    const seen = new Set<string>();
    let at: RegistryEvent = event;
    for (;;) {
      const key = evidenceKey(at);
      if (at.refersTo === null || seen.has(key)) return key;
      seen.add(key);
      const target = evidenceKey({ source: at.source, eventId: at.refersTo });
      const next = known.get(target);
      if (next === undefined) return target;
      at = next;
    }
  };
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const before = map.get(key);
  if (before === undefined) map.set(key, [value]);
  else before.push(value);
}

async function matchAll(
  world: DeathsWorld,
  session: DuckSession,
  folded: readonly Folded[],
  city: CityState | null,
): Promise<ReadonlyMap<string, SubjectMatch>> {
  if (city === null) return new Map();
  const numbers = folded.flatMap(({ identity }) => numberOf(identity) ?? []);
  const named = folded.flatMap(({ identity }) =>
    hasUsableNumber(identity) ? [] : (nameAndBirthOf(identity) ?? []),
  );
  const byNumber = await findByNumber(session, numbers);
  const keyOf = ({ name, birthDate }: NameAndBirth) =>
    nameAndBirthKey(world.pack.names, name, birthDate);
  const byName = await findByNameAndBirth(session, world.pack.names, named);
  return new Map(
    folded.map(({ subject, identity }) => {
      const number = numberOf(identity);
      const given = hasUsableNumber(identity) ? null : nameAndBirthOf(identity);
      const same: readonly CityPerson[] = number === null ? [] : (byNumber.get(number) ?? []);
      const alike = given === null ? [] : (byName.get(keyOf(given)) ?? []);
      return [subject, matchSubject(world.pack.names, identity, same, alike)];
    }),
  );
}

/** People found by their number, with the earliest day any source or decision names. */
function suspectsOf(
  { pack }: DeathsWorld,
  folded: readonly Folded[],
  matches: ReadonlyMap<string, SubjectMatch>,
): Suspect[] {
  const suspects = new Map<string, Suspect>();
  for (const { subject, state } of folded) {
    const match = matches.get(subject);
    if (match?.person == null || match.grade === '3') continue;
    const days = state.live.flatMap(({ source, statement }) => {
      const day = readDeathDay(pack.settings, source, statement);
      return typeof day === 'string' ? [] : [day.to];
    });
    const decided = state.decision?.diedOn ?? null;
    const [diedOn] = (decided === null ? days : [...days, decided]).sort();
    if (diedOn === undefined) continue;
    const { personId } = match.person;
    suspects.set(personId, { personId, diedOn, lastMonth: monthAfter(diedOn, 0) });
  }
  return [...suspects.values()];
}

function judgedStatements(
  { pack }: DeathsWorld,
  { open }: Folded,
  match: SubjectMatch,
): JudgedStatement[] {
  return open.map((statement) => {
    const { event } = statement;
    const comparison = match.comparisons.get(event);
    return {
      event,
      day: readDeathDay(pack.settings, event.source, event.statement),
      likeness: comparison?.likeness ?? 'unknown',
      likenessReason: comparison?.reason ?? '没有姓名可比',
      mismatch: mismatchOf(statement, match.person),
    };
  });
}

function agencyOf(reports: readonly KeptReport[]): string {
  return reports.findLast(({ row }) => row.agency !== null)?.row.agency ?? CITY_AGENCY;
}

function latest(reports: readonly KeptReport[]): string {
  const times = reports.map(({ receivedAt }) => receivedAt);
  return times.reduce(
    (a, b) => (Date.parse(a) >= Date.parse(b) ? a : b),
    times[0] ?? '1970-01-01T00:00:00Z',
  );
}
