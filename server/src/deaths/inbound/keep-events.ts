import { type Kysely, sql } from 'kysely';
import { canonicalJson } from '../../kernel/index.ts';
import { type FieldPlace, type KeyProvider, sealField, sm3Hex } from '../../security/index.ts';
import { type NewEvent, type Receipt, receiptOf, type Sender } from './model.ts';
import type { InterfaceTables } from './tables.ts';

/** Events of one sender that are kept together or not at all. */
export interface Parcel {
  readonly sender: Sender;
  readonly events: readonly NewEvent[];
}

/** What became of a parcel: receipts, or the events that said something else before. */
export type KeptParcel =
  | { readonly receipts: readonly Receipt[] }
  | { readonly differing: readonly string[] };

interface Place {
  readonly digest: string;
  /** Null while it is being inserted. */
  inboxNo: bigint | null;
}

type Judged =
  | { readonly differing: readonly string[]; readonly sender: Sender }
  | { readonly places: readonly { event: NewEvent; place: Place; known: boolean }[] };

/** Another writer put one of the events in between; the whole transaction is done again. */
export class InboxRace extends Error {}

/**
 * Keeps parcels in the inbox within the caller's transaction. An event known with the same content
 * gets its old receipt; one known with another content refuses its whole parcel and leaves an alarm.
 */
export async function keepEvents(
  db: Kysely<InterfaceTables>,
  parcels: readonly Parcel[],
  now: string,
  keys: KeyProvider,
): Promise<readonly KeptParcel[]> {
  const digests = parcels.map(({ events }) => events.map(digestOf));
  const known = await findKnown(
    db,
    parcels.flatMap(({ events }) => events),
  );
  const fresh: { sender: Sender; event: NewEvent; digest: string; place: Place }[] = [];
  const judged = parcels.map((parcel, at): Judged => {
    const differing: string[] = [];
    const mine = new Map<string, Place>();
    const added: (typeof fresh)[number][] = [];
    const places = parcel.events.map((event, index) => {
      const digest = digests[at]?.[index] ?? '';
      const key = keyOf(event);
      const before = known.get(key) ?? mine.get(key);
      if (before !== undefined) {
        if (before.digest !== digest) differing.push(event.body.event_id);
        return { event, place: before, known: true };
      }
      const place: Place = { digest, inboxNo: null };
      mine.set(key, place);
      added.push({ sender: parcel.sender, event, digest, place });
      return { event, place, known: false };
    });
    if (differing.length > 0) return { differing, sender: parcel.sender };
    for (const [key, place] of mine) known.set(key, place);
    fresh.push(...added);
    return { places };
  });
  await insertFresh(db, fresh, now, keys);
  const refused = judged.flatMap((each) => ('differing' in each ? [each] : []));
  await raiseAlarms(db, refused, now);
  return judged.map((each) =>
    'differing' in each
      ? { differing: each.differing }
      : {
          receipts: each.places.map(({ event, place, known: wasKnown }) => ({
            event_id: event.body.event_id,
            receipt: receiptOf(place.inboxNo ?? 0n),
            known: wasKnown,
          })),
        },
  );
}

/** The digest is of the normal form: alone or in a batch, a repetition is the same event. */
export function digestOf(event: NewEvent): string {
  return sm3Hex(canonicalJson({ subject: event.subject, agency: event.agency, ...event.body }));
}

/** A sealed body opens only under its own event. */
export const placeOfBody = (subject: string, source: string, eventId: string): FieldPlace => ({
  table: 'inbound_event',
  column: 'sealed_body',
  key: `${subject}/${source}/${eventId}`,
});

const keyOf = ({ subject, source, body }: NewEvent): string =>
  `${subject}/${source}/${body.event_id}`;

async function findKnown(
  db: Kysely<InterfaceTables>,
  events: readonly NewEvent[],
): Promise<Map<string, Place>> {
  const known = new Map<string, Place>();
  if (events.length === 0) return known;
  const { rows } = await sql<{
    subject: string;
    source: string;
    event_id: string;
    digest: string;
    inbox_no: bigint;
  }>`
    select e.subject, e.source, e.event_id, e.digest, e.inbox_no
    from unnest(${events.map((each) => each.subject)}::text[],
      ${events.map((each) => each.source)}::text[],
      ${events.map((each) => each.body.event_id)}::text[]) as given (subject, source, event_id)
    join inbound_event e using (subject, source, event_id)`.execute(db);
  for (const row of rows) {
    const key = `${row.subject}/${row.source}/${row.event_id}`;
    known.set(key, { digest: row.digest, inboxNo: row.inbox_no });
  }
  return known;
}

async function insertFresh(
  db: Kysely<InterfaceTables>,
  fresh: readonly { sender: Sender; event: NewEvent; digest: string; place: Place }[],
  now: string,
  keys: KeyProvider,
): Promise<void> {
  if (fresh.length === 0) return;
  const column = <T>(read: (each: (typeof fresh)[number]) => T): T[] => fresh.map(read);
  const sealed = column(({ event: { subject, source, body } }) =>
    sealField(keys, placeOfBody(subject, source, body.event_id), canonicalJson(body)),
  );
  const { rows } = await sql<{
    inbox_no: bigint;
    subject: string;
    source: string;
    event_id: string;
  }>`
    insert into inbound_event (subject, source, event_id, digest, channel, app_id, interface_id,
      agency, sealed_body, received_at, next_try_at)
    select subject, source, event_id, digest, channel, app_id, interface_id, agency, sealed,
      ${now}::timestamptz, ${now}::timestamptz
    from unnest(${column((each) => each.event.subject)}::text[],
      ${column((each) => each.event.source)}::text[],
      ${column((each) => each.event.body.event_id)}::text[],
      ${column((each) => each.digest)}::text[],
      ${column((each) => each.sender.channel)}::text[],
      ${column((each) => each.sender.appId)}::text[],
      ${column((each) => each.sender.interfaceId)}::text[],
      ${column((each) => each.event.agency)}::text[],
      ${sealed}::text[]) with ordinality
      as given (subject, source, event_id, digest, channel, app_id, interface_id, agency, sealed, at)
    order by at
    on conflict (subject, source, event_id) do nothing
    returning inbox_no, subject, source, event_id`.execute(db);
  if (rows.length !== fresh.length) throw new InboxRace('an event was inserted by another writer');
  const numbers = new Map(
    rows.map((row) => [`${row.subject}/${row.source}/${row.event_id}`, row.inbox_no]),
  );
  for (const { event, place } of fresh) place.inboxNo = numbers.get(keyOf(event)) ?? null;
}

async function raiseAlarms(
  db: Kysely<InterfaceTables>,
  refused: readonly { readonly differing: readonly string[]; readonly sender: Sender }[],
  now: string,
): Promise<void> {
  if (refused.length === 0) return;
  await db
    .insertInto('interface_alarm')
    .values(
      refused.map(({ differing, sender }) => ({
        interface_id: sender.interfaceId,
        kind: 'event_differs',
        detail: `事件号 ${differing.slice(0, 10).join('、')} 再次报送时内容不同，已退回`,
        opened_at: now,
        closed_at: null,
      })),
    )
    .execute();
}
