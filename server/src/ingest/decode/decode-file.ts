import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { gb18030Transcoder, UndecodableError, utf8Transcoder } from '../../kernel/index.ts';
import { type RawSource, readRaw } from '../receive/sealed-raw.ts';
import { DecodeFaultError, type FileFormat } from './format.ts';
import { mixedEncodingDetector } from './mixed-encoding.ts';
import { createScanner, type RecordSink } from './scan.ts';

const BLOCK_BYTES = 1 << 20;
const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const GB18030_BOM = Buffer.from([0x84, 0x31, 0x95, 0x33]);

/**
 * Reads a raw file from first to last byte and gives every record to the sink.
 * `afterBlock` runs between blocks and may wait; `onBytes` counts bytes of the file as it lies.
 * @throws DecodeFaultError when the file cannot be read as declared (gate G4).
 */
export async function decodeFile(
  source: RawSource,
  format: FileFormat,
  sink: RecordSink,
  hooks: { onBytes?: (bytes: number) => void; afterBlock?: () => Promise<void> | void } = {},
): Promise<void> {
  const transcoder = format.encoding === 'gb18030' ? gb18030Transcoder() : utf8Transcoder();
  const detector = format.encoding === 'gb18030' ? mixedEncodingDetector() : null;
  const scanner = createScanner(
    {
      delimiter: format.delimiter.charCodeAt(0),
      quote: format.quote.charCodeAt(0),
      forms: format.forms,
    },
    sink,
  );
  let read = 0; // bytes of the unpacked file before `block`
  let mark = 0; // length of the byte order mark
  const refuseMixed = (at: number | null) => {
    if (at !== null) throw new DecodeFaultError('mixed_encoding', { offset: mark + at });
  };
  for await (const raw of blocks(source, format.gzip, hooks.onBytes)) {
    if (read === 0) mark = bomLength(raw, format.encoding);
    const block = read === 0 ? raw.subarray(mark) : raw;
    const nul = raw.indexOf(0);
    if (nul >= 0) {
      const line = scanner.lineAfter(raw.subarray(0, nul));
      throw new DecodeFaultError('nul_byte', { offset: read + nul, line });
    }
    read += raw.length;
    refuseMixed(detector?.push(block) ?? null);
    scanner.push(decoded(mark, () => transcoder.push(block)));
    await hooks.afterBlock?.();
  }
  // A file without header that declares no rows may well be empty.
  if (read === 0 && format.header) throw new DecodeFaultError('empty_file');
  refuseMixed(detector?.end() ?? null);
  decoded(mark, () => transcoder.end());
  scanner.end();
}

function decoded<T>(mark: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UndecodableError)) throw error;
    throw new DecodeFaultError('undecodable', { offset: mark + error.offset, bytes: error.bytes });
  }
}

function bomLength(block: Buffer, encoding: FileFormat['encoding']): number {
  if (block.subarray(0, 3).equals(UTF8_BOM)) {
    if (encoding === 'gb18030') throw new DecodeFaultError('mixed_encoding', { offset: 0 });
    return 3;
  }
  return encoding === 'gb18030' && block.subarray(0, 4).equals(GB18030_BOM) ? 4 : 0;
}

async function* blocks(
  source: RawSource,
  gzip: boolean,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<Buffer> {
  const pieces = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of readRaw(source)) {
      onBytes(piece.length);
      yield piece;
    }
  };
  if (!gzip) {
    yield* pieces();
    return;
  }
  const file = Readable.from(pieces(), { objectMode: false, highWaterMark: BLOCK_BYTES });
  const unpacked = file.pipe(createGunzip({ chunkSize: BLOCK_BYTES }));
  file.on('error', (error) => unpacked.destroy(error));
  try {
    yield* unpacked as AsyncIterable<Buffer>;
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new DecodeFaultError('truncated_gzip');
  } finally {
    file.destroy();
  }
}

function isZlibError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('Z_');
}
