import type { ColumnDef } from '../../../contract/index.ts';
import type { FieldChange } from '../../register/repair-model.ts';
import { editableColumns } from '../quarantined-row.ts';
import { readCell } from './cell-text.ts';
import { type FailedDataset, fieldsOf } from './failed-rows.ts';
import { columnLetters, HEADER_ROWS, LEAD_COLUMNS, packageMark } from './layout.ts';
import type { OpenedSheet } from './open-workbook.ts';

/** One row whose cells were changed. */
export interface ChangedRow {
  readonly dataset: string;
  readonly line: number;
  readonly changes: readonly FieldChange[];
}

/** What a sheet asks for, or everything that is wrong with it, in Chinese. */
export interface SheetReading {
  readonly rows: readonly ChangedRow[];
  readonly problems: readonly string[];
}

/** Compares a sheet with the rows in quarantine now. */
export function readDatasetSheet(
  packageId: string,
  { sheet, rows }: OpenedSheet,
  failed: FailedDataset,
): SheetReading {
  const wrong = headerProblem(packageId, rows, failed);
  if (wrong !== null) return { rows: [], problems: [`工作表 ${sheet}：${wrong}`] };
  const open = new Map(failed.rows.map((row) => [row.line, row]));
  const seen = new Set<number>();
  const changed: ChangedRow[] = [];
  const problems: string[] = [];
  rows.slice(HEADER_ROWS).forEach((cells, index) => {
    if (cells.every((cell) => cell === null || cell === '')) return;
    const at = `工作表 ${sheet} 第 ${index + HEADER_ROWS + 1} 行`;
    const line = lineOf(cells[0]);
    const row = line === null ? undefined : open.get(line);
    if (line === null || row === undefined) {
      const what = line === null ? '行号不是数字' : `行号 ${line} 不在待更正的行中`;
      problems.push(`${at}：${what}。请勿改动行号或增加行；已处理的行请删除。`);
      return;
    }
    if (seen.has(line)) {
      problems.push(`${at}：行号 ${line} 出现了两次。请只保留一行。`);
      return;
    }
    seen.add(line);
    const reading = readRow(cells, fieldsOf(failed.plan, row), failed);
    problems.push(...reading.problems.map((text) => `${at} ${text}`));
    if (reading.changes.length > 0) {
      changed.push({ dataset: failed.dataset, line, changes: reading.changes });
    }
  });
  return { rows: changed, problems };
}

function headerProblem(
  packageId: string,
  rows: OpenedSheet['rows'],
  { plan }: FailedDataset,
): string | null {
  const labels = [...LEAD_COLUMNS, ...plan.fields];
  const head = (rows[0] ?? []).map((cell) => (cell === null ? '' : String(cell)));
  while (head.at(-1) === '') head.pop();
  const odd = labels.findIndex((label, index) => head[index] !== label);
  if (odd >= 0) return `表头 ${columnLetters(odd)}1 应为“${labels[odd]}”。请用系统导出的表填写。`;
  if (head.length > labels.length) return '多出了列。请删除多出的列。';
  return rows[1]?.[0] === packageMark(packageId)
    ? null
    : `A2 不是“${packageMark(packageId)}”，这张表属于另一个数据包。请分开提交。`;
}

function lineOf(cell: unknown): number | null {
  const text =
    typeof cell === 'string' ? cell.trim() : ((cell as { number?: string })?.number ?? '');
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function readRow(
  cells: readonly unknown[],
  before: readonly (string | null)[],
  { plan }: FailedDataset,
): { changes: FieldChange[]; problems: string[] } {
  const editable = editableColumns(plan);
  const changes: FieldChange[] = [];
  const problems: string[] = [];
  plan.fields.forEach((column, index) => {
    const position = index + LEAD_COLUMNS.length;
    const old = before[index] ?? null;
    const at = `${columnLetters(position)} 列（${column}）`;
    const read = readCell(cells[position], old, kindOf(plan.supplied.get(column)));
    if ('problem' in read) problems.push(`${at}：${read.problem}。`);
    else if (read.value !== (old ?? '')) {
      if (editable.includes(column))
        changes.push({ column, before: old, after: read.value || null });
      else problems.push(`${at}：这一列不入库，不能更正。请恢复原值。`);
    }
  });
  const extra = cells.slice(plan.fields.length + LEAD_COLUMNS.length);
  if (extra.some((cell) => cell !== null && cell !== '')) {
    problems.push('表头之外的列有内容。请删除。');
  }
  return { changes, problems };
}

/** Only amounts, counts, dates and months may come as a numeric cell. */
function kindOf(column: ColumnDef | undefined): 'number' | 'text' {
  const type = column?.type ?? 'text1';
  return column?.codes === null && !/^(id|text|code)\d/.test(type) ? 'number' : 'text';
}
