import { sql } from 'kysely';
import { shanghaiDay, shanghaiTime } from '../../kernel/index.ts';
import { withinScope } from '../../security/index.ts';
import { agencyScope, whoIs } from '../access.ts';
import { actionForbidden, caseUnknown, inputRefused, secondPersonNeeded } from '../errors.ts';
import type { AlertsWorld } from '../world.ts';
import { auditCase, type Caller } from './act.ts';
import { findCase } from './find-case.ts';
import { requireDay, requireText } from './text.ts';

/**
 * Asks to leave a person's cases alone until a day (暂缓), at most 180 days on, with the reason; a
 * second person decides. Time limits go on.
 */
export async function askSnooze(
  world: AlertsWorld,
  caller: Caller,
  input: { readonly case_id: string; readonly until: string; readonly reason: string },
): Promise<{ readonly snooze_id: string }> {
  const { principal } = caller;
  if (!principal.permissions.has('alerts.verify')) {
    throw actionForbidden({ action: '申请暂缓', why: '您没有核查权限（alerts.verify）。' });
  }
  const reason = requireText(input.reason, '暂缓理由', 4);
  const until = requireDay(input.until, '暂缓到哪一天');
  const now = world.clock.now();
  const today = shanghaiDay(now);
  const days = (Date.parse(until) - Date.parse(today)) / 86_400_000;
  const most = world.handling.snooze.max_days;
  if (days < 1 || days > most) {
    throw inputRefused({ what: `暂缓须从明天起，最长 ${most} 天，请改日期。` });
  }
  return withinScope(world.db, principal.scope, async (db) => {
    const found = await findCase(db, principal, input.case_id);
    if (found.person_id === null) throw inputRefused({ what: '只有对个人的疑点可以暂缓。' });
    const row = await db
      .insertInto('alert_snooze')
      .values({
        ...{ agency: found.agency, person_id: found.person_id, until, reason },
        ...{ asked_by: whoIs(principal), asked_name: principal.name, asked_on: today },
        ...{ asked_at: shanghaiTime(now), decided_by: null, decided_at: null },
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw inputRefused({ what: '这个人已有一项待批的暂缓申请。' });
    await auditCase(world, db, caller, {
      ...{ action: 'alerts.ask_snooze', caseId: found.case_id, purpose: reason },
      changed: { before: null, after: row },
    });
    return { snooze_id: String(row.snooze_id) };
  });
}

/** Agrees to or refuses a snooze; never the person who asked. */
export async function decideSnooze(
  world: AlertsWorld,
  caller: Caller,
  input: { readonly snooze_id: string; readonly agree: boolean },
): Promise<{ readonly snooze_id: string; readonly cases: number }> {
  const { principal } = caller;
  if (!principal.permissions.has('alerts.review')) {
    throw actionForbidden({ action: '批准暂缓', why: '您没有复核权限（alerts.review）。' });
  }
  const at = shanghaiTime(world.clock.now());
  const who = whoIs(principal);
  return withinScope(world.db, principal.scope, async (db) => {
    const asked = await db
      .selectFrom('alert_snooze')
      .selectAll()
      .where(sql<boolean>`snooze_id::text = ${input.snooze_id}`)
      .where(agencyScope(principal, 'agency'))
      .where('state', '=', 'asked')
      .executeTakeFirst();
    if (asked === undefined) throw caseUnknown({});
    if (asked.asked_by === who) throw secondPersonNeeded({ action: '批准暂缓' });
    const done = await sql<object>`update alert_snooze
      set state = ${input.agree ? 'approved' : 'refused'}, decided_by = ${who}, decided_at = ${at}
      where snooze_id = ${asked.snooze_id} and state = 'asked' returning *`.execute(db);
    const [decided] = done.rows;
    if (decided === undefined) throw caseUnknown({});
    await auditCase(world, db, caller, {
      action: input.agree ? 'alerts.snooze' : 'alerts.refuse_snooze',
      ...{ caseId: `snooze ${input.snooze_id}`, purpose: asked.reason },
      changed: { before: asked, after: decided },
    });
    if (!input.agree) return { snooze_id: input.snooze_id, cases: 0 };
    const { rows } = await sql`with held as (
        update alert_case set snoozed_until = ${asked.until}, version = version + 1
        where person_id = ${asked.person_id} and agency = ${asked.agency}
          and state not in ('closed', 'settled')
        returning case_id, agency, state
      )
      insert into alert_step (case_id, agency, action, from_state, to_state, actor, actor_name, at, remark, data)
      select case_id, agency, 'snooze', state, state, ${who}, ${principal.name}, ${at}, ${asked.reason},
        jsonb_build_object('until', ${asked.until}::text, 'asked_by', ${asked.asked_name}::text)
      from held returning case_id`.execute(db);
    return { snooze_id: input.snooze_id, cases: rows.length };
  });
}
