import type { ExportColumn, ExportRow } from '../model.ts';
import { shownText } from './cell.ts';
import type { Explanation } from './workbook.ts';
import type { ZipWriter } from './zip-writer.ts';

const CHUNK = 64 * 1024;
/** Old spreadsheets take a file without it for another encoding. */
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Writes rows as CSV for programs (RFC 4180, UTF-8), with the explanation as a text beside it in the
 * same zip file. Returns the number of rows.
 */
export async function writeCsv(
  zip: ZipWriter,
  content: {
    readonly explanation: Explanation;
    readonly columns: readonly ExportColumn[];
    readonly rows: AsyncIterable<ExportRow>;
    readonly onRows?: (written: number) => void;
  },
): Promise<number> {
  const { explanation, columns, rows } = content;
  const lines = [['导出说明', explanation.title] as const, ...explanation.lines];
  await zip.add(
    '导出说明.txt',
    lines.map(([name, value]) => `${name}：${value}\r\n`),
  );
  let written = 0;
  const text = async function* (): AsyncGenerator<string> {
    let chunk = BYTE_ORDER_MARK + line(columns.map(({ title }) => title));
    for await (const row of rows) {
      written += 1;
      chunk += line(columns.map((column, at) => shownText(column, row[at] ?? null)));
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = '';
      content.onRows?.(written);
    }
    yield chunk;
    content.onRows?.(written);
  };
  await zip.add('data.csv', text());
  return written;
}

function line(values: readonly string[]): string {
  return `${values.map(quoted).join(',')}\r\n`;
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
