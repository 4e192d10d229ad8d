import { sql } from 'kysely';
import type { Principal } from '../../contract/index.ts';
import { shanghaiTime } from '../../kernel/index.ts';
import { withinScope } from '../../security/index.ts';
import { whoIs } from '../access.ts';
import { inputRefused } from '../errors.ts';
import { requireText } from '../handle/text.ts';
import type { AlertsWorld } from '../world.ts';
import type { ListInput } from './list-cases.ts';

/** What a saved view holds. */
export type ViewFilter = Pick<ListInput, 'filter' | 'sort'>;

/** A filter somebody keeps under a name (视图), for themselves. */
export interface SavedView {
  readonly view_id: string;
  readonly name: string;
  readonly filter: ViewFilter;
}

const MOST = 30;

/** Lists the views of whoever asks. */
export async function listViews(world: AlertsWorld, principal: Principal): Promise<SavedView[]> {
  return withinScope(world.db, principal.scope, async (db) => {
    const rows = await db
      .selectFrom('alert_view')
      .select(['view_id', 'name', 'filter'])
      .where('account', '=', whoIs(principal))
      .orderBy('view_id')
      .execute();
    return rows.map(({ view_id, name, filter }) => ({ view_id: String(view_id), name, filter }));
  });
}

/** Keeps a view; one of the same name is replaced. */
export async function saveView(
  world: AlertsWorld,
  principal: Principal,
  input: { readonly name: string; readonly filter: ViewFilter },
): Promise<SavedView> {
  const name = requireText(input.name, '视图名称', 1);
  if ([...name].length > 40) throw inputRefused({ what: '视图名称不超过 40 个字。' });
  if ((await listViews(world, principal)).length >= MOST) {
    throw inputRefused({ what: `每人最多保存 ${MOST} 个视图，请先删去不用的。` });
  }
  return withinScope(world.db, principal.scope, async (db) => {
    const filter = JSON.stringify(input.filter);
    const saved_at = shanghaiTime(world.clock.now());
    const row = await db
      .insertInto('alert_view')
      .values({ account: whoIs(principal), name, filter, saved_at })
      .onConflict((conflict) =>
        conflict.columns(['account', 'name']).doUpdateSet({ filter, saved_at }),
      )
      .returning('view_id')
      .executeTakeFirstOrThrow();
    return { view_id: String(row.view_id), name, filter: input.filter };
  });
}

/** Removes a view of whoever asks; somebody else's is left alone as if it did not exist. */
export async function removeView(
  world: AlertsWorld,
  principal: Principal,
  viewId: string,
): Promise<{ readonly removed: boolean }> {
  return withinScope(world.db, principal.scope, async (db) => {
    const done = await sql`delete from alert_view
      where view_id::text = ${viewId} and account = ${whoIs(principal)}`.execute(db);
    return { removed: done.numAffectedRows === 1n };
  });
}
