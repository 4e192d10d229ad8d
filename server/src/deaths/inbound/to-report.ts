import type { CustodyReport, DeathReport, ReportChannel, ReportKind } from '../model.ts';
import { type EventBody, lastDayOf } from './read-event.ts';

/** Where and when an event came in; the rest stands in its body. */
export interface Origin {
  readonly source: string;
  readonly agency: string | null;
  readonly receivedAt: string;
  readonly channel: ReportChannel;
  readonly appId: string | null;
}

/** Makes the registry's report of an event about a death. */
export function deathReportOf(body: EventBody, origin: Origin): DeathReport {
  const text = (name: string): string | null => (body[name] as string | undefined) ?? null;
  const deathDate = text('death_date');
  return {
    ...commonOf(body, origin),
    idNo: text('id_no'),
    name: text('name'),
    sex: text('sex') as DeathReport['sex'],
    birthDate: text('birth_date'),
    deathDate: deathDate === null ? null : lastDayOf(deathDate),
    precision: precisionOf(deathDate),
    certNo: text('cert_no'),
    cremationNo: text('cremation_no'),
    crematedOn: text('cremated_on'),
    hukouCancelOn: text('hukou_cancel_on'),
    hukouCancelReason: text('hukou_cancel_reason'),
  };
}

/** Makes the registry's report of an event about custody. */
export function custodyReportOf(body: EventBody, origin: Origin): CustodyReport {
  const text = (name: string): string | null => (body[name] as string | undefined) ?? null;
  return {
    ...commonOf(body, origin),
    idNo: text('id_no') ?? '',
    name: text('name'),
    custodyKind: text('custody_kind') ?? '',
    startOn: text('start_on') ?? '',
    endOn: text('end_on'),
    docNo: text('doc_no'),
  };
}

function commonOf(body: EventBody, origin: Origin) {
  const { sequence, refers_to: refersTo } = body;
  return {
    source: origin.source,
    eventId: body.event_id,
    kind: body.kind as ReportKind,
    refersTo: refersTo === undefined ? null : String(refersTo),
    sequence: sequence === undefined ? null : BigInt(sequence),
    occurredAt: body.occurred_at,
    receivedAt: origin.receivedAt,
    channel: origin.channel,
    appId: origin.appId,
    agency: origin.agency,
  };
}

function precisionOf(deathDate: string | null): DeathReport['precision'] {
  return ({ 4: 'Y', 7: 'M' } as const)[deathDate?.length ?? 10] ?? 'D';
}
