import type { DataScope } from '../../contract/index.ts';
import { shanghaiDay } from '../../kernel/index.ts';
import type { ProcessWorld } from '../world.ts';
import { judgeRunning } from './late-cases.ts';

/** What of the cases in progress presses (在办提醒); counts only. */
export interface LateReminders {
  /** Date of the data: what was finished since is still counted. */
  readonly as_of: string;
  readonly overdue: number;
  /** At most two days left. */
  readonly near: number;
  /** Of those near: due on the day it is, and within seven days of it. */
  readonly due_today: number;
  readonly due_week: number;
}

const DAY_MS = 86_400_000;

/** Counts the cases in progress within the scope that are late or about to be. */
export async function lateReminders(world: ProcessWorld, scope: DataScope): Promise<LateReminders> {
  const { asOf, all } = await judgeRunning(world, scope, { filters: [], asOf: null });
  const now = world.clock.now();
  const today = shanghaiDay(now);
  const week = shanghaiDay(new Date(now.getTime() + 7 * DAY_MS));
  const near = all.filter(({ state }) => state === 'near');
  const due = (until: string): number =>
    near.filter(({ due_on }) => due_on !== null && due_on >= today && due_on <= until).length;
  return {
    as_of: asOf,
    overdue: all.filter(({ state }) => state === 'overdue').length,
    ...{ near: near.length, due_today: due(today), due_week: due(week) },
  };
}
