import { shanghaiTime } from '../../kernel/index.ts';
import { withinScope } from '../../security/index.ts';
import { whoIs } from '../access.ts';
import type { AlertsWorld } from '../world.ts';
import { auditCase, type Caller } from './act.ts';
import { requireText } from './text.ts';

/** Declares a relative (申报亲属): from then on the person's cases are for others. Not taken back. */
export async function declareRelative(
  world: AlertsWorld,
  caller: Caller,
  input: { readonly person_id: string; readonly relation: string },
): Promise<{ readonly declared: true }> {
  const relation = requireText(input.relation, '与您的关系', 1);
  const person = requireText(input.person_id, '个人编号', 1);
  await withinScope(world.db, caller.principal.scope, async (db) => {
    const row = {
      ...{ account: whoIs(caller.principal), person_id: person, relation },
      declared_at: shanghaiTime(world.clock.now()),
    };
    await db
      .insertInto('alert_relative')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await auditCase(world, db, caller, {
      action: 'alerts.declare_relative',
      ...{ caseId: `relative of ${whoIs(caller.principal)}`, purpose: null },
      changed: { before: null, after: row },
    });
  });
  return { declared: true };
}
