import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openChunks } from './chunk-files.ts';
import { type Chunk, DecodeFaultError, type FileFormat, type Spelling } from './format.ts';
import { watchRisingKey } from './rising-key.ts';
import { joinRecord, type RecordSink, splitRecord } from './scan.ts';

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
  let headerSeen = !format.header;

  function keepQuotedAnew(record: string, line: number, multiline: boolean): void {
    const text = Buffer.from(joinRecord(splitRecord(record, delimiter, quote), delimiter, quote));
    if (text.length > LONGEST_LINE) throw new DecodeFaultError('record_too_long', { line });
    chunks.any.keep(text, 0, text.length, line, multiline);
    key.stop();
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
    finish: () => ({ rows, ...misfits.finish(), rising: key.rising() }),
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
