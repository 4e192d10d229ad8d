import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** Between fields and rows: control characters, which no value holds once {@link cell} is done. */
export const FIELD_END = '\x1f';

const BLOCK = 1 << 16;

/** Writes rows for the engine to read: text without quotes, so neither side has to escape. */
export interface RowFile {
  readonly path: string;
  /** Cells already made safe with {@link cell}. */
  add(row: string): void;
  /** Lets the disk catch up; call it between blocks. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export function openRowFile(path: string): RowFile {
  const stream = createWriteStream(path, { mode: 0o600, highWaterMark: 16 * BLOCK });
  let block = '';
  let failure: Error | null = null;
  stream.on('error', (error) => {
    failure = error;
  });
  const push = (): void => {
    stream.write(block);
    block = '';
  };
  return {
    path,
    add(row) {
      block += `${row}\n`;
      if (block.length >= BLOCK) push();
    },
    async drain() {
      if (failure !== null) throw failure;
      if (stream.writableNeedDrain) await once(stream, 'drain');
    },
    async close() {
      if (block !== '') push();
      stream.end();
      await finished(stream);
    },
  };
}

const CONTROL = /\p{Cc}/u;
const CONTROLS = /\p{Cc}+/gu;

/** A value as a cell: control characters become a space, null and empty an empty cell. */
export function cell(value: string | null | undefined): string {
  if (value === null || value === undefined) return '';
  return CONTROL.test(value) ? value.replace(CONTROLS, ' ') : value;
}

/** FROM item that reads a row file back, all columns text; empty cells are null. */
export function readRows(path: string, columns: readonly string[]): string {
  const types = columns.map((name) => `'${name}': 'VARCHAR'`).join(', ');
  return `read_csv('${path.replaceAll("'", "''")}', delim = '${FIELD_END}', header = false, quote = '', escape = '',
    auto_detect = false, strict_mode = true, columns = {${types}})`;
}
