import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableDef } from '../../contract/index.ts';
import { sqlType } from '../../municipal/index.ts';
import type { DecodedFile, FileFormat } from '../decode/index.ts';
import { DecodeFaultError, decodeDataset } from '../decode/index.ts';
import { type GateCode, gateRefusal } from '../gate-codes.ts';
import type { PackageDataset, RawSource } from '../receive/index.ts';
import type { Refusal } from '../refusal.ts';
import { RefusalError } from '../refusal.ts';
import { chunkSource } from './chunk-source.ts';
import { type PlanProblem, planStage, type StagePlan } from './plan.ts';
import type { StagingDatabase } from './staging-database.ts';

/** A dataset in the staging database, typed and judged row by row. */
export interface StagedDataset {
  readonly def: TableDef;
  readonly manifest: PackageDataset;
  readonly plan: StagePlan;
  /** Qualified name of the table it is staged in. */
  readonly table: string;
  /** It lies in the municipal database already; publication gives it its name. */
  readonly inPlace: boolean;
  readonly rows: number;
  readonly misfits: number;
  /** Each key is greater than the one before it in the file: none is there twice. */
  readonly keyRises: boolean;
  /** Qualified name of the table of records that do not fit the columns. */
  readonly misfitTable: string;
}

/** Outcome of staging one dataset: staged, or refused alone (gate G6). */
export type StageOutcome =
  | { readonly kind: 'staged'; readonly staged: StagedDataset }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly rows: number };

export interface StageInput {
  readonly def: TableDef;
  readonly manifest: PackageDataset;
  readonly source: RawSource;
  readonly gzip: boolean;
  readonly onRows: (rows: number) => void;
}

/**
 * Decodes, types and judges one file of a package.
 * @throws RefusalError G4 when the file cannot be read as declared: the whole package is refused.
 */
export async function stageDataset(
  staging: StagingDatabase,
  input: StageInput,
): Promise<StageOutcome> {
  const { def, manifest } = input;
  const planned = planStage({
    def,
    profile: staging.profile,
    content: staging.content,
    mode: manifest.mode,
    fields: manifest.columns,
    references: staging.references,
    asOf: staging.asOf,
  });
  const plan = 'kind' in planned ? null : planned;
  const inPlace = staging.inPlace.has(def.name);
  const table = staging.tableOf(def);
  if (plan !== null) {
    const { createInPlace, createTable } = plan;
    await staging.run(inPlace ? createInPlace(table, staging.batch) : createTable(table));
  }
  const { header, decoded } = await loadFile(staging, input, table, plan);
  requireRowCount(manifest, decoded);
  const { rows, misfits, misfitFile } = decoded;
  const refused = (refusal: Refusal) => ({ kind: 'refused', refusal, rows }) as const;
  const wrongHeader = headerRefusal(manifest, header);
  if (wrongHeader !== null) return refused(wrongHeader);
  if ('kind' in planned) return refused(problemRefusal(manifest, planned));
  if (misfitFile !== null) await staging.keepMisfits(def.name, misfitFile);
  const misfitTable = `${staging.name}.misfit`;
  const keyRises = decoded.rising && keyComesFirst(planned);
  return {
    kind: 'staged',
    staged: { def, manifest, plan: planned, table, inPlace, rows, misfits, keyRises, misfitTable },
  };
}

/** The first field is the whole key, kept as it comes. */
function keyComesFirst({ def, fields, supplied }: StagePlan): boolean {
  const first = supplied.get(fields[0] ?? '');
  if (first === undefined || def.key.length !== 1) return false;
  return first.name === def.key[0] && first.codes === null && sqlType(first.type) === 'VARCHAR';
}

/** Reads a file to its end, also one that cannot be staged: its rows are counted. */
async function loadFile(
  staging: StagingDatabase,
  { def, manifest, source, gzip, onRows }: StageInput,
  table: string,
  plan: StagePlan | null,
): Promise<{ readonly header: readonly string[]; readonly decoded: DecodedFile }> {
  const directory = join(staging.chunks, def.name);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  let header: readonly string[] = manifest.header ? [] : manifest.columns;
  let rows = 0;
  const forms = plan?.forms ?? [];
  const decoded = await readable(manifest, () =>
    decodeDataset({
      source,
      format: { ...fileFormat(manifest, gzip), forms },
      directory,
      maxRows: manifest.rows,
      onHeader: (fields) => {
        header = fields;
      },
      onChunk: async (chunk) => {
        if (plan !== null && sameHeader(header, manifest)) {
          const lines = chunkSource(chunk, { ...manifest, fields: manifest.columns.length, forms });
          await staging.run(plan.insert(table, lines, chunk.spelling));
        }
        rows += chunk.rows;
        onRows(rows);
        await rm(chunk.path);
      },
    }),
  );
  return { header, decoded };
}

