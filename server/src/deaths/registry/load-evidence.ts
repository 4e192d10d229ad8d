import { type Kysely, type Selectable, sql } from 'kysely';
import type { DecisionEvent, RegistryEvent } from './fold.ts';
import type { DeathReportRow, RegistryTables } from './tables.ts';

/** A kept report as it is read: the fold's event, and what is needed to open its fields. */
export interface KeptReport {
  readonly event: RegistryEvent;
  readonly row: Pick<DeathReportRow, 'source' | 'event_id' | 'sealed' | 'channel' | 'agency'>;
  readonly receivedAt: string;
}

/** Evidence about some people, with everything that is linked to it. */
export interface Evidence {
  readonly reports: readonly KeptReport[];
  readonly decisions: readonly DecisionEvent[];
  /** Everybody the evidence is about: those asked for and those linked to them. */
  readonly subjects: readonly string[];
  /** Newest report and decision there were when the reading began: later looks know more. */
  readonly upTo: { readonly report: bigint; readonly decision: bigint };
}

/** A certificate number that is on more people's reports than this is no number (无、不详). */
const MOST_SHARING = 20;

type StoredReport = Selectable<DeathReportRow>;
type Link = (known: Known) => Promise<StoredReport[]>;

class Known {
  readonly reports = new Map<string, StoredReport>();
  readonly subjects = new Set<string>();
  fresh: StoredReport[] = [];

  /** Takes rows in; tells whether any is new. */
  add(rows: readonly StoredReport[]): void {
    for (const row of rows) {
      const key = `${row.source}/${row.event_id}`;
      if (this.reports.has(key)) continue;
      this.reports.set(key, row);
      this.fresh.push(row);
    }
  }
}

/**
 * Loads all evidence about subjects (`all`: about everybody): their reports, those of the same
 * chains of corrections, and those with the same certificate. A few statements of a millisecond.
 */
export async function loadEvidence(
  db: Kysely<RegistryTables>,
  subjects: readonly string[] | 'all',
): Promise<Evidence> {
  const upTo = await newestNumbers(db);
  const known = new Known();
  if (subjects === 'all') {
    known.add(await db.selectFrom('death_report').selectAll().orderBy('report_no').execute());
    for (const { subject } of known.reports.values()) known.subjects.add(subject);
  } else {
    for (const subject of subjects) known.subjects.add(subject);
    known.add(await ofSubjects(db, [...known.subjects]));
    await follow(known, linksOf(db));
  }
  const decisions = await db
    .selectFrom('death_decision')
    .selectAll()
    .where((is) => is('subject', '=', is.fn.any(is.val([...known.subjects]))))
    .execute();
  return {
    reports: [...known.reports.values()].map(keptReport),
    decisions: decisions.map((row) => ({
      ...{ decisionNo: row.decision_no, subject: row.subject, decidedAt: row.decided_at },
      ...{ verdict: row.verdict, diedOn: row.died_on, covers: row.covers },
    })),
    subjects: [...known.subjects].sort(),
    upTo,
  };
}

async function newestNumbers(db: Kysely<RegistryTables>): Promise<Evidence['upTo']> {
  const row = await db
    .selectNoFrom((is) => [
      is
        .selectFrom('death_report')
        .select((of) => of.fn.max('report_no').as('n'))
        .as('report'),
      is
        .selectFrom('death_decision')
        .select((of) => of.fn.max('decision_no').as('n'))
        .as('decision'),
    ])
    .executeTakeFirst();
  return { report: row?.report ?? 0n, decision: row?.decision ?? 0n };
}

async function follow(known: Known, links: readonly Link[]): Promise<void> {
  while (known.fresh.length > 0) {
    const rows: StoredReport[] = [];
    for (const link of links) rows.push(...(await link(known)));
    for (const { subject } of known.fresh) known.subjects.add(subject);
    known.fresh = [];
    known.add(rows);
  }
}

function linksOf(db: Kysely<RegistryTables>): readonly Link[] {
  return [
    async ({ fresh, subjects }) => {
      const others = [...new Set(fresh.map(({ subject }) => subject))];
      const unknown = others.filter((subject) => !subjects.has(subject));
      return unknown.length === 0 ? [] : ofSubjects(db, unknown);
    },
    ({ fresh }) => neighbours(db, fresh),
    ({ fresh }) => samePaper(db, 'cert_key', fresh),
    ({ fresh }) => samePaper(db, 'cremation_key', fresh),
  ];
}

