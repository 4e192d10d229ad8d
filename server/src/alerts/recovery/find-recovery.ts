import { type Selectable, sql } from 'kysely';
import type { Principal } from '../../contract/index.ts';
import { shanghaiDay, shanghaiTime } from '../../kernel/index.ts';
import { withinScope } from '../../security/index.ts';
import { caseScope, whoIs } from '../access.ts';
import { actionForbidden, mustStandBack, recoveryUnknown } from '../errors.ts';
import { auditCase, type Caller } from '../handle/act.ts';
import { standBackReason, standingOf } from '../handle/stand-back.ts';
import { proposeClosing } from '../proof/closing.ts';
import type { AlertsTransaction, RecoveryTable } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';

export type RecoveryRow = Selectable<RecoveryTable> & {
  readonly person_id: string | null;
  readonly unit_id: string | null;
};

/** Finds a recovery within the reader's scope. @throws ALERTS_RECOVERY_UNKNOWN */
export async function findRecovery(
  db: AlertsTransaction,
  principal: Principal,
  id: string,
  lock = false,
): Promise<RecoveryRow> {
  if (!/^[1-9]\d{0,17}$/.test(id)) throw recoveryUnknown({});
  const { rows } = await sql<RecoveryRow>`select r.*, c.person_id, c.unit_id
    from recovery r join alert_case c on c.case_id = r.case_id
    where r.recovery_id = ${id}::bigint and ${caseScope(principal)}
    ${lock ? sql`for update of r` : sql``}`.execute(db);
  const [found] = rows;
  if (found === undefined) throw recoveryUnknown({});
  return found;
}

export interface LedgerContext {
  readonly db: AlertsTransaction;
  readonly recovery: RecoveryRow;
  readonly who: string;
  readonly principal: Principal;
  readonly now: string;
  readonly today: string;
}

/**
 * Does one thing in the recovery ledger: the row is locked first, so that two people who book at
 * once book one after the other; audited in the same transaction. Afterwards closing is proposed
 * where the case now has all it needs.
 */
export async function inLedger<T>(
  world: AlertsWorld,
  caller: Caller,
  id: string,
  { right, title }: { readonly right: string; readonly title: string },
  work: (context: LedgerContext) => Promise<{ readonly answer: T; readonly remark: string }>,
): Promise<T> {
  const { principal } = caller;
  if (!principal.permissions.has(right)) {
    throw actionForbidden({ action: title, why: `您没有这项权限（${right}）。` });
  }
  const now = world.clock.now();
  const standing = await standingOf(world, principal);
  const { answer, caseId } = await withinScope(world.db, principal.scope, async (db) => {
    const recovery = await findRecovery(db, principal, id, true);
    const why = await standBackReason(standing, db, principal, recovery);
    if (why !== null) throw mustStandBack({ action: title, why });
    const before = await ledgerOf(db, recovery);
    const context = { db, recovery, who: whoIs(principal), principal };
    const done = await work({ ...context, now: shanghaiTime(now), today: shanghaiDay(now) });
    await auditCase(world, db, caller, {
      ...{ action: 'recovery.write', caseId: recovery.case_id },
      purpose: `${title}：${done.remark}`,
      changed: { before, after: await ledgerOf(db, recovery) },
    });
    return { answer: done.answer, caseId: recovery.case_id };
  });
  await proposeClosing(world, [caseId]);
  return answer;
}

/** A recovery with its entries and agreements as they stand: what an act in the ledger may change. */
async function ledgerOf(
  db: AlertsTransaction,
  { recovery_id: id }: Pick<RecoveryRow, 'recovery_id'>,
): Promise<object | null> {
  const { rows } = await sql<object>`select to_jsonb(r) as recovery,
      (select jsonb_agg(to_jsonb(e) order by e.entry_id) from recovery_entry e
        where e.recovery_id = r.recovery_id) as entries,
      (select jsonb_agg(to_jsonb(a) order by a.agreement_id) from recovery_agreement a
        where a.recovery_id = r.recovery_id) as agreements
    from recovery r where r.recovery_id = ${id}`.execute(db);
  return rows[0] ?? null;
}
