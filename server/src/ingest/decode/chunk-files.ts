import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Chunk, FileFormat, Spelling } from './format.ts';

const BUFFER_BYTES = 4 << 20;
const LF = 0x0a;
const ZERO = 0x30;
const NINE = 0x39;
/** The first chunk is this part of a whole one, each later one twice the one before. */
const FIRST_SHARE = 8;

/** The chunks of one spelling, one file after the other. */
export interface ChunkFiles {
  /** Writes the record `block[start..end)` after its line. */
  keep(block: Buffer, start: number, end: number, line: number, multiline: boolean): void;
  /** Closes the open chunk and hands it out, if there is one and it is wanted. */
  take(which: 'full' | 'all'): Chunk[];
}

/** Files of numbered lines of one spelling, one after the other, written through one buffer. */
export function openChunks(options: {
  readonly format: Pick<FileFormat, 'delimiter'>;
  readonly directory: string;
  readonly chunkBytes: number;
  readonly spelling: Spelling;
}): ChunkFiles {
  const { directory, chunkBytes, spelling } = options;
  const lineNumber = openLineNumber(options.format.delimiter.charCodeAt(0));
  let buffer: Buffer | null = null;
  let used = 0;
  let file: number | null = null;
  let chunk = { number: 0, rows: 0, bytes: 0, multiline: false };
  const chunkPath = () => join(directory, `chunk-${spelling}-${chunk.number}.txt`);

  function flush(from: Buffer): void {
    if (used === 0) return;
    file ??= openSync(chunkPath(), 'w', 0o600);
    writeSync(file, from, 0, used);
    chunk.bytes += used;
    used = 0;
  }

  // Small at first, so that the database does not wait for the first and has little left to do
  // when a small file ends.
  const isFull = (): boolean =>
    chunk.bytes + used >= Math.min(chunkBytes, (chunkBytes / FIRST_SHARE) * 2 ** chunk.number);

  return {
    keep(block: Buffer, start: number, end: number, line: number, multiline: boolean): void {
      buffer ??= Buffer.allocUnsafe(BUFFER_BYTES);
      if (used + (end - start) + 32 > BUFFER_BYTES) flush(buffer);
      used = lineNumber.write(line, buffer, used);
      used += block.copy(buffer, used, start, end);
      buffer[used++] = LF;
      chunk.rows++;
      chunk.multiline ||= multiline;
    },
    take(which: 'full' | 'all'): Chunk[] {
      if (buffer === null || chunk.rows === 0 || (which === 'full' && !isFull())) return [];
      flush(buffer);
      if (file !== null) closeSync(file);
      file = null;
      const { rows, bytes, multiline } = chunk;
      const taken = { path: chunkPath(), rows, bytes, multiline, spelling };
      chunk = { number: chunk.number + 1, rows: 0, bytes: 0, multiline: false };
      return [taken];
    },
  };
}

/** Writes line numbers and a delimiter; most follow the one before, so the digits just count on. */
function openLineNumber(delimiter: number) {
  let text = Buffer.from('0');
  let written = 0;

  function countOn(): void {
    let at = text.length - 1;
    while (at >= 0 && text[at] === NINE) text[at--] = ZERO;
    if (at >= 0) text[at] = (text[at] as number) + 1;
    else text = Buffer.from(`1${text}`);
  }

  return {
    /** Where the bytes written to `buffer` from `at` end. */
    write(line: number, buffer: Buffer, at: number): number {
      if (line === written + 1) countOn();
      else text = Buffer.from(String(line));
      written = line;
      let end = at;
      for (let i = 0; i < text.length; i++) buffer[end++] = text[i] as number;
      buffer[end++] = delimiter;
      return end;
    },
  };
}
