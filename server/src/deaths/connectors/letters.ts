import type { Principal } from '../../contract/index.ts';
import { type FieldPlace, forWholeCity, openField } from '../../security/index.ts';
import { type InterfacesWorld, recordAct } from '../apps/index.ts';
import { keepEvents, letterUnknown } from '../inbound/index.ts';
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
    await recordAct(transaction, world, principal, origin, act);
    await transaction
      .updateTable('connector_letter')
      .set({ replayed_at: now, replayed_by: principal.actor })
      .where('letter_no', '=', number)
      .execute();
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
