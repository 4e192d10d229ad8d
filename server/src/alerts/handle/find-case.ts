import { type Selectable, sql } from 'kysely';
import type { Principal } from '../../contract/index.ts';
import { caseScope } from '../access.ts';
import { caseUnknown } from '../errors.ts';
import type { AlertsTransaction, CaseTable } from '../tables.ts';

export type CaseRow = Selectable<CaseTable>;

/**
 * Finds one case within the reader's scope.
 * @throws ALERTS_CASE_UNKNOWN, the same for a case of another county as for none at all
 */
export async function findCase(
  db: AlertsTransaction,
  principal: Principal,
  caseId: string,
): Promise<CaseRow> {
  if (!/^[1-9]\d{0,17}$/.test(caseId)) throw caseUnknown({});
  const { rows } = await sql<CaseRow>`select c.* from alert_case c
    where c.case_id = ${caseId}::bigint and ${caseScope(principal)}`.execute(db);
  const [found] = rows;
  if (found === undefined) throw caseUnknown({});
  return found;
}
