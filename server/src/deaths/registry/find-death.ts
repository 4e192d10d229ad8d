import { forWholeCity, requirePurpose, withinScope } from '../../security/index.ts';
import type { OverpaidItem } from '../compare/overpaid.ts';
import { readDeathDay } from '../verdict/died-on.ts';
import type { DeathsWorld } from '../world.ts';
import type { Asker } from './audit.ts';
import { evidenceKey, foldPerson } from './fold.ts';
import { type ShownDeath, shownDeath } from './list-deaths.ts';
import { type KeptReport, loadEvidence } from './load-evidence.ts';
import { maskedIdentity, namesOfPeople, openRecord } from './reported-people.ts';
import type { RegistryDb } from './tables.ts';
import { openReport } from './take-in.ts';

/** One report as the page of a person shows it, side by side with the others. */
export interface ShownReport {
  readonly source: string;
  readonly source_title: string;
  readonly event_id: string;
  readonly kind: string;
  readonly refers_to: string | null;
  /** `live` speaks now; `superseded` was corrected or taken back, or a newer one of its source speaks. */
  readonly state: 'live' | 'superseded';
  readonly death_date: string | null;
  readonly precision: string;
  readonly cremated_on: string | null;
  readonly hukou_cancel_on: string | null;
  readonly hukou_cancel_reason: string | null;
  /** Why it does not count as a death; null when it does. */
  readonly not_counted: string | null;
  readonly name: string | null;
  readonly id_no: string | null;
  readonly has_certificate: boolean;
  readonly occurred_at: string;
  readonly received_at: string;
  readonly channel: string;
}

/** What was paid after the death, and what of it was due (死亡后发放). */
interface Overpaid {
  readonly items: readonly OverpaidItem[];
  /** Funeral and survivors' payments made, which may be set off. */
  readonly grants: readonly {
    readonly insurance: string;
    readonly item: string;
    readonly kind: string;
    readonly paid_on: string;
    readonly amount_fen: number;
  }[];
  readonly by_source: readonly {
    readonly source: string;
    readonly died_on: string;
    readonly amount_fen: number;
  }[];
  readonly in_progress: boolean;
}

export interface DeathRecord extends ShownDeath {
  readonly earliest_on: string | null;
  readonly latest_on: string | null;
  readonly signs: readonly {
    readonly kind: string;
    readonly title: string;
    readonly strength: string;
    readonly seen_on: string;
  }[];
  readonly overpaid: Overpaid;
  readonly reports: readonly ShownReport[];
  readonly decisions: readonly {
    readonly verdict: '1' | '2';
    readonly died_on: string | null;
    readonly decided_at: string;
    readonly opinion_by: string;
    readonly confirmed_by: string;
  }[];
  readonly open_case: string | null;
  readonly allowed_actions: readonly string[];
}

const NOT_COUNTED = {
  cancelled_otherwise: '户籍注销原因不是死亡',
  cancelled_unknown: '户籍注销未写原因，也没有死亡日期',
  no_date: '没有死亡日期',
} as const;

/**
 * Opens one person of the registry with every department's words side by side (逐来源并排). Audited
 * with its purpose; names and numbers stay masked.
 * @throws DEATHS_PERSON_UNKNOWN, SECURITY_PURPOSE_INVALID
 */
export async function findDeath(
  world: DeathsWorld,
  asker: Asker,
  request: { readonly record: string; readonly purpose: string },
): Promise<DeathRecord> {
  const purpose = requirePurpose(request.purpose);
  const db: RegistryDb = world.db;
  const found = await withinScope(db, asker.principal.scope, async (transaction) => {
    const look = { record: request.record, purpose, action: 'deaths.open' };
    const row = await openRecord(world, transaction, asker, { ...look, table: 'death_person' });
    const decisions = await transaction
      .selectFrom('death_decision')
      .select(['verdict', 'died_on', 'decided_at', 'opinion_by', 'confirmed_by'])
      .where('subject', '=', row.subject)
      .orderBy('decided_at')
      .execute();
    const open = await transaction
      .selectFrom('death_case')
      .select('case_no')
      .where('subject', '=', row.subject)
      .where('state', 'in', ['open', 'opinion'])
      .executeTakeFirst();
    const nameOf = await namesOfPeople(world, transaction, ['death_report'], [row]);
    const may = (right: string) => asker.principal.permissions.has(right);
    return {
      ...shownDeath(row, nameOf(row)),
      ...{
        earliest_on: row.earliest_on,
        latest_on: row.latest_on,
        signs: row.signs as DeathRecord['signs'],
      },
      overpaid: row.overpaid as Overpaid,
      decisions,
      open_case: open === undefined ? null : String(open.case_no),
      allowed_actions: [
        ...(may('deaths.import') ? ['register', 'void'] : []),
        ...(open !== undefined && may('deaths.arbitrate') ? ['open_case'] : []),
        ...(may('deaths.arbitrate') ? ['inquire'] : []),
      ],
    };
  });
  return { ...found, reports: await reportsOf(world, request.record) };
}

/**
 * Reports about somebody who may be seen. A revocation that names nobody is about nobody's record by
 * itself, so what is linked is read for the whole city; a correction that says it was somebody
 * else is not shown, it is about that other person.
 */
async function reportsOf(world: DeathsWorld, record: string): Promise<ShownReport[]> {
  const db: RegistryDb = world.db;
  const { reports } = await forWholeCity(db, (transaction) => loadEvidence(transaction, [record]));
  const state = foldPerson(
    record,
    reports.map(({ event }) => event),
  );
  const live = new Set(state.live.map(evidenceKey));
  const mine = reports.filter(({ event }) => event.subject === record);
  const keys = new Set(mine.map(({ event }) => evidenceKey(event)));
  const takenBack = reports.filter(
    ({ event: { source, refersTo, kind, subject } }) =>
      subject !== record &&
      kind === 'revocation' &&
      keys.has(evidenceKey({ source, eventId: refersTo ?? '' })),
  );
  return [...mine, ...takenBack].map((report) => shownReport(world, report, live)).sort(byArrival);
}

function shownReport(
  { pack, keys }: DeathsWorld,
  { event, row, receivedAt }: KeptReport,
  live: ReadonlySet<string>,
): ShownReport {
  const { statement, source } = event;
  const fields = openReport(keys, row);
  const day = readDeathDay(pack.settings, source, statement);
  return {
    ...{ source, source_title: pack.sources.get(source)?.title ?? source },
    ...{ event_id: event.eventId, kind: event.kind, refers_to: event.refersTo },
    state: live.has(evidenceKey(event)) ? 'live' : 'superseded',
    ...{ death_date: statement.deathDate, precision: statement.precision },
    ...{ cremated_on: statement.crematedOn, hukou_cancel_on: statement.hukouCancelOn },
    hukou_cancel_reason: statement.hukouCancelReason,
    not_counted: typeof day === 'string' ? NOT_COUNTED[day] : null,
    ...maskedIdentity(fields),
    has_certificate: fields.cert_no !== null || fields.cremation_no !== null,
    ...{ occurred_at: event.occurredAt, received_at: receivedAt, channel: row.channel },
  };
}

function byArrival(a: ShownReport, b: ShownReport): number {
  return a.source === b.source
    ? Date.parse(a.received_at) - Date.parse(b.received_at)
    : a.source < b.source
      ? -1
      : 1;
}
