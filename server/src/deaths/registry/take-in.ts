import type { Transaction } from 'kysely';
import { canonicalJson } from '../../kernel/index.ts';
import {
  forWholeCity,
  type KeyProvider,
  openField,
  sealField,
  sm3Hex,
} from '../../security/index.ts';
import type { CustodyReport, DeathReport } from '../model.ts';
import type { DeathsWorld } from '../world.ts';
import { nameKeyOf, paperKeyOf, subjectOf } from './identity.ts';
import type { RegistryDb, RegistryTables } from './tables.ts';

/** What became of one report that was handed in. */
export interface TakenIn {
  /**
   * `duplicate`: known already, word for word. `conflict`: the same number of the same source said
   * something else before; the first stays, the other is kept beside it, and somebody must be told.
   */
  readonly outcome: 'accepted' | 'duplicate' | 'conflict';
  /** Number of the evidence kept under this event. */
  readonly eventNo: bigint;
  /** Search key of whom it is about, for `afterReports`. */
  readonly subject: string;
}

/** Personal fields of a report, as they are sealed. */
export interface SealedFields {
  readonly id_no: string | null;
  readonly name: string | null;
  readonly sex: string | null;
  readonly birth_date: string | null;
  readonly cert_no: string | null;
  readonly cremation_no: string | null;
  readonly doc_no: string | null;
}

/** Rows of one INSERT; PostgreSQL takes 65,535 parameters. */
const ROWS_AT_A_TIME = 2_000;

type EventTable = 'death_report' | 'custody_report';
type NewRow = Omit<RegistryTables[EventTable], 'report_no'> & Readonly<Record<string, unknown>>;

/**
 * Keeps reports of departments as evidence (死亡信息入库), in the order given and in one transaction.
 * Nothing is judged yet: hand the subjects to `afterReports`. About 20 000 reports a second.
 */
export function takeIn(
  world: DeathsWorld,
  reports: readonly DeathReport[],
): Promise<readonly TakenIn[]> {
  const rows = reports.map((report) => deathRow(world, report));
  return keep(world, 'death_report', rows);
}

/** Keeps reports about custody (服刑羁押) as evidence, like `takeIn`. */
export function takeInCustody(
  world: DeathsWorld,
  reports: readonly CustodyReport[],
): Promise<readonly TakenIn[]> {
  const rows = reports.map((report) => custodyRow(world.keys, report));
  return keep(world, 'custody_report', rows);
}

/** Opens the personal fields of a kept report. */
export function openReport(
  keys: KeyProvider,
  row: { readonly source: string; readonly event_id: string; readonly sealed: string },
  table: EventTable = 'death_report',
): SealedFields {
  return JSON.parse(openField(keys, placeOf(table, row.source, row.event_id), row.sealed));
}

async function keep(
  world: DeathsWorld,
  table: EventTable,
  rows: readonly NewRow[],
): Promise<readonly TakenIn[]> {
  if (rows.length === 0) return [];
  const db: RegistryDb = world.db;
  return forWholeCity(db, async (transaction) => {
    const fresh = new Map<string, bigint>();
    for (let at = 0; at < rows.length; at += ROWS_AT_A_TIME) {
      const inserted = await transaction
        .insertInto(table)
        .values(rows.slice(at, at + ROWS_AT_A_TIME) as never)
        .onConflict((conflict) => conflict.columns(['source', 'event_id']).doNothing())
        .returning(['report_no', 'source', 'event_id'])
        .execute();
      for (const row of inserted) fresh.set(eventKey(row.source, row.event_id), row.report_no);
    }
    const known = await knownEvents(transaction, table, rows, fresh);
    const taken: TakenIn[] = [];
    for (const row of rows) {
      const key = eventKey(row.source, row.event_id);
      const eventNo = fresh.get(key);
      const { subject } = row;
      if (eventNo !== undefined) {
        // A second copy in the same call is known by then.
        fresh.delete(key);
        known.set(key, { eventNo, digest: row.digest });
        taken.push({ outcome: 'accepted', eventNo, subject });
        continue;
      }
      const before = known.get(key);
      if (before === undefined) throw new Error(`evidence ${table} lost an event it refused`);
      if (before.digest === row.digest) {
        taken.push({ outcome: 'duplicate', eventNo: before.eventNo, subject });
        continue;
      }
      await keepClash(transaction, row);
      taken.push({ outcome: 'conflict', eventNo: before.eventNo, subject });
    }
    return taken;
  });
}

