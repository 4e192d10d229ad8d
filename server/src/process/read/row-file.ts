import { appendFile } from 'node:fs/promises';

/** Between fields and rows: control characters, which no value holds once {@link cell} is done. */
export const FIELD_END = '\x1f';
const FIELD_END_BYTE = 0x1f;

const BLOCK = 1 << 16;
/** UTF-8 takes at most this many bytes for one unit of a string. */
const WIDEST = 3;

/** Writes rows for the engine to read: text without quotes, so neither side has to escape. */
export class RowFile {
  readonly path: string;
  #block = Buffer.allocUnsafe(2 * BLOCK);
  #used = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Adds a whole row; its cells are already made safe with {@link cell}. */
  add(row: string): void {
    this.part(row);
    this.part('\n');
  }

  /** Adds a part of a row. */
  part(text: string): void {
    this.#room(text.length * WIDEST);
    this.#used += this.#block.write(text, this.#used);
  }

  /** Adds a further cell of a row, in bytes without control characters. */
  field(from: Uint8Array, start: number, end: number): void {
    this.#room(end - start + 1);
    const block = this.#block;
    let used = this.#used;
    block[used++] = FIELD_END_BYTE;
    // Cells are short: a call to copy them costs more than the bytes.
    for (let at = start; at < end; at += 1) block[used++] = from[at] as number;
    this.#used = used;
  }

  /** Lets the disk catch up; call it between blocks, for what is not written stays in memory. */
  async drain(): Promise<void> {
    if (this.#used >= BLOCK) await this.close();
  }

  /** Writes what is left; the file is there even when it has no rows. */
  async close(): Promise<void> {
    await appendFile(this.path, this.#block.subarray(0, this.#used), { mode: 0o600 });
    this.#used = 0;
  }

  #room(bytes: number): void {
    const wanted = this.#used + bytes;
    if (wanted <= this.#block.length) return;
    const larger = Buffer.allocUnsafe(Math.max(wanted, 2 * this.#block.length));
    this.#block.copy(larger, 0, 0, this.#used);
    this.#block = larger;
  }
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
