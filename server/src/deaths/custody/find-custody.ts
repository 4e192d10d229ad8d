import { shanghaiDay } from '../../kernel/index.ts';
import { forWholeCity, requirePurpose, withinScope } from '../../security/index.ts';
import type { Asker } from '../registry/audit.ts';
import { maskedIdentity, namesOfPeople, openRecord } from '../registry/reported-people.ts';
import type { RegistryDb } from '../registry/tables.ts';
import { openReport } from '../registry/take-in.ts';
import type { DeathsWorld } from '../world.ts';
import { foldCustody } from './fold-custody.ts';
import { type ShownCustody, shownCustody } from './list-custody.ts';
import { type KeptCustody, loadCustody } from './load-custody.ts';
import { COUNTED_KINDS } from './model.ts';

/** One report about custody as the page of a person shows it. */
export interface ShownCustodyReport {
  readonly source: string;
  readonly source_title: string;
  readonly event_id: string;
  readonly kind: string;
  readonly refers_to: string | null;
  /** `live` speaks now; `superseded` was corrected or taken back. */
  readonly state: 'live' | 'superseded';
  readonly custody_kind: string;
  readonly custody_title: string;
  /** Whether the pension of its months is not due; community correction stops nothing. */
  readonly counts: boolean;
  readonly start_on: string;
  readonly end_on: string | null;
  readonly name: string | null;
  readonly id_no: string | null;
  readonly has_document: boolean;
  readonly occurred_at: string;
  readonly received_at: string;
  readonly channel: string;
}

export interface CustodyRecord extends ShownCustody {
  readonly reports: readonly ShownCustodyReport[];
  readonly allowed_actions: readonly string[];
}

/**
 * Opens one person in custody with every department's reports. Audited with its purpose; names and
 * numbers stay masked. @throws DEATHS_PERSON_UNKNOWN, SECURITY_PURPOSE_INVALID
 */
export async function findCustody(
  world: DeathsWorld,
  asker: Asker,
  request: { readonly record: string; readonly purpose: string },
): Promise<CustodyRecord> {
  const purpose = requirePurpose(request.purpose);
  const db: RegistryDb = world.db;
  const shown = await withinScope(db, asker.principal.scope, async (transaction) => {
    const look = { record: request.record, purpose, action: 'deaths.custody_open' };
    const row = await openRecord(world, transaction, asker, { ...look, table: 'custody_person' });
    const nameOf = await namesOfPeople(world, transaction, ['custody_report'], [row]);
    return shownCustody(row, nameOf(row), shanghaiDay(world.clock.now()));
  });
  // A correction may have come under another number, so what is linked is read for the whole city.
  const { reports } = await forWholeCity(db, (transaction) =>
    loadCustody(transaction, [request.record]),
  );
  const live = new Set(foldCustody(reports).get(request.record));
  const mine = reports.filter(({ subject }) => subject === request.record);
  return {
    ...shown,
    reports: mine.map((row) => shownReport(world, row, live.has(row))),
    allowed_actions: asker.principal.permissions.has('deaths.arbitrate') ? ['inquire'] : [],
  };
}

function shownReport(
  { keys, content }: DeathsWorld,
  row: KeptCustody,
  isLive: boolean,
): ShownCustodyReport {
  const fields = openReport(keys, row, 'custody_report');
  const titleOf = (list: string, code: string): string =>
    content.codeLists.get(list)?.values.find(({ value }) => value === code)?.label ?? code;
  return {
    ...{ source: row.source, source_title: titleOf('CL_CUSTODY_SRC', row.source) },
    ...{ event_id: row.event_id, kind: row.kind, refers_to: row.refers_to },
    state: isLive ? 'live' : 'superseded',
    ...{ custody_kind: row.custody_kind, counts: COUNTED_KINDS.includes(row.custody_kind) },
    custody_title: titleOf('CL_CUSTODY', row.custody_kind),
    ...{ start_on: row.start_on, end_on: row.end_on, has_document: fields.doc_no !== null },
    ...maskedIdentity(fields),
    ...{ occurred_at: row.occurred_at, received_at: row.received_at, channel: row.channel },
  };
}
