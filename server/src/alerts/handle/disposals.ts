import { type Selectable, sql } from 'kysely';
import { caseUnknown, inputRefused, secondPersonNeeded } from '../errors.ts';
import { titleOf } from '../handling/handling.ts';
import { proposeClosing } from '../proof/closing.ts';
import type { DisposalTable } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';
import { type ActContext, act, type Caller, type CaseTarget } from './act.ts';
import { insertDisposal, type ProposedDisposal, readDisposal } from './conclude.ts';
import { requireText } from './text.ts';

export type DisposalRow = Selectable<DisposalTable>;

/** Proposes a further disposal of a confirmed case; another person reviews it. */
export async function proposeDisposal(
  world: AlertsWorld,
  caller: Caller,
  input: CaseTarget & ProposedDisposal,
) {
  const disposal = readDisposal(world.handling, input);
  return act(world, caller, input, 'dispose', async (context) => {
    const { db, found } = context;
    const { rows } = await sql<{ due: bigint; same: boolean }>`select
        coalesce(sum(amount_fen) filter (where recovers), 0)::bigint as due,
        coalesce(bool_or(kind = ${disposal.kind.code}), false) as same
      from alert_disposal where case_id = ${found.case_id} and occurrence = ${found.occurrence}
        and state <> 'refused'`.execute(db);
    const due = (rows[0]?.due ?? 0n) + (disposal.amountFen ?? 0n);
    if (due > (found.confirmed_fen ?? 0n)) {
      throw inputRefused({ what: '应追金额合计超过核实金额；金额有变的，请退回重新核查。' });
    }
    if (rows[0]?.same === true && !disposal.kind.recovers) {
      throw inputRefused({ what: `本单已有“${disposal.kind.title}”，不必再提。` });
    }
    const id = await insertDisposal(context, disposal);
    return {
      to: found.state,
      remark: disposal.reason,
      data: { disposal_id: String(id), kind: disposal.kind.code },
    };
  });
}

/** Agrees to or refuses a proposed disposal; neither who proposed it nor who concluded. */
export async function decideDisposal(
  world: AlertsWorld,
  caller: Caller,
  input: CaseTarget & {
    readonly disposal_id: string;
    readonly agree: boolean;
    readonly remark: string;
  },
) {
  const remark = requireText(input.remark, '复核意见');
  return act(world, caller, input, 'decide_disposal', async (context) => {
    const { db, found, who, now } = context;
    const disposal = (await proposedDisposals(context)).find(
      ({ disposal_id }) => String(disposal_id) === input.disposal_id,
    );
    if (disposal === undefined) throw caseUnknown({});
    if (disposal.proposed_by === who || found.concluded_by === who) {
      throw secondPersonNeeded({ action: '复核处置' });
    }
    const data = { disposal_id: input.disposal_id, kind: disposal.kind, agree: input.agree };
    if (input.agree) {
      await approveDisposal(world, context, disposal, remark);
      return { to: disposal.recovers ? 'recovering' : found.state, remark, data };
    }
    await sql`update alert_disposal set state = 'refused', reviewed_by = ${who}, reviewed_at = ${now},
        review_remark = ${remark}
      where disposal_id = ${disposal.disposal_id} and state = 'proposed'`.execute(db);
    return { to: found.state, remark, data };
  });
}

/** Registers the document that proves a disposal done outside the data (立案、移送、整改). */
export async function proveDisposal(
  world: AlertsWorld,
  caller: Caller,
  input: CaseTarget & { readonly disposal_id: string; readonly document: string },
) {
  const document = requireText(input.document, '文书文号');
  const done = await act(world, caller, input, 'prove', async ({ db, found, who, today }) => {
    const proved = await sql`update alert_disposal set state = 'proved', proved_on = ${today},
        proof = ${JSON.stringify({ document, by: who })}
      where case_id = ${found.case_id} and disposal_id::text = ${input.disposal_id}
        and state = 'approved' and proof_kind = 'document'`.execute(db);
    if (proved.numAffectedRows !== 1n) {
      throw inputRefused({ what: '这项处置不能凭文书办结：须已复核同意，且是立案、移送或整改。' });
    }
    return { to: found.state, remark: document, data: { disposal_id: input.disposal_id } };
  });
  await proposeClosing(world, [BigInt(done.case_id)]);
  return done;
}

export async function proposedDisposals({ db, found }: ActContext): Promise<DisposalRow[]> {
  return db
    .selectFrom('alert_disposal')
    .selectAll()
    .where('case_id', '=', found.case_id)
    .where('state', '=', 'proposed')
    .orderBy('disposal_id')
    .execute();
}

/** Agrees to a disposal: it becomes a task order, and a recovery where money is to come back. */
export async function approveDisposal(
  world: AlertsWorld,
  { db, found, who, now, today }: ActContext,
  disposal: DisposalRow,
  remark: string,
): Promise<void> {
  const kind = world.handling.disposals.find(({ code }) => code === disposal.kind);
  const subject = found.person_id ?? found.unit_id ?? '见疑点单';
  // A task order names the person by number only: it is printed and carried.
  const order = [
    `任务单（${titleOf(world.handling.disposals, disposal.kind)}）疑点单 ${found.case_id}，${today}`,
    `对象编号 ${subject}；事由：${found.title}（规则 ${found.rules.join('、')}）`,
    `${kind?.order ?? ''}。理由：${disposal.reason}`,
    ...(disposal.amount_fen === null ? [] : [`应追 ${yuan(disposal.amount_fen)} 元`]),
    '本平台不停发、不修改任何数据；办结以下一批回流数据或收款凭证为准。',
  ].join('\n');
  await sql`update alert_disposal set state = 'approved', reviewed_by = ${who}, reviewed_at = ${now},
      review_remark = ${remark}, order_text = ${order}
    where disposal_id = ${disposal.disposal_id} and state = 'proposed'`.execute(db);
  if (disposal.recovers && disposal.amount_fen !== null) {
    await db
      .insertInto('recovery')
      .values({
        ...{ case_id: found.case_id, disposal_id: disposal.disposal_id, agency: found.agency },
        ...{ due_fen: disposal.amount_fen, opened_at: now },
      })
      .execute();
  }
}

function yuan(fen: bigint): string {
  return `${fen / 100n}.${String(fen % 100n).padStart(2, '0')}`;
}
