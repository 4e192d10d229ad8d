import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import { exportTooLarge } from '../errors.ts';

/** Without the extension for huge files, which spreadsheets of old desktops cannot read. */
const LARGEST = 0xffff_ffff;
const MOST_ENTRIES = 0xffff;
/** Sizes stand after the data (bit 3), names are UTF-8 (bit 11). */
const FLAGS = 0x0808;
const DEFLATED = 8;
const VERSION = 20;

interface Entry {
  readonly name: Buffer;
  readonly crc: number;
  readonly size: number;
  readonly packed: number;
  readonly offset: number;
}

type Chunk = string | Uint8Array;

export interface ZipWriter {
  /** Packs one file while it arrives; entries come one after another. */
  add(name: string, chunks: AsyncIterable<Chunk> | Iterable<Chunk>): Promise<void>;
  /** Writes the directory and makes the file durable; returns its size in bytes. */
  end(): Promise<number>;
  /** Closes the file without finishing it. */
  abandon(): Promise<void>;
}

/**
 * Opens a zip file for writing, readable by its owner alone. Nothing is held but the chunk under
 * way, so memory does not grow with the file. The libraries at hand gather the whole sheet first.
 * @throws EXPORTS_TOO_LARGE beyond 4 GB
 */
export async function openZip(path: string, at: Date): Promise<ZipWriter> {
  const file = await open(path, 'wx', 0o600);
  const entries: Entry[] = [];
  const stamp = dosTime(at);
  let position = 0;
  const write = async (part: Buffer): Promise<void> => {
    if (position + part.length > LARGEST) throw exportTooLarge({ limit: '4 GB' });
    await file.writev([part]);
    position += part.length;
  };
  return {
    add: async (name, chunks) => {
      if (entries.length === MOST_ENTRIES)
        throw exportTooLarge({ limit: `${MOST_ENTRIES} 个文件` });
      const offset = position;
      const label = Buffer.from(name);
      await write(localHeader(label, stamp));
      const began = position;
      let crc = 0;
      let size = 0;
      async function* counted(): AsyncGenerator<Buffer> {
        for await (const chunk of chunks) {
          const part = typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk);
          crc = crc32(part, crc);
          size += part.length;
          yield part;
        }
      }
      await pipeline(counted, createDeflateRaw(), async (packed) => {
        for await (const part of packed) await write(part as Buffer);
      });
      if (size > LARGEST) throw exportTooLarge({ limit: '4 GB' });
      const packed = position - began;
      await write(fields([4, 0x08074b50], [4, crc], [4, packed], [4, size]));
      entries.push({ name: label, crc, size, packed, offset });
    },
    end: async () => {
      const began = position;
      for (const entry of entries) await write(directoryEntry(entry, stamp));
      const length = position - began;
      const count = entries.length;
      await write(
        fields([4, 0x06054b50], [4, 0], [2, count], [2, count], [4, length], [4, began], [2, 0]),
      );
      await file.sync();
      await file.close();
      return position;
    },
    abandon: () => file.close(),
  };
}

type DosTime = readonly [time: number, date: number];

/** Two-second steps since 1980, as the format has it. */
function dosTime(at: Date): DosTime {
  const wall = new Date(at.getTime() + 8 * 3_600_000);
  const time =
    (wall.getUTCHours() << 11) | (wall.getUTCMinutes() << 5) | (wall.getUTCSeconds() >> 1);
  const years = wall.getUTCFullYear() - 1980;
  return [time, (years << 9) | ((wall.getUTCMonth() + 1) << 5) | wall.getUTCDate()];
}

function localHeader(name: Buffer, [time, date]: DosTime): Buffer {
  const head = fields(
    ...([
      [4, 0x04034b50],
      [2, VERSION],
      [2, FLAGS],
      [2, DEFLATED],
      [2, time],
      [2, date],
    ] as const),
    ...([
      [4, 0],
      [4, 0],
      [4, 0],
      [2, name.length],
      [2, 0],
    ] as const),
  );
  return Buffer.concat([head, name]);
}

function directoryEntry(entry: Entry, [time, date]: DosTime): Buffer {
  const head = fields(
    ...([
      [4, 0x02014b50],
      [2, VERSION],
      [2, VERSION],
      [2, FLAGS],
      [2, DEFLATED],
    ] as const),
    ...([
      [2, time],
      [2, date],
      [4, entry.crc],
      [4, entry.packed],
      [4, entry.size],
    ] as const),
    ...([
      [2, entry.name.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, entry.offset],
    ] as const),
  );
  return Buffer.concat([head, entry.name]);
}

/** Little-endian numbers of two or four bytes, one after another. */
function fields(...parts: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  const out = Buffer.alloc(parts.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of parts) {
    if (bytes === 2) out.writeUInt16LE(value, at);
    else out.writeUInt32LE(value >>> 0, at);
    at += bytes;
  }
  return out;
}