function ofSubjects(db: Kysely<RegistryTables>, subjects: readonly string[]) {
  return db
    .selectFrom('death_report')
    .selectAll()
    .where((is) => is('subject', '=', is.fn.any(is.val([...subjects]))))
    .execute();
}

/** Reports that a report refers to, that refer to it, or that refer to the same. */
async function neighbours(
  db: Kysely<RegistryTables>,
  fresh: readonly StoredReport[],
): Promise<StoredReport[]> {
  const found: StoredReport[] = [];
  for (const source of new Set(fresh.map((row) => row.source))) {
    const mine = fresh.filter((row) => row.source === source);
    const targets = mine.flatMap((row) => row.refers_to ?? []);
    const named = [...new Set([...mine.map((row) => row.event_id), ...targets])];
    if (targets.length > 0) {
      found.push(
        ...(await db
          .selectFrom('death_report')
          .selectAll()
          .where('source', '=', source)
          .where((is) => is('event_id', '=', is.fn.any(is.val(targets))))
          .execute()),
      );
    }
    found.push(
      ...(await db
        .selectFrom('death_report')
        .selectAll()
        .where('source', '=', source)
        .where((is) => is('refers_to', '=', is.fn.any(is.val(named))))
        .execute()),
    );
  }
  return found;
}

async function samePaper(
  db: Kysely<RegistryTables>,
  column: 'cert_key' | 'cremation_key',
  fresh: readonly StoredReport[],
): Promise<StoredReport[]> {
  const keys = [...new Set(fresh.flatMap((row) => row[column] ?? []))];
  if (keys.length === 0) return [];
  const counted = await db
    .selectFrom('death_report')
    .select([column, sql<bigint>`count(distinct subject)`.as('subjects')])
    .where((is) => is(column, '=', is.fn.any(is.val(keys))))
    .groupBy(column)
    .having(sql<bigint>`count(distinct subject)`, '>', 1n)
    .having(sql<bigint>`count(distinct subject)`, '<=', BigInt(MOST_SHARING))
    .execute();
  const shared = counted.flatMap((row) => row[column] ?? []);
  if (shared.length === 0) return [];
  return db
    .selectFrom('death_report')
    .selectAll()
    .where((is) => is(column, '=', is.fn.any(is.val(shared))))
    .execute();
}

function keptReport(row: StoredReport): KeptReport {
  const { source, event_id, sealed, channel, agency } = row;
  return {
    event: {
      ...{ eventNo: row.report_no, source, eventId: event_id, kind: row.kind },
      ...{ refersTo: row.refers_to, sequence: row.sequence, occurredAt: row.occurred_at },
      subject: row.subject,
      statement: {
        ...{ deathDate: row.death_date, precision: row.precision, crematedOn: row.cremated_on },
        ...{ hukouCancelOn: row.hukou_cancel_on, hukouCancelReason: row.hukou_cancel_reason },
        ...{ certKey: row.cert_key, cremationKey: row.cremation_key },
      },
    },
    row: { source, event_id, sealed, channel, agency },
    receivedAt: row.received_at,
  };
}

/** Events whose certificate or cremation paper is also on a live statement about somebody else. */
export function sharedPapers(
  live: readonly RegistryEvent[],
  keyOf: (event: RegistryEvent) => string,
): ReadonlyMap<string, ReadonlySet<string>> {
  const holders = new Map<string, RegistryEvent[]>();
  for (const event of live) {
    const { certKey, cremationKey } = event.statement;
    for (const key of [certKey, cremationKey]) {
      if (key === null) continue;
      const before = holders.get(key);
      if (before === undefined) holders.set(key, [event]);
      else before.push(event);
    }
  }
  const shared = new Map<string, Set<string>>();
  for (const events of holders.values()) {
    const subjects = new Set(events.map(({ subject }) => subject));
    if (subjects.size < 2 || subjects.size > MOST_SHARING) continue;
    for (const event of events) {
      const others = events.filter(({ subject }) => subject !== event.subject);
      const mine = shared.get(keyOf(event)) ?? new Set<string>();
      for (const other of others) mine.add(keyOf(other));
      shared.set(keyOf(event), mine);
    }
  }
  return shared;
}
