import { forWholeCity } from '../../security/index.ts';
import type { DuckSession } from '../../store/index.ts';
import type { CustodyReport, DeathReport } from '../model.ts';
import type { RegistryDb } from '../registry/tables.ts';
import { takeIn, takeInCustody } from '../registry/take-in.ts';
import type { DeathsWorld } from '../world.ts';

/** Reports handed over at once. */
const REPORTS_AT_A_TIME = 10_000;

/**
 * Takes the death and custody rows of return packages into the registry (随包回流): a new row is a
 * report, a later version of it a correction, a row that is gone a revocation. Goes on where it
 * stopped; doing it again has no effect.
 */
export async function takePackages(world: DeathsWorld): Promise<{ readonly reports: number }> {
  const db: RegistryDb = world.db;
  const state = await forWholeCity(db, (transaction) =>
    transaction.selectFrom('death_package_state').select('edition').executeTakeFirst(),
  );
  const after = state?.edition ?? 0;
  const { edition, deaths, custody } = await world.duck.read(async (session) => {
    const row = await session.first<{ edition: number | null }>(
      'select max(edition) as edition from feed.edition',
    );
    const edition = row?.edition ?? 0;
    if (edition <= after) return { edition, deaths: [], custody: [] };
    return {
      edition,
      deaths: await changedDeaths(session, after, edition),
      custody: await changedCustody(session, after, edition),
    };
  });
  if (edition <= after) return { reports: 0 };
  for (let at = 0; at < deaths.length; at += REPORTS_AT_A_TIME) {
    await takeIn(world, deaths.slice(at, at + REPORTS_AT_A_TIME));
  }
  for (let at = 0; at < custody.length; at += REPORTS_AT_A_TIME) {
    await takeInCustody(world, custody.slice(at, at + REPORTS_AT_A_TIME));
  }
  await forWholeCity(db, (transaction) =>
    transaction
      .insertInto('death_package_state')
      .values({ edition })
      .onConflict((conflict) => conflict.column('single').doUpdateSet({ edition }))
      .execute(),
  );
  return { reports: deaths.length + custody.length };
}

interface VersionRow {
  readonly event_id: string;
  readonly source: string;
  readonly id_no: string;
  /** Empty where the file has no such column. */
  readonly received_at: string | null;
  readonly edition: number;
  readonly first_edition: number;
  readonly as_of: string;
  readonly gone: boolean;
}

interface DeathRow extends VersionRow {
  readonly name: string | null;
  readonly death_date: string;
  readonly precision: 'D' | 'M' | 'Y' | null;
  readonly cert_no: string | null;
  readonly cremation_no: string | null;
  readonly cremated_on: string | null;
  readonly hukou_cancel_on: string | null;
  readonly verdict: string | null;
}

interface CustodyRow extends VersionRow {
  readonly kind: string;
  readonly start_on: string;
  readonly end_on: string | null;
  readonly doc_no: string | null;
}

/** Versions added since, and those that ended without another in their place. */
const changed = (table: string, columns: string): string => `
  with versions as (
    select ${columns}, source, id_no, event_id, cast(received_at as varchar) as received_at,
      edition_from, edition_to,
      min(edition_from) over (partition by source, event_id) as first_edition,
      lead(edition_from) over (partition by source, event_id order by edition_from) as next_edition
    from rows.${table}
  ), changed as (
    select *, edition_from as edition, false as gone from versions
    where edition_from > $after and edition_from <= $upto
    union all
    select *, edition_to as edition, true as gone from versions
    where edition_to > $after and edition_to <= $upto and next_edition is distinct from edition_to
  )
  select c.* exclude (edition_from, edition_to, next_edition),
    cast(coalesce((select max(b.as_of) from feed.batch b where b.edition <= c.edition),
      date '1900-01-01') as varchar) as as_of
  from changed c order by edition, source, event_id, gone`;

async function changedDeaths(
  session: DuckSession,
  after: number,
  upto: number,
): Promise<DeathReport[]> {
  const columns = `name, cast(death_date as varchar) as death_date, precision, cert_no, cremation_no,
    cast(cremated_on as varchar) as cremated_on, cast(hukou_cancel_on as varchar) as hukou_cancel_on,
    verdict`;
  const rows = await session.rows<DeathRow>(changed('death_event', columns), { after, upto });
  return rows.flatMap((row) => {
    const report: DeathReport = {
      ...versionOf(row),
      ...{ idNo: row.id_no, name: row.name, sex: null, birthDate: null },
      ...{ deathDate: row.death_date, precision: row.precision ?? 'D' },
      ...{ certNo: row.cert_no, cremationNo: row.cremation_no, crematedOn: row.cremated_on },
      ...{ hukouCancelOn: row.hukou_cancel_on, hukouCancelReason: null },
    };
    // The province has already found this one alive (裁决 2): its report counts no longer.
    const alive = row.verdict === '2' && !row.gone;
    return alive ? [report, takenBack(report, row)] : [report];
  });
}

function takenBack(report: DeathReport, row: VersionRow): DeathReport {
  return {
    ...report,
    eventId: `${report.eventId}:alive`,
    kind: 'revocation',
    refersTo: rootOf(row),
    occurredAt: instantOf(row, 1),
  };
}

async function changedCustody(
  session: DuckSession,
  after: number,
  upto: number,
): Promise<CustodyReport[]> {
  const columns = `kind, cast(start_on as varchar) as start_on, cast(end_on as varchar) as end_on, doc_no`;
  const rows = await session.rows<CustodyRow>(changed('custody_event', columns), { after, upto });
  return rows.map((row) => ({
    ...versionOf(row),
    ...{ idNo: row.id_no, name: null, custodyKind: row.kind, docNo: row.doc_no },
    ...{ startOn: row.start_on, endOn: row.end_on },
  }));
}

/** Numbers of package rows are their own; a department's events of the same number are others. */
function rootOf(row: VersionRow): string {
  return `pkg:${row.event_id}`;
}

function versionOf(row: VersionRow) {
  const first = row.edition === row.first_edition && !row.gone;
  const no = String(row.edition).padStart(8, '0');
  const suffix = row.gone ? `${no}:gone` : no;
  return {
    source: row.source,
    eventId: first ? rootOf(row) : `${rootOf(row)}:${suffix}`,
    kind: first ? 'report' : row.gone ? 'revocation' : 'correction',
    refersTo: first ? null : rootOf(row),
    sequence: null,
    occurredAt: first ? receivedOf(row) : instantOf(row, 0),
    receivedAt: receivedOf(row),
    ...{ channel: 'package' as const, appId: null, agency: null },
  } as const;
}

/** Later versions speak at the end of the day their package is dated, in the order of editions. */
function instantOf(row: VersionRow, later: number): string {
  const seconds = String(later).padStart(2, '0');
  const received = receivedOf(row);
  const dated = `${row.as_of}T23:59:${seconds}+08:00`;
  return Date.parse(dated) > Date.parse(received) ? dated : received;
}

/** When the row reached the province; where it does not say, the day its package is dated. */
function receivedOf({ received_at, as_of }: VersionRow): string {
  const wallTime = received_at ?? `${as_of}T00:00:00`;
  return `${wallTime.slice(0, 19).replace(' ', 'T')}+08:00`;
}
