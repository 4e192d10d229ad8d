import { shanghaiTime } from '../../../kernel/index.ts';
import type { Repair } from '../../register/repair-model.ts';
import { insertRepair, listRepairRows, nextNumber } from '../../register/repairs.ts';
import type { IngestWorld } from '../../world.ts';
import { auditAct, requireAct } from '../audit-act.ts';
import { repairPending, workbookInvalid, workbookUnchanged } from '../errors.ts';
import type { Act } from '../model.ts';
import { requirePublished } from '../published-package.ts';
import { type Agencies, readFailedRows as readOpenRows } from './failed-rows.ts';
import { FORMAT_MARK, GUIDE_SHEET } from './layout.ts';
import { type OpenedSheet, openWorkbook } from './open-workbook.ts';
import { type ChangedRow, readDatasetSheet } from './read-sheet.ts';

export interface ReadFailedRowsRequest extends Act {
  readonly path: string;
  /** Only rows of these agencies may be corrected; all unless given. */
  readonly agencies?: Agencies;
  /** The package the workbook must belong to; any unless given. */
  readonly packageId?: string;
}

/** The proposals made from one workbook, approved together by its number. */
export interface ReadWorkbook {
  readonly workbook: number;
  readonly packageId: string;
  readonly repairs: readonly Repair[];
}

const SHOWN_PROBLEMS = 50;

/**
 * Proposes a repair for every row of a workbook whose cells were changed (提交更正表): all of them,
 * or none and a list of everything that is wrong, by sheet, row and column.
 * @throws INGEST_REASON_MISSING, INGEST_WORKBOOK_TOO_LARGE, INGEST_WORKBOOK_UNREADABLE,
 *   INGEST_WORKBOOK_INVALID, INGEST_WORKBOOK_UNCHANGED, INGEST_PACKAGE_UNKNOWN,
 *   INGEST_REPAIR_PACKAGE_UNPUBLISHED, INGEST_REPAIR_PENDING
 */
export async function readFailedRows(
  world: IngestWorld,
  request: ReadFailedRowsRequest,
): Promise<ReadWorkbook> {
  const act = requireAct(request);
  const sheets = await openWorkbook(request.path);
  const packageId = packageOf(sheets);
  if (request.packageId !== undefined && request.packageId !== packageId) {
    throw invalid([
      `这张更正表属于数据包 ${packageId}，不是 ${request.packageId}。请到那个包里提交。`,
    ]);
  }
  const { batch, src } = await requirePublished(world, packageId);
  const { agencies = 'all' } = request;
  const changed = await readChanges(world, { packageId, batch, sheets, agencies });
  const workbook = await world.db.transaction().execute(async (db) => {
    const number = await nextNumber(db, 'ingest_workbook_no');
    const at = shanghaiTime(world.clock.now());
    for (const { dataset, line, changes } of changed) {
      const what = { kind: 'edit', batch, dataset, line, workbook: number, changes } as const;
      const item = { src, reason: act.reason, by: act.by, at, what };
      const id = await insertRepair({ db, keys: world.keys }, item);
      if (id === null) throw repairPending({ what: `${dataset} 第 ${line} 行` });
    }
    const object = `${packageId} workbook ${number} (${changed.length})`;
    const repairs = await listRepairRows({ db, keys: world.keys }, { workbook: number });
    const proposed = { before: null, after: { repairs } };
    await auditAct(db, world, { act, action: 'repair.propose', object, changed: proposed });
    return number;
  });
  return { workbook, packageId, repairs: await listRepairRows(world, { workbook }) };
}

function packageOf(sheets: readonly OpenedSheet[]): string {
  const guide = sheets.find(({ sheet }) => sheet === GUIDE_SHEET);
  const value = (name: string) => guide?.rows.find((row) => row[0] === name)?.[1];
  const packageId = value('数据包');
  if (value('更正表') !== FORMAT_MARK || typeof packageId !== 'string') {
    throw invalid([`缺少工作表“${GUIDE_SHEET}”或其内容被改动。请用系统导出的更正表填写。`]);
  }
  return packageId;
}

async function readChanges(
  world: IngestWorld,
  input: {
    packageId: string;
    batch: number;
    sheets: readonly OpenedSheet[];
    agencies: Agencies;
  },
): Promise<ChangedRow[]> {
  const { packageId, batch, sheets, agencies } = input;
  const changed: ChangedRow[] = [];
  const problems: string[] = [];
  for (const sheet of sheets) {
    if (sheet.sheet === GUIDE_SHEET) continue;
    const known = world.content.tables.has(sheet.sheet);
    const failed = known ? await readOpenRows(world, batch, sheet.sheet, agencies) : null;
    if (failed === null) {
      problems.push(`工作表 ${sheet.sheet}：不是本数据包的数据集。请删除或恢复工作表名称。`);
      continue;
    }
    const reading = readDatasetSheet(packageId, sheet, failed);
    changed.push(...reading.rows);
    problems.push(...reading.problems);
  }
  problems.push(...(await pendingProblems(world, batch, changed)));
  if (problems.length > 0) throw invalid(problems);
  if (changed.length === 0) throw workbookUnchanged({});
  return changed;
}

async function pendingProblems(
  world: IngestWorld,
  batch: number,
  changed: readonly ChangedRow[],
): Promise<string[]> {
  const waiting = await listRepairRows(world, { batch, states: ['proposed', 'approved'] });
  const taken = new Set(
    waiting.map((repair) => (repair.kind === 'edit' ? `${repair.dataset} ${repair.line}` : '')),
  );
  return changed
    .filter(({ dataset, line }) => taken.has(`${dataset} ${line}`))
    .map(
      ({ dataset, line }) =>
        `工作表 ${dataset}：行号 ${line} 已有一条更正等待审核。请先审核或退回那一条，或从表中删除该行。`,
    );
}

function invalid(problems: readonly string[]): Error {
  return workbookInvalid({ problems: problems.slice(0, SHOWN_PROBLEMS), count: problems.length });
}
