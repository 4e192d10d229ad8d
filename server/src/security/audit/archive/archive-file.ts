import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip, createGzip } from 'node:zlib';
import { openSm3 } from '../../signing/index.ts';
import type { AuditRecord } from '../model.ts';
import type { AuditHead } from '../stored-record.ts';
import { faultOf } from '../verify-audit.ts';

/** What a file of entries holds, as found by following the chain through it. */
export interface Followed {
  readonly head: AuditHead;
  readonly chainDigest: string;
  readonly firstAt: string;
  readonly lastAt: string;
}

/** First entry that does not continue the chain. */
export class ChainBroken extends Error {
  readonly seq: number;
  constructor(seq: number) {
    super(`audit entry ${seq} does not continue the chain`);
    this.seq = seq;
  }
}

/**
 * Follows the chain through entries from a head on. `noted` are hashes of checkpoints by number.
 * @throws ChainBroken at the first entry that is altered, missing or not the one noted
 */
export async function followChain(
  entries: AsyncIterable<AuditRecord>,
  from: AuditHead,
  noted: ReadonlyMap<number, string>,
): Promise<Followed> {
  let head = from;
  const digest = createHash('sha256');
  let firstAt = '';
  let lastAt = '';
  for await (const record of entries) {
    const known = noted.get(record.seq);
    if (faultOf(record, head) !== null || (known !== undefined && known !== record.hash)) {
      throw new ChainBroken(head.seq + 1);
    }
    head = { seq: record.seq, hash: record.hash };
    digest.update(record.hash);
    // Times are ISO texts in UTC; chained late, an entry may be older than the one before.
    if (firstAt === '' || record.at < firstAt) firstAt = record.at;
    if (record.at > lastAt) lastAt = record.at;
  }
  return { head, chainDigest: digest.digest('hex'), firstAt, lastAt };
}

/** Writes entries as compressed JSON lines, durably; the file has only its owner's rights. */
export async function writeEntries(
  file: string,
  pages: AsyncIterable<readonly AuditRecord[]>,
): Promise<void> {
  const lines = async function* () {
    for await (const page of pages) yield page.map((one) => `${JSON.stringify(one)}\n`).join('');
  };
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(file, { mode: 0o600 }));
  await syncPath(file);
}

/** Reads entries back; a file cut in the middle or damaged throws where it ends. */
export async function* entriesIn(file: string): AsyncGenerator<AuditRecord> {
  const plain = createGunzip();
  const reading = pipeline(createReadStream(file), plain);
  // Whoever iterates gets the error; unawaited it would also count as unhandled.
  reading.catch(() => undefined);
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of plain) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as AuditRecord;
  }
  await reading;
  if (rest !== '') throw new Error('the last line is not whole');
}

/** Size and SM3 of a file; null when it is not there. */
export async function measureFile(
  file: string,
): Promise<{ readonly bytes: number; readonly sm3: string } | null> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found === null) return null;
  const digest = openSm3();
  for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  return { bytes: found.size, sm3: digest.hex() };
}

/** Makes what was written to a file, or the names in a folder, survive a power failure. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
