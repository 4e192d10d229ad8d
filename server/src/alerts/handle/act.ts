import { type RawBuilder, sql } from 'kysely';
import type { Principal } from '../../contract/index.ts';
import { shanghaiDay, shanghaiTime } from '../../kernel/index.ts';
import { type WorkingCalendar, workingCalendar } from '../../municipal/index.ts';
import {
  type AuditDatabase,
  type RowChange,
  recordAct,
  withinScope,
} from '../../security/index.ts';
import { whoIs, worksForCity } from '../access.ts';
import { actionForbidden, actionIllegal, caseChanged, mustStandBack } from '../errors.ts';
import { type ActionName, actionOf, type CaseState, STATE_TITLES } from '../model.ts';
import type { AlertsTransaction } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';
import { type CaseRow, findCase } from './find-case.ts';
import { standBackReason, standingOf } from './stand-back.ts';

/** Who acts and from where; every use case takes it. */
export interface Caller {
  readonly principal: Principal;
  readonly origin: string;
}

/** The case as whoever decides saw it: a decision on an older version is refused. */
export interface CaseTarget {
  readonly case_id: string;
  readonly version: number;
}

/** What a use case decides; the rest is the same for all of them. */
export interface Move {
  readonly to: CaseState;
  readonly set?: Readonly<Record<string, SetValue>>;
  readonly remark?: string | null;
  readonly data?: Readonly<Record<string, unknown>>;
  /** What the database allows only once the case itself has moved; same transaction. */
  readonly afterwards?: () => Promise<void>;
}

type SetValue = string | number | bigint | boolean | null | RawBuilder<unknown>;

export interface ActContext {
  readonly db: AlertsTransaction;
  readonly found: CaseRow;
  readonly who: string;
  readonly principal: Principal;
  readonly now: string;
  readonly today: string;
  readonly calendar: WorkingCalendar;
}

/**
 * Carries out one action on a case: scope, right, state, version and standing back are checked, the
 * use case decides, and the change is made `where state and version are as seen`, noted as a step
 * and audited, in one transaction. Of two people at once one is first and the other is told.
 * @throws ALERTS_CASE_UNKNOWN, ALERTS_CASE_CHANGED, ALERTS_ACTION_ILLEGAL, ALERTS_ACTION_FORBIDDEN, ALERTS_MUST_STAND_BACK
 */
export async function act(
  world: AlertsWorld,
  caller: Caller,
  target: CaseTarget,
  name: ActionName,
  decide: (context: ActContext) => Promise<Move>,
): Promise<{ readonly case_id: string; readonly state: CaseState; readonly version: number }> {
  const { principal } = caller;
  const now = world.clock.now();
  const standing = await standingOf(world, principal);
  return withinScope(world.db, principal.scope, async (db) => {
    const found = await findCase(db, principal, target.case_id);
    const problem = refusalOf(name, found, principal);
    if (problem !== null) throw problem;
    if (found.version !== target.version) throw caseChanged({ action: actionOf(name).title });
    if (actionOf(name).impartial === true) {
      const why = await standBackReason(standing, db, principal, found);
      if (why !== null) throw mustStandBack({ action: actionOf(name).title, why });
    }
    const context: ActContext = {
      ...{ db, found, principal, who: whoIs(principal) },
      ...{ now: shanghaiTime(now), today: shanghaiDay(now) },
      calendar: workingCalendar(world.content),
    };
    const move = await decide(context);
    await applyMove(context, name, move);
    await move.afterwards?.();
    const after = await findCase(db, principal, target.case_id);
    await auditCase(world, db, caller, {
      ...{ action: `alerts.${name}`, caseId: found.case_id, purpose: move.remark ?? null },
      changed: { before: found, after },
    });
    return {
      ...{ case_id: String(found.case_id), state: move.to, version: found.version + 1 },
    };
  });
}

/** Why an action is out of the question for somebody, judged by what the case itself says. */
export function refusalOf(name: ActionName, found: CaseRow, principal: Principal): Error | null {
  const action = actionOf(name);
  const { title } = action;
  const forbid = (why: string) => actionForbidden({ action: title, why });
  const rights = principal.permissions;
  const mayTransfer = name === 'transfer' && rights.has('alerts.assign');
  if (action.right === null || (!rights.has(action.right) && !mayTransfer)) {
    return forbid(`您没有这项权限（${action.right ?? '系统'}）。`);
  }
  if (!action.from.includes(found.state)) {
    return actionIllegal({ action: title, state: STATE_TITLES[found.state] });
  }
  const who = whoIs(principal);
  const beforeReview = ['claim', 'conclude', 'escalate', 'transfer', 'extend', 'assign'];
  if (found.tier === 'city' && beforeReview.includes(name) && !worksForCity(principal)) {
    return forbid('本单已上报市级，由市稽核内控科办理。');
  }
  if (name === 'claim' && found.assignee !== null && found.assignee !== who) {
    return forbid(`本单已派给${found.assignee_name ?? '他人'}。`);
  }
  if (name === 'conclude' && found.assignee !== who) {
    return forbid('结论由领取本单的人提交，请先领取或转办。');
  }
  if (name === 'transfer' && found.assignee !== who && !rights.has('alerts.assign')) {
    return forbid('只有承办人或派发人可以转办。');
  }
  if (name === 'escalate' && found.tier === 'city') return forbid('本单已在市级。');
  if ((name === 'pass' || name === 'refuse') && found.concluded_by === who) {
    return forbid('结论是您自己提交的，须由另一人复核。');
  }
  return null;
}

/** The guarded change itself: no row changed means that somebody was first. */
async function applyMove(context: ActContext, name: ActionName, move: Move): Promise<void> {
  const { db, found, who, principal, now } = context;
  const changes = Object.entries(move.set ?? {}).map(
    ([column, value]) => sql`${sql.ref(column)} = ${value}`,
  );
  const since = move.to === found.state ? [] : [sql`state_since = ${now}`];
  const assignments = [sql`state = ${move.to}`, sql`version = version + 1`, ...since, ...changes];
  const done = await sql`update alert_case set ${sql.join(assignments)}
    where case_id = ${found.case_id} and state = ${found.state} and version = ${found.version}`.execute(
    db,
  );
  if (done.numAffectedRows !== 1n) throw caseChanged({ action: actionOf(name).title });
  await db
    .insertInto('alert_step')
    .values({
      ...{ case_id: found.case_id, agency: found.agency, action: name },
      ...{ from_state: found.state, to_state: move.to, actor: who, actor_name: principal.name },
      ...{ at: now, remark: move.remark ?? null, data: JSON.stringify(move.data ?? {}) },
    })
    .execute();
}

/** One act on a case, for the audit log. */
export interface CaseAct {
  readonly action: string;
  readonly caseId: bigint | string;
  readonly purpose: string | null;
  /** The row the act has changed; absent where it only looked. */
  readonly changed?: RowChange;
}

/** Records one act on a case in the audit log, in the transaction of the act. */
export async function auditCase(
  world: AlertsWorld,
  db: AlertsTransaction,
  { principal, origin }: Caller,
  act: CaseAct,
): Promise<void> {
  const { action, caseId, purpose, changed } = act;
  await recordAct(
    db as unknown as AuditDatabase,
    {
      ...{ actor: principal.actor, origin, action, object: `case:${caseId}`, changed },
      purpose: purpose !== null && [...purpose].length >= 4 ? purpose.slice(0, 500) : '办理疑点',
    },
    world.clock,
  );
}
