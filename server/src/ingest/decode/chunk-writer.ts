import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Chunk, DecodeFaultError, type FileFormat, type Spelling } from './format.ts';
import { watchRisingKey } from './rising-key.ts';
import { joinRecord, type RecordSink, splitRecord } from './scan.ts';

const BUFFER_BYTES = 4 << 20;
const LF = 0x0a;
const ZERO = 0x30;
const NINE = 0x39;
/** The first chunk is this part of a whole one, each later one twice the one before. */
const FIRST_SHARE = 8;
/** DuckDB reads lines of at most 2,000,000 bytes; the line number comes before the record. */
const LONGEST_LINE = 1_999_900;

export interface ChunkWriter extends RecordSink {
  /** Closes and hands out the chunks that have reached their size, or whatever was begun. */
  take(which: 'full' | 'all'): Chunk[];
  /** Totals and the file of misfits, after the last `take`. */
  finish(): { rows: number; misfits: number; misfitFile: string | null; rising: boolean };
}

/**
 * Writes records as numbered UTF-8 chunks: `line<delimiter>record`, those in the usual spelling apart
 * from the others. The first record is the header and goes to `onHeader`. Runs in a worker thread, so
 * it writes synchronously.
 */
export function createChunkWriter(options: {
  format: FileFormat;
  directory: string;
  chunkBytes: number;
  maxRows: number;
  onHeader: (fields: string[]) => void;
}): ChunkWriter {
  const { format, directory, maxRows, onHeader } = options;
  const { delimiter, quote } = format;
  const open = (spelling: Spelling) => openChunks({ ...options, spelling });
  const chunks = { usual: open('usual'), any: open('any') };
  const formed = format.forms.some((form) => form !== 'text');
  const key = watchRisingKey(delimiter.charCodeAt(0), quote.charCodeAt(0));
  const misfits = openMisfits(join(directory, 'misfits.csv'));
  let rows = 0;
  let literal = false;
  let headerSeen = !format.header;

  function keepQuotedAnew(record: string, line: number, multiline: boolean): void {
    const text = Buffer.from(joinRecord(splitRecord(record, delimiter, quote), delimiter, quote));
    if (text.length > LONGEST_LINE) throw new DecodeFaultError('record_too_long', { line });
    chunks.any.keep(text, 0, text.length, line, multiline);
    literal = true;
  }

  return {
    record(block, start, end, line, shape) {
      if (!headerSeen) {
        headerSeen = true;
        onHeader(splitRecord(block.toString('utf8', start, end), delimiter, quote));
        return;
      }
      rows++;
      if (rows > maxRows) throw new DecodeFaultError('too_many_rows', { line });
      const multiline = shape.lineBreaks > 0;
      if (shape.fields !== format.fields || shape.quoting === 'broken') {
        misfits.add(block.toString('utf8', start, end), line);
      } else if (shape.quoting === 'literal') {
        keepQuotedAnew(block.toString('utf8', start, end), line, multiline);
      } else {
        key.see(block, start, end);
        const kept = formed && shape.usual ? chunks.usual : chunks.any;
        kept.keep(block, start, end, line, multiline);
      }
    },
    take: (which) => [...chunks.usual.take(which), ...chunks.any.take(which)],
    finish: () => ({ rows, ...misfits.finish(), rising: key.rising() && !literal }),
  };
}

/** Files of numbered lines of one spelling, one after the other, written through one buffer. */
function openChunks({
  format,
  directory,
  chunkBytes,
  spelling,
}: {
  format: FileFormat;
  directory: string;
  chunkBytes: number;
  spelling: Spelling;
}) {
  const lineNumber = openLineNumber(format.delimiter.charCodeAt(0));
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

/** Records that do not have the shape of the header, with their lines; a file only when there are any. */
function openMisfits(path: string) {
  let file: number | null = null;
  let count = 0;
  return {
    add(text: string, line: number): void {
      file ??= openSync(path, 'w', 0o600);
      writeSync(file, `${line},"${text.replaceAll('"', '""')}"\n`);
      count++;
    },
    finish(): { misfits: number; misfitFile: string | null } {
      if (file !== null) closeSync(file);
      return { misfits: count, misfitFile: file === null ? null : path };
    },
  };
}
