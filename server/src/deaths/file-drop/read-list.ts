import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import readExcel from 'read-excel-file/node';
import yauzl from 'yauzl';
import { gb18030Transcoder } from '../../kernel/index.ts';
import { fileUnreadable } from '../errors.ts';

/** A list as it was sent: its header row, and every row after it as text. */
export interface SentList {
  readonly headers: readonly string[];
  readonly rows: readonly SentRow[];
}

export interface SentRow {
  /** Line or row number as the sender's program shows it. */
  readonly line: number;
  readonly cells: readonly string[];
}

export const MOST_BYTES = 20 * 1024 * 1024;
const MOST_UNPACKED_BYTES = 200 * 1024 * 1024;
const MOST_ROWS = 200_000;
/** Titles and remarks may stand above the header. */
const HEADER_WITHIN = 10;

type Grid = readonly { readonly line: number; readonly cells: readonly string[] }[];

/**
 * Reads an Excel or CSV list, UTF-8 or GB 18030, whatever stands above its header row.
 * @throws DEATHS_FILE_UNREADABLE
 */
export async function readList(
  bytes: Buffer,
  isHeader: (cells: readonly string[]) => boolean,
): Promise<SentList> {
  if (bytes.length === 0) throw fileUnreadable({ what: '文件是空的。' });
  if (bytes.length > MOST_BYTES) {
    throw fileUnreadable({ what: `文件超过 ${MOST_BYTES >> 20} MB，请分成几个。` });
  }
  const grid = await gridOf(bytes);
  const top = grid.slice(0, HEADER_WITHIN);
  const header =
    top.find(({ cells }) => isHeader(cells)) ?? top.find(({ cells }) => cells.some(Boolean));
  if (header === undefined) throw fileUnreadable({ what: '没有表头行。' });
  const headers = header.cells.map((cell) => cell.trim());
  const last = headers.findLastIndex((name) => name !== '');
  const rows = grid.filter(
    ({ line, cells }) => line > header.line && cells.some((cell) => cell.trim() !== ''),
  );
  if (rows.length > MOST_ROWS) {
    throw fileUnreadable({ what: `超过 ${MOST_ROWS} 行，请分成几个文件。` });
  }
  return { headers: headers.slice(0, last + 1), rows };
}

async function gridOf(bytes: Buffer): Promise<Grid> {
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') return excelGrid(bytes);
  if (bytes.subarray(0, 4).toString('hex') === 'd0cf11e0') {
    throw fileUnreadable({ what: '这是旧版 Excel（xls）。请用 Excel 或 WPS 另存为 xlsx 再导入。' });
  }
  return csvGrid(textOf(bytes));
}

/** Digits stay as the file has them: a number of 18 digits does not fit a JavaScript number. */
async function excelGrid(bytes: Buffer): Promise<Grid> {
  await requireHonestArchive(bytes);
  const sheets = await readExcel<string>(bytes, { trim: false, parseNumber: (text) => text }).catch(
    (error: unknown) => {
      throw fileUnreadable({ what: '不是有效的 xlsx 文件，或加了密码。' }, error);
    },
  );
  const filled = sheets.filter(({ data }) => data.length > 0);
  const [sheet] = filled;
  if (sheet === undefined) throw fileUnreadable({ what: '工作表是空的。' });
  if (filled.length > 1) {
    const names = filled.map((one) => one.sheet).join('、');
    throw fileUnreadable({
      what: `有 ${filled.length} 张工作表（${names}），请每张存为一个文件。`,
    });
  }
  return sheet.data.map((row, index) => ({ line: index + 1, cells: row.map(cellText) }));
}

/** The reading library trusts the sizes a zip claims: unpack once without keeping anything. */
async function requireHonestArchive(bytes: Buffer): Promise<void> {
  let unpacked = 0;
  try {
    const zip = await yauzl.fromBufferPromise(bytes, { validateEntrySizes: true });
    for await (const entry of zip.eachEntry()) {
      for await (const piece of await zip.openReadStreamPromise(entry)) {
        unpacked += (piece as Buffer).length;
        if (unpacked > MOST_UNPACKED_BYTES) break;
      }
      if (unpacked > MOST_UNPACKED_BYTES) break;
    }
  } catch (error) {
    throw fileUnreadable({ what: '不是有效的 xlsx 文件，或已损坏。' }, error);
  }
  if (unpacked > MOST_UNPACKED_BYTES)
    throw fileUnreadable({ what: '解压后过大，请分成几个文件。' });
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return String(cell);
}

function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8').replace(/^\ufeff/, '');
  const transcoder = gb18030Transcoder();
  try {
    const text = transcoder.push(bytes).toString('utf8');
    transcoder.end();
    return text;
  } catch (error) {
    throw fileUnreadable({ what: '既不是 UTF-8 也不是 GB 18030 编码，请另存为其中一种。' }, error);
  }
}

function csvGrid(text: string): Grid {
  const delimiter = delimiterOf(text);
  try {
    const records = parse(text, {
      ...{ delimiter, relax_column_count: true, skip_empty_lines: false, bom: true, info: true },
      relax_quotes: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    let before = 0;
    return records.map(({ record, info }) => {
      const line = before + 1;
      before = info.lines;
      return { line, cells: record };
    });
  } catch (error) {
    throw fileUnreadable({ what: '引号不成对，分不出行和列。请用 Excel 另存后再导入。' }, error);
  }
}

function delimiterOf(text: string): string {
  const head = text.slice(0, 4_000);
  const counts = [',', '\t', '|', ';'].map((mark) => [head.split(mark).length, mark] as const);
  return counts.reduce((best, one) => (one[0] > best[0] ? one : best))[1];
}
