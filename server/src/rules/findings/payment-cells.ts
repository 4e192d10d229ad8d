import type { DuckSession } from '../../store/index.ts';
import type { Finding } from './finding.ts';
import type { PaymentCell } from './group-findings.ts';

/** The table whose rows are money a person received. */
const PAYMENTS = 'benefit_payment';

/**
 * Finds which payments (人、险种、项目、所属月, net of what was taken back) findings name as evidence.
 * One pass over the payments of the persons concerned.
 */
export async function paymentCells(
  session: DuckSession,
  findings: readonly Finding[],
): Promise<(finding: Finding) => readonly PaymentCell[]> {
  const rows = new Set(findings.flatMap(({ sources }) => sources[PAYMENTS] ?? []));
  if (rows.size === 0) return () => [];
  await session.run(
    `create or replace temp table named_payment as
     select p.person_id, p.insurance, p.item, p.due_ym, w.row_no
     from (select unnest($rows::BIGINT[]) as row_no) w
     join rows.${PAYMENTS} p on cast(p.batch as bigint) * 10000000000 + p.line = w.row_no`,
    { rows: [...rows] },
  );
  const found = await session.rows<{ row_no: bigint; cell: string; amount: bigint }>(
    `with cell as (
       select c.person_id, c.insurance, c.item, c.due_ym, sum(p.amount) as amount
       from (select distinct person_id, insurance, item, due_ym from named_payment) c
       join main.${PAYMENTS} p using (person_id, insurance, item, due_ym)
       where p.pay_flag = '1' group by all)
     select n.row_no, concat_ws(' ', insurance, item, due_ym::VARCHAR) as cell, amount::BIGINT as amount
     from named_payment n join cell using (person_id, insurance, item, due_ym)`,
  );
  await session.run('drop table named_payment');
  const byRow = new Map(
    found.map(({ row_no, cell, amount }) => [row_no, { cell, amountFen: amount }]),
  );
  return ({ sources }) => {
    const cells = new Map<string, PaymentCell>();
    for (const row of sources[PAYMENTS] ?? []) {
      const cell = byRow.get(row);
      if (cell !== undefined) cells.set(cell.cell, cell);
    }
    return [...cells.values()];
  };
}
