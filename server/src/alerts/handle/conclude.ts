import { sql } from 'kysely';
import { inputRefused } from '../errors.ts';
import {
  type Conclusion,
  type DisposalKind,
  type Handling,
  titleOf,
} from '../handling/handling.ts';
import { CONFIRMING } from '../model.ts';
import type { AlertsWorld } from '../world.ts';
import { type ActContext, act, type Caller, type CaseTarget } from './act.ts';
import { requireDay, requireFen, requireText } from './text.ts';

export interface ProposedDisposal {
  readonly kind: string;
  readonly reason: string;
  readonly amount_fen?: number;
}

export interface ConcludeInput extends CaseTarget {
  readonly conclusion: Conclusion;
  readonly remark: string;
  /** What kind of confirmed doubt it is, of `natures` in the content. */
  readonly nature?: string;
  /** Why it was none, of `false_reasons` in the content. */
  readonly false_reason?: string;
  readonly confirmed_fen?: number;
  readonly exempt_document?: string;
  readonly exempt_until?: string;
  readonly disposals?: readonly ProposedDisposal[];
}

/**
 * Submits what verification found, with the disposals proposed, for another person's review (提交结论).
 * Nothing is stopped or recovered by it.
 * @throws ALERTS_INPUT_REFUSED when the conclusion lacks what it needs, and the errors of `act`
 */
export async function concludeCase(world: AlertsWorld, caller: Caller, input: ConcludeInput) {
  const { handling } = world;
  const remark = requireText(input.remark, '核查情况', 4);
  const facts = factsOf(handling, input);
  const disposals = (input.disposals ?? []).map((each) => readDisposal(handling, each));
  checkDisposals(input, facts.confirmed_fen, disposals);
  return act(world, caller, input, 'conclude', async (context) => {
    const { found, who, principal, now, calendar, today } = context;
    await needEvidence(context, input.conclusion);
    if (
      CONFIRMING.includes(input.conclusion) &&
      found.amount_fen !== null &&
      facts.confirmed_fen === null
    ) {
      throw inputRefused({ what: '本单有涉险金额，属实须填写核实金额（确无金额填 0）。' });
    }
    for (const each of disposals) await insertDisposal(context, each);
    return {
      to: 'concluded',
      remark,
      data: {
        conclusion: input.conclusion,
        ...plain(facts),
        disposals: disposals.map((d) => d.kind.code),
      },
      set: {
        ...{ conclusion: input.conclusion, conclusion_text: remark, ...facts },
        ...{ concluded_by: who, concluded_name: principal.name, concluded_at: now },
        changed: false,
        due_on: calendar.addWorkingDays(today, handling.limits.review),
      },
    };
  });
}

interface Facts {
  readonly nature: string | null;
  readonly false_reason: string | null;
  readonly confirmed_fen: bigint | null;
  readonly exempt_document: string | null;
  readonly exempt_until: string | null;
}

function factsOf(handling: Handling, input: ConcludeInput): Facts {
  const { conclusion } = input;
  const confirming = CONFIRMING.includes(conclusion);
  const none = { nature: null, false_reason: null, confirmed_fen: null };
  const plainCase = { ...none, exempt_document: null, exempt_until: null };
  if (confirming) {
    if (!handling.natures.some(({ code }) => code === input.nature)) {
      throw inputRefused({ what: '属实须选择定性，请从列表中选一项。' });
    }
    const amount = input.confirmed_fen;
    const confirmed = amount === undefined ? null : requireFen(amount, '核实金额', 0);
    return { ...plainCase, nature: input.nature ?? null, confirmed_fen: confirmed };
  }
  if (conclusion === 'unclear') return plainCase;
  if (!handling.false_reasons.some(({ code }) => code === input.false_reason)) {
    const what = `“${titleOf(handling.conclusions, conclusion)}”须选择原因，请从列表中选一项。`;
    throw inputRefused({ what });
  }
  const reasoned = { ...plainCase, false_reason: input.false_reason ?? null };
  if (conclusion !== 'compliant') return reasoned;
  return {
    ...reasoned,
    exempt_document: requireText(input.exempt_document, '批准文号'),
    exempt_until: requireDay(input.exempt_until, '文件有效期'),
  };
}

const plain = (facts: Facts) => ({
  ...facts,
  confirmed_fen: facts.confirmed_fen === null ? null : Number(facts.confirmed_fen),
});

/** A disposal as read: its kind, and the amount where money is to come back. */
export interface ReadDisposal {
  readonly kind: DisposalKind;
  readonly reason: string;
  readonly amountFen: bigint | null;
}

/** Reads one proposed disposal. @throws ALERTS_INPUT_REFUSED */
export function readDisposal(handling: Handling, given: ProposedDisposal): ReadDisposal {
  const kind = handling.disposals.find(({ code }) => code === given.kind);
  if (kind === undefined) throw inputRefused({ what: '没有这种处置方式，请从列表中选。' });
  const reason = requireText(given.reason, `“${kind.title}”的理由`);
  if (!kind.recovers && given.amount_fen !== undefined) {
    throw inputRefused({ what: `“${kind.title}”不涉及金额，请不要填写金额。` });
  }
  const amountFen = kind.recovers
    ? requireFen(given.amount_fen, `“${kind.title}”的应追金额`)
    : null;
  return { kind, reason, amountFen };
}

function checkDisposals(
  input: ConcludeInput,
  confirmed: bigint | null,
  disposals: readonly ReadDisposal[],
): void {
  if (disposals.length > 0 && !CONFIRMING.includes(input.conclusion)) {
    throw inputRefused({ what: '只有属实或部分属实才能提出处置。' });
  }
  const due = disposals.reduce((sum, { amountFen }) => sum + (amountFen ?? 0n), 0n);
  if (due > (confirmed ?? 0n)) {
    throw inputRefused({ what: '应追金额合计超过核实金额，请核对。' });
  }
  const kinds = disposals.map(({ kind }) => kind.code);
  if (new Set(kinds).size !== kinds.length) {
    throw inputRefused({ what: '同一种处置写了两次，请合并。' });
  }
}

/** 不属实 without evidence is an opinion. */
async function needEvidence({ db, found }: ActContext, conclusion: Conclusion): Promise<void> {
  if (conclusion !== 'unfounded') return;
  const { rows } = await sql<{ n: number }>`select cast(count(*) as integer) as n
    from alert_evidence where case_id = ${found.case_id}`.execute(db);
  if ((rows[0]?.n ?? 0) === 0) {
    throw inputRefused({ what: '不属实须先附证据（附件或核查记录），再提交结论。' });
  }
}

/** Writes one proposed disposal. */
export async function insertDisposal(
  { db, found, who, principal, now }: ActContext,
  { kind, reason, amountFen }: ReadDisposal,
): Promise<bigint> {
  const row = await db
    .insertInto('alert_disposal')
    .values({
      ...{ case_id: found.case_id, agency: found.agency, occurrence: found.occurrence },
      ...{ kind: kind.code, proof_kind: kind.proof, recovers: kind.recovers },
      ...{ amount_fen: amountFen, reason, order_text: null },
      ...{ proposed_by: who, proposed_name: principal.name, proposed_at: now },
      ...{
        reviewed_by: null,
        reviewed_at: null,
        review_remark: null,
        proved_on: null,
        proof: null,
      },
    })
    .returning('disposal_id')
    .executeTakeFirstOrThrow();
  return row.disposal_id;
}