/** How a file is to be read, its records all alike. */
export function fileFormat(manifest: PackageDataset, gzip: boolean): FileFormat {
  return {
    encoding: manifest.encoding,
    delimiter: manifest.delimiter,
    quote: manifest.quote,
    fields: manifest.columns.length,
    gzip,
    header: manifest.header,
    forms: [],
  };
}

function sameHeader(header: readonly string[], manifest: PackageDataset): boolean {
  return (
    header.length === manifest.columns.length &&
    header.every((label, index) => label.trim() === manifest.columns[index])
  );
}

function titleOf({ dataset, file }: PackageDataset): string {
  return `数据集 ${dataset}（${file}）`;
}

function headerRefusal(manifest: PackageDataset, header: readonly string[]): Refusal | null {
  if (sameHeader(header, manifest)) return null;
  const odd = header.findIndex((label, index) => label.trim() !== manifest.columns[index]);
  const where =
    odd >= 0
      ? `第 ${odd + 1} 列文件为“${header[odd]}”，清单为“${manifest.columns[odd] ?? '（无）'}”`
      : `文件有 ${header.length} 列，清单有 ${manifest.columns.length} 列`;
  return gateRefusal('HEAD01', `${titleOf(manifest)}${where}。请来源按清单重新导出。`);
}

function problemRefusal(manifest: PackageDataset, problem: PlanProblem): Refusal {
  const at = titleOf(manifest);
  if (problem.kind === 'change_columns') {
    return gateRefusal('HEAD04', `${at}是增量，前两列必须是 op 和 op_time。请来源补齐后重报。`);
  }
  const columns = problem.columns.join('、');
  return problem.kind === 'missing_column'
    ? gateRefusal(
        'HEAD02',
        `${at}缺少 ${columns}，没有这些列就无法确定一行数据。请来源补齐后重报。`,
      )
    : gateRefusal('HEAD03', `${at}有两列都对应 ${columns}。请来源只保留一列后重报。`);
}

function requireRowCount(manifest: PackageDataset, decoded: DecodedFile): void {
  if (decoded.rows === manifest.rows) return;
  throw new RefusalError(
    gateRefusal(
      'ROWS01',
      `${manifest.file} 清单声明 ${manifest.rows} 行，实际读到 ${decoded.rows} 行，少 ${manifest.rows - decoded.rows} 行。文件可能被截断，请来源核对后重报。`,
    ),
  );
}

async function readable<T>(manifest: PackageDataset, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DecodeFaultError)) throw error;
    throw new RefusalError(decodeRefusal(manifest, error));
  }
}

const FAULT_CODES: Record<DecodeFaultError['fault']['code'], GateCode> = {
  undecodable: 'ENC01',
  mixed_encoding: 'ENC02',
  truncated_gzip: 'GZIP01',
  open_quote: 'QUOTE01',
  record_too_long: 'LONG01',
  nul_byte: 'NUL01',
  too_many_rows: 'ROWS01',
  empty_file: 'EMPTY01',
};

function decodeRefusal(manifest: PackageDataset, { fault }: DecodeFaultError): Refusal {
  const { file, encoding } = manifest;
  const offset = fault.offset === null ? '' : `第 ${fault.offset} 字节处`;
  const line = fault.line === null ? '' : `第 ${fault.line} 行`;
  const declared = encoding === 'gb18030' ? 'GB18030' : 'UTF-8';
  const texts: Record<typeof fault.code, string> = {
    undecodable: `${file} ${offset}的字节 ${fault.bytes ?? ''} 不是合法的 ${declared}。传输可能损坏或编码声明有误，请来源核对后重报。`,
    mixed_encoding: `${file} 声明为 ${declared}，${offset}却是 UTF-8 文字。请来源统一编码后重报。`,
    truncated_gzip: `${file} 解压到一半中断。文件没有传完或已损坏，请来源重报。`,
    open_quote: `${file} ${line}起的引号到文件末尾都没有闭合。请来源检查该行后重报。`,
    record_too_long: `${file} ${line}超过 1 MiB，多半是引号没有闭合或换行符不对。请来源检查后重报。`,
    nul_byte: `${file} ${line}附近（${offset}）有空字节，多半是 UTF-16 编码或文件损坏。请来源重新导出。`,
    too_many_rows: `${file} 的行数超过清单声明的 ${manifest.rows} 行。请来源核对后重报。`,
    empty_file: `${file} 没有任何内容，连表头也没有。请来源核对后重报。`,
  };
  return gateRefusal(FAULT_CODES[fault.code], texts[fault.code]);
}
