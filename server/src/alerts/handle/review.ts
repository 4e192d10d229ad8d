import { sql } from 'kysely';
import { type CaseState, CONFIRMING } from '../model.ts';
import type { AlertsWorld } from '../world.ts';
import { type ActContext, act, type Caller, type CaseTarget, type Move } from './act.ts';
import { approveDisposal, proposedDisposals } from './disposals.ts';
import { requireText } from './text.ts';

export interface ReviewInput extends CaseTarget {
  readonly agree: boolean;
  readonly remark: string;
}

/**
 * Reviews a conclusion and the disposals proposed with it (复核); never the person who concluded.
 * Agreed disposals become task orders for the province's system and, where money is to come back,
 * rows of the recovery ledger. What could not be verified goes up to the city.
 */
export async function reviewConclusion(world: AlertsWorld, caller: Caller, input: ReviewInput) {
  const remark = requireText(input.remark, '复核意见');
  if (!input.agree) {
    return act(world, caller, input, 'refuse', (context) => sentBack(world, context, remark));
  }
  return act(world, caller, input, 'pass', async (context) => {
    const { found } = context;
    if (found.conclusion === 'unclear' && found.tier === 'county') {
      return handedUp(world, context, remark);
    }
    const disposals = await proposedDisposals(context);
    const recovers = disposals.some((each) => each.recovers);
    const confirming = found.conclusion !== null && CONFIRMING.includes(found.conclusion);
    const to: CaseState = !confirming ? 'closing' : recovers ? 'recovering' : 'disposing';
    const { limits } = world.handling;
    const days = to === 'closing' ? limits.close : limits.dispose;
    return {
      ...{ to, remark },
      set: {
        ...{ reviewed_by: context.who, reviewed_at: context.now },
        due_on: context.calendar.addWorkingDays(context.today, days),
      },
      // The database agrees to no disposal before the conclusion is reviewed.
      afterwards: async () => {
        for (const each of disposals) await approveDisposal(world, context, each, remark);
      },
    };
  });
}

async function sentBack(world: AlertsWorld, context: ActContext, remark: string): Promise<Move> {
  const { db, found, who, now, calendar, today } = context;
  await sql`update alert_disposal set state = 'refused', reviewed_by = ${who}, reviewed_at = ${now},
      review_remark = ${remark}
    where case_id = ${found.case_id} and state = 'proposed'`.execute(db);
  return {
    to: 'verifying',
    remark,
    data: { conclusion: found.conclusion, concluded_by: found.concluded_name },
    set: {
      ...cleared,
      due_on: calendar.addWorkingDays(today, world.handling.limits.review),
    },
  };
}

async function handedUp(world: AlertsWorld, context: ActContext, remark: string): Promise<Move> {
  const { found, calendar, today } = context;
  return {
    to: 'assigned',
    remark,
    data: { conclusion: found.conclusion, concluded_by: found.concluded_name },
    set: {
      ...cleared,
      ...{ tier: 'city', assignee: null, assignee_name: null },
      due_on: calendar.addWorkingDays(today, world.handling.limits.assign),
    },
  };
}

/** A conclusion that no longer stands; the steps keep what it was. */
export const cleared = {
  ...{ conclusion: null, nature: null, false_reason: null, conclusion_text: null },
  ...{ confirmed_fen: null, exempt_document: null, exempt_until: null },
  ...{ concluded_by: null, concluded_name: null, concluded_at: null },
  ...{ reviewed_by: null, reviewed_at: null },
} as const;