async function knownEvents(
  db: Transaction<RegistryTables>,
  table: EventTable,
  rows: readonly NewRow[],
  fresh: ReadonlyMap<string, bigint>,
): Promise<Map<string, { eventNo: bigint; digest: string }>> {
  const old = rows.filter((row) => !fresh.has(eventKey(row.source, row.event_id)));
  const known = new Map<string, { eventNo: bigint; digest: string }>();
  for (const source of new Set(old.map((row) => row.source))) {
    const ids = old.filter((row) => row.source === source).map((row) => row.event_id);
    const found = await db
      .selectFrom(table)
      .select(['report_no', 'event_id', 'digest'])
      .where('source', '=', source)
      .where((is) => is('event_id', '=', is.fn.any(is.val(ids))))
      .execute();
    for (const row of found) {
      const { report_no: eventNo, digest } = row;
      known.set(eventKey(source, row.event_id), { eventNo, digest });
    }
  }
  return known;
}

async function keepClash(db: Transaction<RegistryTables>, row: NewRow): Promise<void> {
  const { source, event_id, digest, received_at, sealed, channel, app_id } = row;
  await db
    .insertInto('death_report_clash')
    .values({ source, event_id, digest, received_at, sealed, channel, app_id })
    .onConflict((conflict) => conflict.columns(['source', 'event_id', 'digest']).doNothing())
    .execute();
}

function deathRow({ keys, pack }: DeathsWorld, report: DeathReport) {
  const { source, eventId, idNo, name, sex, birthDate, certNo, cremationNo } = report;
  const fields: SealedFields = {
    ...{ id_no: idNo, name, sex, birth_date: birthDate },
    ...{ cert_no: certNo, cremation_no: cremationNo, doc_no: null },
  };
  return {
    ...eventColumns(report),
    subject: subjectOf(keys, report, eventKey(source, eventId)),
    name_key: nameKeyOf(keys, pack.names, name),
    cert_key: paperKeyOf(keys, 'death_cert', certNo),
    cremation_key: paperKeyOf(keys, 'cremation', cremationNo),
    death_date: report.deathDate,
    precision: report.precision,
    cremated_on: report.crematedOn,
    hukou_cancel_on: report.hukouCancelOn,
    hukou_cancel_reason: report.hukouCancelReason,
    sealed: seal(keys, 'death_report', report, fields),
  };
}

function custodyRow(keys: KeyProvider, report: CustodyReport) {
  const { source, eventId, idNo, name, docNo } = report;
  const fields: SealedFields = {
    ...{ id_no: idNo, name, sex: null, birth_date: null },
    ...{ cert_no: null, cremation_no: null, doc_no: docNo },
  };
  const given = { idNo, name, birthDate: null };
  return {
    ...eventColumns(report),
    subject: subjectOf(keys, given, eventKey(source, eventId)),
    custody_kind: report.custodyKind,
    start_on: report.startOn,
    end_on: report.endOn,
    sealed: seal(keys, 'custody_report', report, fields),
  };
}

function eventColumns(report: DeathReport | CustodyReport) {
  return {
    ...{ source: report.source, event_id: report.eventId, kind: report.kind },
    refers_to: report.refersTo,
    sequence: report.sequence,
    occurred_at: report.occurredAt,
    received_at: report.receivedAt,
    digest: digestOf(report),
    ...{ channel: report.channel, app_id: report.appId, agency: report.agency },
  };
}

/** What the source said, and nothing about how it reached us. */
function digestOf(report: DeathReport | CustodyReport): string {
  const { receivedAt: _r, channel: _c, appId: _a, agency: _g, sequence, ...said } = report;
  return sm3Hex(canonicalJson({ ...said, sequence: sequence === null ? null : String(sequence) }));
}

function seal(
  keys: KeyProvider,
  table: EventTable,
  { source, eventId }: { readonly source: string; readonly eventId: string },
  fields: SealedFields,
): string {
  return sealField(keys, placeOf(table, source, eventId), JSON.stringify(fields));
}

function placeOf(table: EventTable, source: string, eventId: string) {
  return { table, column: 'sealed', key: eventKey(source, eventId) };
}

/** Sources hold no slash, so the first one parts them. */
export function eventKey(source: string, eventId: string): string {
  return `${source}/${eventId}`;
}
