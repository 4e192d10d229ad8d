import { writeFile } from 'node:fs/promises';
import writeExcel, { type CellObject, type Sheet } from 'write-excel-file/node';
import { shanghaiTime } from '../../../kernel/index.ts';
import { ROW_CODES, rowCodeTitle } from '../../row-codes.ts';
import type { IngestWorld } from '../../world.ts';
import { auditAct, requireAct } from '../audit-act.ts';
import { workbookEmpty, workbookTooLarge } from '../errors.ts';
import type { Act } from '../model.ts';
import { requirePublished } from '../published-package.ts';
import { cellText } from './cell-text.ts';
import {
  type Agencies,
  countFailedRows,
  type FailedDataset,
  type FailedRow,
  fieldsOf,
  readFailedRows,
} from './failed-rows.ts';
import { FORMAT_MARK, GUIDE_SHEET, LEAD_COLUMNS, MAX_ROWS, packageMark } from './layout.ts';

export interface WriteFailedRowsRequest extends Act {
  readonly packageId: string;
  /** Default: every dataset with open rows. */
  readonly dataset?: string;
  /** Only rows of these agencies; all unless given. */
  readonly agencies?: Agencies;
  /** The xlsx file to write, readable by its owner alone; an existing file is replaced. */
  readonly path: string;
}

/** What a workbook holds. */
export interface WrittenWorkbook {
  readonly path: string;
  readonly datasets: readonly { readonly dataset: string; readonly rows: number }[];
}

const TEXT = { type: String, format: '@' } as const;
const HEAD = { ...TEXT, fontWeight: 'bold', backgroundColor: '#DDEBF7' } as const;
const FAULTY = '#FFC7CE';
const FIXED = '#EDEDED';

/**
 * Writes the open quarantined rows of a package as a workbook to be corrected and sent back
 * (更正表): every cell is text, what is wrong is coloured. Holds personal data: who takes it and
 * why is audited.
 * @throws INGEST_REASON_MISSING, INGEST_PACKAGE_UNKNOWN, INGEST_REPAIR_PACKAGE_UNPUBLISHED,
 *   INGEST_WORKBOOK_EMPTY, INGEST_WORKBOOK_TOO_LARGE above 20,000 rows
 */
export async function writeFailedRows(
  world: IngestWorld,
  request: WriteFailedRowsRequest,
): Promise<WrittenWorkbook> {
  const act = requireAct(request);
  const { packageId, path } = request;
  const { batch } = await requirePublished(world, packageId);
  const counted = (await countFailedRows(world, batch, request.agencies)).filter(
    ({ dataset }) => request.dataset === undefined || dataset === request.dataset,
  );
  const total = counted.reduce((sum, item) => sum + item.rows, 0);
  if (total === 0) throw workbookEmpty({ packageId });
  if (total > MAX_ROWS) {
    throw workbookTooLarge({ what: `有 ${total} 行`, limit: `${MAX_ROWS} 行` });
  }
  const sheets: Sheet<Buffer>[] = [];
  for (const { dataset } of counted) {
    const failed = await readFailedRows(world, batch, dataset, request.agencies);
    if (failed !== null) sheets.push(datasetSheet(packageId, failed));
  }
  await auditAct(world.db, world, { act, action: 'repair.export', object: packageId });
  const guide = guideSheet(packageId, shanghaiTime(world.clock.now()), counted);
  const bytes = await writeExcel([guide, ...sheets]).toBuffer();
  await writeFile(path, bytes, { mode: 0o600 });
  return { path, datasets: counted };
}

function datasetSheet(packageId: string, failed: FailedDataset): Sheet<Buffer> {
  const { plan } = failed;
  const titles = plan.fields.map((label) => plan.supplied.get(label)?.title ?? '');
  const head = (values: readonly string[]) => values.map((value) => ({ ...HEAD, value }));
  return {
    sheet: failed.dataset,
    stickyRowsCount: 2,
    stickyColumnsCount: 1,
    columns: [{ width: 24 }, { width: 16 }, { width: 44 }, ...titles.map(() => ({ width: 20 }))],
    data: [
      head([...LEAD_COLUMNS, ...plan.fields]),
      head([packageMark(packageId), '', '', ...titles]),
      ...failed.rows.map((row) => rowCells(failed, row)),
    ],
  };
}

function rowCells({ plan }: FailedDataset, row: FailedRow): CellObject[] {
  const codes = [...new Set(row.faults.map((fault) => fault.code))];
  const lead = [String(row.line), codes.join(' '), row.faults.map(explained).join('；')];
  const unfit = codes.includes('ROW01');
  const faulty = new Set(row.faults.map((fault) => fault.label));
  const fields = fieldsOf(plan, row);
  return [
    ...lead.map((value) => ({ ...TEXT, value, backgroundColor: FIXED })),
    ...plan.fields.map((label, index) => {
      const value = cellText(fields[index] ?? null);
      return unfit || faulty.has(label)
        ? { ...TEXT, value, backgroundColor: FAULTY }
        : { ...TEXT, value };
    }),
  ];
}

function explained({ code, label }: FailedRow['faults'][number]): string {
  const advice = ROW_CODES[code]?.advice;
  const at = label === null || label === '' ? '' : `${label} `;
  return `${at}${rowCodeTitle(code)}${advice === undefined ? '' : `（${advice}）`}`;
}

function guideSheet(
  packageId: string,
  at: string,
  counted: readonly { dataset: string; rows: number }[],
): Sheet<Buffer> {
  const lines: readonly (readonly [string, string])[] = [
    ['更正表', FORMAT_MARK],
    ['数据包', packageId],
    ['导出时间', at],
    ...counted.map(({ dataset, rows }): [string, string] => ['数据集', `${dataset}：${rows} 行`]),
    ['1', '本表含个人信息，只在内网处理，用完删除。'],
    ['2', '红底单元格有错，直接改成正确的值；不需要更正的行可以整行删除。'],
    ['3', '不要改行号、表头、工作表名称，不要增加列或行。'],
    ['4', '所有单元格都是文本：证件号码、编号照原样填写，日期写 yyyymmdd，年月写 yyyymm。'],
    ['5', '以 = + - @ 开头的值前面加了一个单引号，防止被当作公式；更正时保留或去掉都可以。'],
    ['6', '保存为 xlsx，用 feed repair import 提交；另一名同事审核后才入库，省里的原值不改。'],
    ...Object.entries(ROW_CODES).map(([code, { title, advice }]): [string, string] => [
      code,
      `${title}：${advice}`,
    ]),
  ];
  return {
    sheet: GUIDE_SHEET,
    columns: [{ width: 14 }, { width: 90 }],
    data: lines.map(([name, text]) => [
      { ...TEXT, value: name, fontWeight: 'bold' },
      { ...TEXT, value: text },
    ]),
  };
}
