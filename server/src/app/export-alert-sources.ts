import { type RawBuilder, sql } from 'kysely';
import type {
  ExportColumn,
  ExportFilters,
  ExportReader,
  ExportRow,
  ExportSource,
} from '../exports/index.ts';
import { withinScope } from '../security/index.ts';
import type { Workspace } from './workspace.ts';

type Sources = Pick<Workspace, 'alerts'>;

const PAGE = 5_000;

/** Lists of the handling of alerts that can be exported: cases and the recovery ledger. */
export function alertExportSources(world: Sources): readonly ExportSource[] {
  return [caseSource(world), recoverySource(world)];
}

function caseSource(world: Sources): ExportSource {
  return listSource(world, {
    ...{ name: 'alerts', title: '预警清单', permission: 'alerts.read' },
    filters: {
      agency: '经办机构',
      state: '状态',
      level: '等级',
      rule: '规则编号',
      owner: '责任科室',
    },
    columns: [
      ...[text('case_id', '预警编号', 12), text('title', '事项', 36), text('rule', '规则编号', 12)],
      ...[text('level', '等级', 8), text('state', '状态', 12), text('agency', '经办机构', 12)],
      ...[text('owner', '责任科室', 16), text('person_id', '个人编号', 20)],
      ...[text('unit_id', '单位编号', 20), money('amount_fen', '涉及金额')],
      ...[text('opened_on', '发现日期', 12), text('due_on', '期限', 12)],
      ...[text('assignee_name', '经办人', 12), text('conclusion', '结论', 14)],
      ...[money('confirmed_fen', '认定金额'), text('closed_on', '销号日期', 12)],
    ],
    from: sql`alert_case c`,
    id: sql`c.case_id`,
    select: sql`c.case_id::text, c.title, c.rule, c.level, c.state, c.agency, c.owner, c.person_id,
      c.unit_id, c.amount_fen, c.opened_on::text, c.due_on::text, c.assignee_name, c.conclusion,
      c.confirmed_fen, c.closed_on::text`,
  });
}

function recoverySource(world: Sources): ExportSource {
  return listSource(world, {
    ...{ name: 'recovery', title: '追回台账', permission: 'recovery.read' },
    filters: { agency: '经办机构', rule: '规则编号', owner: '责任科室' },
    columns: [
      ...[text('recovery_id', '台账编号', 12), text('case_id', '预警编号', 12)],
      ...[text('title', '事项', 36), text('agency', '经办机构', 12), text('owner', '责任科室', 16)],
      ...[text('person_id', '个人编号', 20), money('due_fen', '应追回')],
      ...[money('received_fen', '已到账'), money('offset_fen', '已抵扣')],
      ...[money('written_off_fen', '已核销'), money('balance_fen', '未追回')],
      text('opened_at', '建账时间', 26),
    ],
    from: sql`recovery r join alert_case c using (case_id)`,
    id: sql`r.recovery_id`,
    select: sql`r.recovery_id::text, r.case_id::text, c.title, c.agency, c.owner, c.person_id,
      r.due_fen, r.received_fen, r.offset_fen, r.written_off_fen, r.balance_fen, r.opened_at::text`,
  });
}

interface ListedSource extends Omit<ExportSource, 'count' | 'open'> {
  readonly from: RawBuilder<unknown>;
  /** Number that orders the rows. */
  readonly id: RawBuilder<unknown>;
  readonly select: RawBuilder<unknown>;
}

/** A list over `alert_case c`, page after page, within the reader's scope and department. */
function listSource({ alerts }: Sources, list: ListedSource): ExportSource {
  const { from, id, select, ...source } = list;
  return {
    ...source,
    count: (reader, filters) =>
      withinScope(alerts.db, reader.scope, async (transaction) => {
        const where = conditions(reader, filters);
        const found = await sql<{
          n: bigint;
        }>`select count(*) as n from ${from} where ${where}`.execute(transaction);
        return Number(found.rows[0]?.n ?? 0n);
      }),
    open: async function* (reader, filters) {
      let after = 0n;
      for (;;) {
        const rows = await withinScope(alerts.db, reader.scope, async (transaction) => {
          const found = await sql<Record<string, ExportRow[number]> & { order_id: bigint }>`
            select ${id} as order_id, ${select} from ${from}
            where ${conditions(reader, filters)} and ${id} > ${after} order by ${id} limit ${PAGE}`.execute(
            transaction,
          );
          return found.rows;
        });
        for (const { order_id, ...row } of rows) {
          after = BigInt(order_id);
          yield Object.values(row);
        }
        if (rows.length < PAGE) return;
      }
    },
  };
}

/** Rules on trial are for the department that owns them, as on the pages. */
function conditions(
  { scope, department }: ExportReader,
  filters: ExportFilters,
): RawBuilder<boolean> {
  const parts = [sql`(not c.trial or c.owner = ${department ?? ''})`];
  if (scope.agencies !== 'all') parts.push(sql`c.agency = any(${[...scope.agencies]}::text[])`);
  if (scope.insurances !== 'all') {
    parts.push(sql`(c.insurance && ${[...scope.insurances]}::text[] or c.insurance = '{}')`);
  }
  for (const [name, value] of Object.entries(filters)) {
    parts.push(sql`${sql.ref(`c.${name}`)} = ${value}`);
  }
  return sql<boolean>`(${sql.join(parts, sql` and `)})`;
}

function text(name: string, title: string, width: number): ExportColumn {
  return { name, title, kind: 'text', mask: 'none', width };
}

function money(name: string, title: string): ExportColumn {
  return { name, title, kind: 'money_fen', mask: 'none', width: 16 };
}
