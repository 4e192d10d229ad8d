import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../contract/index.ts';
import { canonicalJson } from '../../kernel/index.ts';
import {
  type FieldPlace,
  forWholeCity,
  openField,
  sealField,
  sm3Hex,
} from '../../security/index.ts';
import { auditAct, type InterfacesWorld } from '../apps/index.ts';
import { type InterfaceTables, keepEvents, letterUnknown } from '../inbound/index.ts';
import { mapRow } from './mapping.ts';
import { type ConnectorConfig, interfaceOfConnector } from './model.ts';

/** A visit or a row that was given up and waits for a person (死信). */
export interface ConnectorLetter {
  readonly letter_no: string;
  readonly connector_id: string;
  readonly reason_code: string;
  readonly reason: string;
  /** True when it is one row of theirs, false when a whole visit failed. */
  readonly is_row: boolean;
  readonly failed_at: string;
}

export const placeOfLetter = (connectorId: string): FieldPlace => ({
  table: 'connector_letter',
  column: 'sealed_body',
  key: connectorId,
});

/** Keeps what could not be done or read for a person to look at. */
export async function writeLetter(
  db: Kysely<InterfaceTables>,
  { keys, clock }: Pick<InterfacesWorld, 'keys' | 'clock'>,
  { id }: Pick<ConnectorConfig, 'id'>,
  letter: {
    readonly cursor: string | null;
    readonly code: string;
    readonly reason: string;
    /** Their row; null when a whole call failed. */
    readonly row: unknown;
  },
): Promise<void> {
  const body = letter.row === null ? null : canonicalJson(textsOnly(letter.row));
  const key = sm3Hex(`${id}/${body ?? ''}`);
  const sealed = body === null ? null : sealField(keys, placeOfLetter(id), body);
  // The same trouble every quarter of an hour is one letter until somebody takes it up.
  await sql`
    insert into connector_letter
      (connector_id, cursor, reason_code, reason, body_key, sealed_body, failed_at)
    values (${id}, ${letter.cursor}, ${letter.code}, ${letter.reason.slice(0, 1000)}, ${key},
      ${sealed}, ${clock.now().toISOString()})
    on conflict (connector_id, reason_code, body_key) where replayed_at is null do nothing`.execute(
    db,
  );
}

/** Numbers of theirs may be no whole ones, which a canonical text does not know. */
function textsOnly(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'number' ? String(each) : each,
  ) as unknown;
}

/** Lists letters nobody has taken up yet, the oldest first. */
export async function listLetters(
  world: Pick<InterfacesWorld, 'db'>,
  page: { readonly offset: number; readonly limit: number },
): Promise<{ readonly rows: readonly ConnectorLetter[]; readonly total: number }> {
  const open = world.db.selectFrom('connector_letter').where('replayed_at', 'is', null);
  const rows = await open
    .selectAll()
    .orderBy('letter_no')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  const { total } = await open
    .select((row) => row.fn.countAll<bigint>().as('total'))
    .executeTakeFirstOrThrow();
  return {
    total: Number(total),
    rows: rows.map((row) => ({
      letter_no: String(row.letter_no),
      connector_id: row.connector_id,
      reason_code: row.reason_code,
      reason: row.reason,
      is_row: row.sealed_body !== null,
      failed_at: row.failed_at,
    })),
  };
}

/**
 * Takes a letter up again: a row is read anew with the mapping of today, a failed visit is due at
 * once. A row that still cannot be read stays a letter. @throws DEATHS_LETTER_UNKNOWN
 */
export async function replayLetter(
  world: InterfacesWorld,
  connectors: readonly ConnectorConfig[],
  principal: Principal,
  letterNo: string,
  origin: string,
): Promise<{ readonly taken: boolean; readonly problems: readonly string[] }> {
  if (!/^\d{1,18}$/.test(letterNo)) throw letterUnknown({});
  const number = BigInt(letterNo);
  const letter = await world.db
    .selectFrom('connector_letter')
    .selectAll()
    .where('letter_no', '=', number)
    .where('replayed_at', 'is', null)
    .executeTakeFirst();
  const config = connectors.find((each) => each.id === letter?.connector_id);
  if (letter === undefined || config === undefined) throw letterUnknown({});
  const row =
    letter.sealed_body === null
      ? null
      : (JSON.parse(
          openField(world.keys, placeOfLetter(config.id), letter.sealed_body),
        ) as unknown);
  const mapped = row === null ? null : mapRow(config, row, world.content);
  if (mapped !== null && 'problems' in mapped) return { taken: false, problems: mapped.problems };
  const now = world.clock.now().toISOString();
  const act = { action: 'interfaces.replay', object: `${config.id}/${letterNo}` };
  await world.db.transaction().execute(async (transaction) => {
    const after = await transaction
      .updateTable('connector_letter')
      .set({ replayed_at: now, replayed_by: principal.actor })
      .where('letter_no', '=', number)
      .returningAll()
      .executeTakeFirstOrThrow();
    const changed = { before: letter, after };
    await auditAct(transaction, world, principal, origin, { ...act, changed });
    if (mapped === null) {
      await transaction
        .updateTable('connector_state')
        .set({ next_try_at: now, tries: 0 })
        .where('connector_id', '=', config.id)
        .execute();
    }
  });
  if (mapped !== null) {
    const { subject, source } = config;
    const sender = {
      interfaceId: interfaceOfConnector(config.id),
      appId: null,
      channel: 'connector' as const,
    };
    const events = [{ subject, source, agency: mapped.agency, body: mapped.event }];
    await forWholeCity(world.db, (transaction) =>
      keepEvents(transaction, [{ sender, events }], now, world.keys),
    );
  }
  return { taken: true, problems: [] };
}
