import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Chunk, DecodeFaultError, type FileFormat } from './format.ts';
import { joinRecord, type RecordSink, splitRecord } from './scan.ts';

const BUFFER_BYTES = 4 << 20;
const LF = 0x0a;
/** The first chunk is this part of a whole one, each later one twice the one before. */
const FIRST_SHARE = 8;
/** DuckDB reads lines of at most 2,000,000 bytes; the line number comes before the record. */
const LONGEST_LINE = 1_999_900;

export interface ChunkWriter extends RecordSink {
  /** Closes the open chunk and hands it out; null when nothing was written since the last. */
  take(): Chunk | null;
  /** The chunk has reached its size and should be taken. */
  isFull(): boolean;
  /** Totals and the file of misfits, after the last `take`. */
  finish(): { rows: number; misfits: number; misfitFile: string | null };
}

/**
 * Writes records as numbered UTF-8 chunks: `line<delimiter>record`. The first record is the header
 * and goes to `onHeader`. Runs in a worker thread, so it writes synchronously.
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
  const chunks = openChunks(directory, delimiter.charCodeAt(0), options.chunkBytes);
  const misfits = openMisfits(join(directory, 'misfits.csv'));
  let rows = 0;
  let headerSeen = !format.header;

  function keepQuotedAnew(record: string, line: number): void {
    const text = Buffer.from(joinRecord(splitRecord(record, delimiter, quote), delimiter, quote));
    if (text.length > LONGEST_LINE) throw new DecodeFaultError('record_too_long', { line });
    chunks.keep(text, 0, text.length, line);
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
      if (shape.fields !== format.fields || shape.quoting === 'broken') {
        misfits.add(block.toString('utf8', start, end), line);
      } else if (shape.quoting === 'literal') {
        keepQuotedAnew(block.toString('utf8', start, end), line);
      } else {
        chunks.keep(block, start, end, line);
      }
      if (shape.lineBreaks > 0) chunks.noteMultiline();
    },
    isFull: chunks.isFull,
    take: chunks.take,
    finish: () => ({ rows, ...misfits.finish() }),
  };
}

/** Files of numbered lines, one after the other, written through one buffer. */
function openChunks(directory: string, delimiter: number, chunkBytes: number) {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  const digits = new Uint8Array(20);
  let used = 0;
  let file: number | null = null;
  let chunk = { number: 0, rows: 0, bytes: 0, multiline: false };
  const chunkPath = () => join(directory, `chunk-${chunk.number}.txt`);

  function flush(): void {
    if (used === 0) return;
    file ??= openSync(chunkPath(), 'w', 0o600);
    writeSync(file, buffer, 0, used);
    chunk.bytes += used;
    used = 0;
  }

  function writeLineNumber(line: number): void {
    let rest = line;
    let count = 0;
    while (rest > 0) {
      digits[count++] = 0x30 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    while (count > 0) buffer[used++] = digits[--count] as number;
    buffer[used++] = delimiter;
  }

  return {
    keep(block: Buffer, start: number, end: number, line: number): void {
      if (used + (end - start) + 32 > BUFFER_BYTES) flush();
      writeLineNumber(line);
      used += block.copy(buffer, used, start, end);
      buffer[used++] = LF;
      chunk.rows++;
    },
    noteMultiline(): void {
      chunk.multiline = true;
    },
    // Small at first, so that the database does not wait for the first and has little left to do
    // when a small file ends.
    isFull: (): boolean =>
      chunk.bytes + used >= Math.min(chunkBytes, (chunkBytes / FIRST_SHARE) * 2 ** chunk.number),
    take(): Chunk | null {
      if (chunk.rows === 0) return null;
      flush();
      if (file !== null) closeSync(file);
      file = null;
      const { rows, bytes, multiline } = chunk;
      const taken = { path: chunkPath(), rows, bytes, multiline };
      chunk = { number: chunk.number + 1, rows: 0, bytes: 0, multiline: false };
      return taken;
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
