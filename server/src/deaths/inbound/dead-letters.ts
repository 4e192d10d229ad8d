import type { DataScope, Principal } from '../../contract/index.ts';
import { withinScope } from '../../security/index.ts';
import { auditAct, type InterfacesWorld } from '../apps/index.ts';
import { letterUnknown } from './errors.ts';
import { receiptOf } from './model.ts';
import type { Subject } from './tables.ts';

/** An event that could not be handled and waits for a person (死信); without personal data. */
export interface DeadLetter {
  readonly inbox_no: string;
  readonly receipt: string;
  readonly subject: Subject;
  readonly source: string;
  readonly interface_id: string;
  readonly agency: string | null;
  readonly received_at: string;
  readonly tries: number;
  readonly reason_code: string | null;
  readonly reason: string | null;
}

/** Lists dead letters within a scope, the oldest first. */
export async function listDeadLetters(
  world: Pick<InterfacesWorld, 'db'>,
  scope: DataScope,
  page: { readonly offset: number; readonly limit: number },
): Promise<{ readonly rows: readonly DeadLetter[]; readonly total: number }> {
  return withinScope(world.db, scope, async (transaction) => {
    const { agencies } = scope;
    const dead = transaction
      .selectFrom('inbound_event')
      .where('state', '=', 'dead')
      .$if(agencies !== 'all', (query) => query.where('agency', 'in', [...agencies]));
    const found = await dead
      .select(['inbox_no', 'subject', 'source', 'interface_id', 'agency', 'received_at'])
      .select(['tries', 'reason_code', 'reason'])
      .orderBy('inbox_no')
      .limit(page.limit)
      .offset(page.offset)
      .execute();
    const { total } = await dead
      .select((row) => row.fn.countAll<bigint>().as('total'))
      .executeTakeFirstOrThrow();
    const rows = found.map((row) => ({
      ...row,
      inbox_no: String(row.inbox_no),
      receipt: receiptOf(row.inbox_no),
    }));
    return { rows, total: Number(total) };
  });
}

/** Lets a dead letter be tried again, by a person (重新处理). @throws DEATHS_LETTER_UNKNOWN */
export async function replayDeadLetter(
  world: Pick<InterfacesWorld, 'db' | 'clock'>,
  principal: Principal,
  inboxNo: string,
  origin: string,
): Promise<void> {
  if (!/^\d{1,18}$/.test(inboxNo)) throw letterUnknown({});
  const number = BigInt(inboxNo);
  const { agencies } = principal.scope;
  // The act is written first and alone: an entry too many is better than one too few.
  const act = { action: 'interfaces.replay', object: receiptOf(number) };
  await world.db
    .transaction()
    .execute((transaction) => auditAct(transaction, world, principal, origin, act));
  await withinScope(world.db, principal.scope, async (transaction) => {
    const changed = await transaction
      .updateTable('inbound_event')
      .set({
        state: 'waiting',
        tries: 0,
        next_try_at: world.clock.now().toISOString(),
        settled_at: null,
      })
      .where('inbox_no', '=', number)
      .where('state', '=', 'dead')
      .$if(agencies !== 'all', (query) => query.where('agency', 'in', [...agencies]))
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) throw letterUnknown({});
  });
}
