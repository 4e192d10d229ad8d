import { sql } from 'kysely';
import {
  inputRefused,
  recoveryUnbalanced,
  recoveryUnknown,
  secondPersonNeeded,
} from '../errors.ts';
import type { Caller } from '../handle/act.ts';
import { requireDay, requireFen, requireText } from '../handle/text.ts';
import type { AlertsWorld } from '../world.ts';
import { inLedger } from './find-recovery.ts';

export interface AgreementInput {
  readonly recovery_id: string;
  readonly signed_on: string;
  readonly document: string;
  readonly instalments: readonly { readonly due_on: string; readonly amount_fen: number }[];
}

const MOST = 120;

/**
 * Registers a repayment agreement in instalments (还款协议) over exactly what is still due; a second person agrees.
 * @source 社会保险经办条例 第四十六条
 * @throws ALERTS_RECOVERY_UNBALANCED with the difference
 */
export async function proposeAgreement(world: AlertsWorld, caller: Caller, input: AgreementInput) {
  const document = requireText(input.document, '协议编号');
  const signed = requireDay(input.signed_on, '签订日期');
  const { length } = input.instalments;
  if (length === 0 || length > MOST) throw inputRefused({ what: `分期须为 1 至 ${MOST} 期。` });
  const instalments = input.instalments.map(({ due_on, amount_fen }, index) => ({
    no: index + 1,
    due_on: requireDay(due_on, `第 ${index + 1} 期的到期日`),
    amount_fen: requireFen(amount_fen, `第 ${index + 1} 期的金额`),
  }));
  if (instalments.some(({ due_on }, i) => i > 0 && due_on <= (instalments[i - 1]?.due_on ?? ''))) {
    throw inputRefused({ what: '各期到期日须依次往后，请核对。' });
  }
  const total = instalments.reduce((sum, { amount_fen }) => sum + amount_fen, 0n);
  const does = { right: 'recovery.write', title: '登记还款协议' };
  return inLedger(
    world,
    caller,
    input.recovery_id,
    does,
    async ({ db, recovery, who, principal, now }) => {
      if (total !== recovery.balance_fen) {
        throw recoveryUnbalanced({
          what: '各期合计不等于余额',
          difference_fen: Number(total - recovery.balance_fen),
        });
      }
      const base = { recovery_id: recovery.recovery_id, agency: recovery.agency };
      const row = await db
        .insertInto('recovery_agreement')
        .values({
          ...{ ...base, amount_fen: total, signed_on: signed, document, paid_before_fen: null },
          ...{ proposed_by: who, proposed_name: principal.name, proposed_at: now },
          ...{ decided_by: null, decided_at: null, decided_remark: null },
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('agreement_id')
        .executeTakeFirst();
      if (row === undefined) {
        throw inputRefused({ what: '这笔追回已有在办或生效的还款协议，请先终止。' });
      }
      const { agreement_id } = row;
      await db
        .insertInto('recovery_instalment')
        .values(instalments.map((each) => ({ ...each, agreement_id, agency: recovery.agency })))
        .execute();
      return { answer: { agreement_id: String(agreement_id) }, remark: document };
    },
  );
}

/** Agrees to, refuses or ends an agreement; never the person who registered it. */
export async function decideAgreement(
  world: AlertsWorld,
  caller: Caller,
  input: {
    readonly recovery_id: string;
    readonly agreement_id: string;
    readonly decision: 'approve' | 'refuse' | 'end';
    readonly remark: string;
  },
) {
  const remark = requireText(input.remark, '审批意见');
  const does = { right: 'recovery.approve', title: '审批还款协议' };
  const { decision } = input;
  const from = decision === 'end' ? 'approved' : 'proposed';
  return inLedger(world, caller, input.recovery_id, does, async ({ db, recovery, who, now }) => {
    const held = await db
      .selectFrom('recovery_agreement')
      .select(['agreement_id', 'proposed_by', 'amount_fen'])
      .where('recovery_id', '=', recovery.recovery_id)
      .where(sql<boolean>`agreement_id::text = ${input.agreement_id}`)
      .where('state', '=', from)
      .executeTakeFirst();
    if (held === undefined) throw recoveryUnknown({});
    if (held.proposed_by === who) throw secondPersonNeeded({ action: '审批还款协议' });
    if (decision === 'approve' && held.amount_fen !== recovery.balance_fen) {
      throw recoveryUnbalanced({
        what: '协议登记后余额已变，各期合计不再等于余额',
        difference_fen: Number(held.amount_fen - recovery.balance_fen),
      });
    }
    const state = { approve: 'approved', refuse: 'refused', end: 'ended' }[decision];
    await sql`update recovery_agreement set state = ${state}, decided_by = ${who}, decided_at = ${now},
        decided_remark = ${remark},
        paid_before_fen = ${decision === 'approve' ? recovery.due_fen - recovery.balance_fen : sql`paid_before_fen`}
      where agreement_id = ${held.agreement_id} and state = ${from}`.execute(db);
    return { answer: { agreement_id: input.agreement_id }, remark };
  });
}
