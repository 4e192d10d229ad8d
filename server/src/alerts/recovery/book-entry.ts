import { sql } from 'kysely';
import {
  inputRefused,
  recoveryUnbalanced,
  recoveryUnknown,
  secondPersonNeeded,
} from '../errors.ts';
import type { Caller } from '../handle/act.ts';
import { optionalText, requireDay, requireFen, requireText } from '../handle/text.ts';
import type { EntryKind } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';
import { inLedger, type LedgerContext } from './find-recovery.ts';

export interface EntryInput {
  readonly recovery_id: string;
  readonly amount_fen: number;
  readonly booked_on: string;
  /** Receipt, decision or approval that shows it; no entry without one. */
  readonly document: string;
  readonly voucher?: string;
  readonly remark?: string;
}

const TITLES: Readonly<Record<EntryKind, string>> = {
  receipt: '登记到账',
  offset: '登记抵扣',
  write_off: '申请核销',
};

/** Registers money that came back (到账), with its voucher. @throws ALERTS_RECOVERY_UNBALANCED */
export const bookReceipt = (world: AlertsWorld, caller: Caller, input: EntryInput) =>
  bookEntry(world, caller, 'receipt', input);

/** Registers what was taken from later benefits or the account (抵扣). */
export const bookOffset = (world: AlertsWorld, caller: Caller, input: EntryInput) =>
  bookEntry(world, caller, 'offset', input);

/** Asks to write an amount off (核销), with the document; a second person decides. */
export const askWriteOff = (world: AlertsWorld, caller: Caller, input: EntryInput) =>
  bookEntry(world, caller, 'write_off', input);

async function bookEntry(world: AlertsWorld, caller: Caller, kind: EntryKind, input: EntryInput) {
  const amount = requireFen(input.amount_fen, '金额');
  const day = requireDay(input.booked_on, '日期');
  const document = requireText(input.document, '凭证或文书号');
  const voucher = optionalText(input.voucher, '财务凭证号');
  const does = { right: 'recovery.write', title: TITLES[kind] };
  return inLedger(world, caller, input.recovery_id, does, async (context) => {
    const { db, recovery, who, principal, now, today } = context;
    if (day > today) throw inputRefused({ what: '日期在今天之后，请核对。' });
    await mustFit(context, amount, kind);
    const row = await db
      .insertInto('recovery_entry')
      .values({
        ...{ recovery_id: recovery.recovery_id, agency: recovery.agency, kind, amount_fen: amount },
        ...{ booked_on: day, document, voucher, remark: optionalText(input.remark, '说明') },
        state: kind === 'write_off' ? 'proposed' : 'booked',
        ...{ entered_by: who, entered_name: principal.name, entered_at: now },
        ...{ decided_by: null, decided_at: null, decided_remark: null, fund_txn: null },
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('entry_id')
      .executeTakeFirst();
    if (row === undefined) throw inputRefused({ what: '这张凭证已经登记过，不能重复登记。' });
    return {
      answer: { entry_id: String(row.entry_id) },
      remark: `${input.amount_fen} 分，${document}`,
    };
  });
}

/** Says by how much it does not fit, before the database refuses. */
async function mustFit(
  { db, recovery }: LedgerContext,
  amount: bigint,
  kind: EntryKind,
): Promise<void> {
  const { rows } = await sql<{
    waiting: bigint;
  }>`select coalesce(sum(amount_fen), 0)::bigint as waiting
    from recovery_entry where recovery_id = ${recovery.recovery_id} and state = 'proposed'`.execute(
    db,
  );
  const open = recovery.balance_fen - (kind === 'write_off' ? (rows[0]?.waiting ?? 0n) : 0n);
  if (amount > open) {
    throw recoveryUnbalanced({
      what: `金额超过余额 ${(Number(open) / 100).toFixed(2)} 元`,
      difference_fen: Number(amount - open),
    });
  }
}

export interface DecideEntryInput {
  readonly recovery_id: string;
  readonly entry_id: string;
  readonly agree: boolean;
  readonly remark: string;
}

/** Agrees to or refuses a write-off; never the person who asked. */
export async function decideWriteOff(world: AlertsWorld, caller: Caller, input: DecideEntryInput) {
  const remark = requireText(input.remark, '审批意见');
  const does = { right: 'recovery.approve', title: '审批核销' };
  return inLedger(world, caller, input.recovery_id, does, async (context) => {
    const entry = await entryOf(context, input.entry_id, 'proposed');
    if (entry.entered_by === context.who) throw secondPersonNeeded({ action: '审批核销' });
    if (input.agree) await mustFit({ ...context }, entry.amount_fen, 'receipt');
    await decide(context, entry.entry_id, input.agree ? 'booked' : 'refused', remark);
    return { answer: { entry_id: input.entry_id }, remark };
  });
}

/** Voids an entry booked in error, with the reason; never the person who booked it (作废). */
export async function voidEntry(
  world: AlertsWorld,
  caller: Caller,
  input: Omit<DecideEntryInput, 'agree'>,
) {
  const remark = requireText(input.remark, '作废理由', 4);
  const does = { right: 'recovery.approve', title: '作废登记' };
  return inLedger(world, caller, input.recovery_id, does, async (context) => {
    const entry = await entryOf(context, input.entry_id, 'booked');
    if (entry.entered_by === context.who) throw secondPersonNeeded({ action: '作废登记' });
    await decide(context, entry.entry_id, 'voided', remark);
    return { answer: { entry_id: input.entry_id }, remark };
  });
}

async function entryOf({ db, recovery }: LedgerContext, id: string, state: 'proposed' | 'booked') {
  const entry = await db
    .selectFrom('recovery_entry')
    .select(['entry_id', 'entered_by', 'amount_fen'])
    .where('recovery_id', '=', recovery.recovery_id)
    .where(sql<boolean>`entry_id::text = ${id}`)
    .where('state', '=', state)
    .executeTakeFirst();
  if (entry === undefined) throw recoveryUnknown({});
  return entry;
}

async function decide(
  { db, who, now }: LedgerContext,
  id: bigint,
  state: 'booked' | 'refused' | 'voided',
  remark: string,
): Promise<void> {
  await sql`update recovery_entry set state = ${state}, decided_by = ${who}, decided_at = ${now},
      decided_remark = ${remark}
    where entry_id = ${id} and state in ('proposed', 'booked')`.execute(db);
}
