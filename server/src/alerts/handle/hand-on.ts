import { inputRefused } from '../errors.ts';
import type { AlertsWorld } from '../world.ts';
import { act, type Caller, type CaseTarget } from './act.ts';
import { covers, findColleague } from './colleagues.ts';
import { requireText } from './text.ts';

export interface TransferInput extends CaseTarget {
  readonly remark: string;
  /** To a person, or to a department whose people then take it. */
  readonly assignee?: { readonly account: string };
  readonly department?: string;
}

/** Hands a case on to somebody else or another department (转办). */
export async function transferCase(world: AlertsWorld, caller: Caller, input: TransferInput) {
  const remark = requireText(input.remark, '转办理由');
  const { assignee, department } = input;
  if ((assignee === undefined) === (department === undefined)) {
    throw inputRefused({ what: '转办须写明转给哪个人或者哪个科室，二者选一。' });
  }
  const colleague = assignee === undefined ? null : await findColleague(world, assignee.account);
  return act(world, caller, input, 'transfer', async ({ found }) => {
    if (colleague !== null && !covers(colleague, found.agency)) {
      throw inputRefused({ what: '接办人看不到这个经办机构的疑点，请另选。' });
    }
    return {
      to: 'assigned',
      remark,
      data: { to: colleague?.name ?? department },
      set: {
        assignee: colleague?.account ?? null,
        assignee_name: colleague?.name ?? null,
        ...(department === undefined ? {} : { owner: department }),
      },
    };
  });
}

const MOST_DAYS = 40;

/** Gives a case more working days, with the reason (延期). */
export async function extendCase(
  world: AlertsWorld,
  caller: Caller,
  input: CaseTarget & { readonly days: number; readonly remark: string },
) {
  const remark = requireText(input.remark, '延期理由');
  if (!Number.isInteger(input.days) || input.days < 1 || input.days > MOST_DAYS) {
    throw inputRefused({ what: `一次延期 1 至 ${MOST_DAYS} 个工作日。` });
  }
  return act(world, caller, input, 'extend', async ({ found, calendar, today }) => {
    const from = found.due_on !== null && found.due_on > today ? found.due_on : today;
    const due = calendar.addWorkingDays(from, input.days);
    return {
      to: found.state,
      remark,
      data: { days: input.days, due_on: due },
      set: { due_on: due, extended_days: found.extended_days + input.days },
    };
  });
}

/** Hands a case of a county up to the city (上报市级). */
export async function escalateCase(
  world: AlertsWorld,
  caller: Caller,
  input: CaseTarget & { readonly remark: string },
) {
  const remark = requireText(input.remark, '上报理由');
  return act(world, caller, input, 'escalate', async () => ({
    to: 'assigned',
    remark,
    set: { tier: 'city', assignee: null, assignee_name: null },
  }));
}
