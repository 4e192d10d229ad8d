import { sql } from 'kysely';
import { actionForbidden, actionIllegal, inputRefused, notClosable } from '../errors.ts';
import { STATE_TITLES } from '../model.ts';
import { conditionsOf } from '../proof/closing.ts';
import type { AlertsWorld } from '../world.ts';
import { act, type Caller, type CaseTarget } from './act.ts';
import { cleared } from './review.ts';
import { optionalText, requireText } from './text.ts';

export interface CloseInput extends CaseTarget {
  readonly remark?: string;
  /** Closing without the proof: a document says why, and somebody else than who concluded closes. */
  readonly exception?: { readonly document: string; readonly reason: string };
}

/**
 * Closes a case (销号) when everything it needs is there, or by a documented exception; for 90 days after
 * it is looked back upon.
 * @throws ALERTS_NOT_CLOSABLE with what is missing, and the errors of `act`
 */
export async function closeCase(world: AlertsWorld, caller: Caller, input: CloseInput) {
  const exception =
    input.exception === undefined
      ? null
      : {
          exception_document: requireText(input.exception.document, '例外销号的文件文号'),
          exception_reason: requireText(input.exception.reason, '例外销号的理由', 4),
        };
  return act(world, caller, input, 'close', async ({ db, found, who, today }) => {
    const conditions = await conditionsOf(world, db, found);
    const missing = conditions.filter(({ met }) => !met).map(({ title }) => title);
    if (exception === null && missing.length > 0) throw notClosable({ missing });
    if (exception !== null && found.concluded_by === who) {
      throw actionForbidden({ action: '例外销号', why: '结论是您提交的，例外须由另一人办理。' });
    }
    const until = new Date(Date.parse(today) + world.handling.look_back_days * 86_400_000);
    return {
      to: 'closed',
      remark: exception?.exception_reason ?? optionalText(input.remark, '销号说明'),
      data: exception === null ? {} : { exception: exception.exception_document, missing },
      set: {
        ...{ closed_on: today, closed_by: who, due_on: null, ...(exception ?? {}) },
        look_back_until: until.toISOString().slice(0, 10),
      },
    };
  });
}

/** Opens a closed case again, with the reason (重新打开). */
export async function reopenCase(
  world: AlertsWorld,
  caller: Caller,
  input: CaseTarget & { readonly remark: string },
) {
  const remark = requireText(input.remark, '重新打开的理由', 4);
  return act(world, caller, input, 'reopen', async ({ db, found, calendar, today }) => {
    const { rows } = await sql`select 1 from alert_case
      where subject_key = ${found.subject_key} and topic = ${found.topic}
        and state not in ('closed', 'settled')`.execute(db);
    if (rows.length > 0) {
      const why = '同一事项已有一张在办的疑点单，请在那一张上办理。';
      throw actionIllegal({ action: '重新打开', state: STATE_TITLES[found.state], why });
    }
    return {
      to: 'assigned',
      remark,
      data: { conclusion: found.conclusion, closed_on: found.closed_on },
      set: {
        ...{ ...cleared, assignee: null, assignee_name: null, closed_on: null, closed_by: null },
        ...{ exception_document: null, exception_reason: null, look_back_until: null },
        occurrence: found.occurrence + 1,
        due_on: calendar.addWorkingDays(today, world.handling.limits.assign),
      },
    };
  });
}

/** Sends a reviewed case back to verification while no disposal has been agreed to (退回重新核查). */
export async function sendBackCase(
  world: AlertsWorld,
  caller: Caller,
  input: CaseTarget & { readonly remark: string },
) {
  const remark = requireText(input.remark, '退回理由');
  return act(world, caller, input, 'send_back', async ({ db, found, calendar, today }) => {
    const agreed = await db
      .selectFrom('alert_disposal')
      .select('disposal_id')
      .where('case_id', '=', found.case_id)
      .where('occurrence', '=', found.occurrence)
      .where('state', 'in', ['approved', 'proved'])
      .executeTakeFirst();
    if (agreed !== undefined) {
      throw inputRefused({
        what: '已有同意的处置，任务单已经开出，不能退回核查；请销号后重新打开。',
      });
    }
    return {
      to: 'verifying',
      remark,
      data: { conclusion: found.conclusion },
      set: {
        ...cleared,
        due_on: calendar.addWorkingDays(today, world.handling.limits.verify[found.level]),
      },
    };
  });
}
