import { isAscii } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  createWriteStream,
  openSync,
  readSync,
  rmSync,
  type WriteStream,
} from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { createGzip, type Gzip } from 'node:zlib';
import { encodeGb18030 } from '../../server/src/kernel/index.ts';

/** What the generator asks of the thread that encodes, compresses and digests files. */
export type FileCommand =
  | {
      readonly op: 'open';
      readonly path: string;
      readonly gzip: boolean;
      readonly crlf: boolean;
      readonly header: string;
    }
  | { readonly op: 'append'; readonly file: string }
  | { readonly op: 'close' };

export type FileReply =
  | { readonly op: 'opened' | 'appended' }
  | { readonly op: 'closed'; readonly bytes: number; readonly sm3: string }
  | { readonly op: 'failed'; readonly message: string };

interface Target {
  readonly file: WriteStream;
  readonly gzip: Gzip | null;
  readonly hash: Hash;
  readonly crlf: boolean;
  bytes: number;
}

const BLOCK = 4 * 1024 * 1024;
const block = Buffer.allocUnsafe(BLOCK);
let target: Target | undefined;

function open(command: Extract<FileCommand, { op: 'open' }>): Target {
  const file = createWriteStream(command.path, { highWaterMark: BLOCK });
  const gzip = command.gzip ? createGzip({ level: 1, chunkSize: 1024 * 1024 }) : null;
  const made: Target = { file, gzip, hash: createHash('sm3'), crlf: command.crlf, bytes: 0 };
  (gzip ?? file).once('error', (error: Error) => file.destroy(error));
  gzip?.on('data', (chunk: Buffer) => {
    if (!put(made, chunk)) {
      gzip.pause();
      file.once('drain', () => gzip.resume());
    }
  });
  return made;
}

function put(to: Target, chunk: Buffer): boolean {
  to.bytes += chunk.length;
  to.hash.update(chunk);
  return to.file.write(chunk);
}

async function write(to: Target, chunk: Buffer): Promise<void> {
  if (to.gzip === null) {
    if (!put(to, chunk)) await once(to.file, 'drain');
  } else if (!to.gzip.write(chunk)) {
    await once(to.gzip, 'drain');
  }
}

/** Blocks end at a line, so that no character is cut; pure ASCII needs no transcoding. */
async function append(to: Target, path: string): Promise<void> {
  const input = openSync(path, 'r');
  let kept = 0;
  for (;;) {
    const read = readSync(input, block, kept, BLOCK - kept, null);
    const filled = kept + read;
    const end = read === 0 ? filled : block.lastIndexOf(10, filled - 1) + 1;
    if (end > 0) await write(to, encode(block.subarray(0, end), to.crlf));
    if (read === 0) break;
    block.copyWithin(0, end, filled);
    kept = filled - end;
  }
  closeSync(input);
  rmSync(path);
}

function encode(bytes: Buffer, crlf: boolean): Buffer {
  // The block is reused, and the stream may hold what it is given: copy.
  if (!crlf && isAscii(bytes)) return Buffer.from(bytes);
  const text = bytes.toString('utf8');
  return encodeGb18030(crlf ? text.replaceAll('\n', '\r\n') : text);
}

async function close(to: Target): Promise<FileReply> {
  if (to.gzip !== null) {
    to.gzip.end();
    await once(to.gzip, 'end');
  }
  to.file.end();
  await once(to.file, 'close');
  return { op: 'closed', bytes: to.bytes, sm3: to.hash.digest('hex') };
}

async function handle(command: FileCommand): Promise<FileReply> {
  if (command.op === 'open') {
    target = open(command);
    await write(target, encode(Buffer.from(`${command.header}\n`), command.crlf));
    return { op: 'opened' };
  }
  if (target === undefined) throw new Error('no file is open');
  if (command.op === 'close') return close(target);
  await append(target, command.file);
  return { op: 'appended' };
}

let queue = Promise.resolve();
parentPort?.on('message', (command: FileCommand) => {
  queue = queue
    .then(() => handle(command))
    .catch((error: unknown): FileReply => ({ op: 'failed', message: String(error) }))
    .then((reply) => parentPort?.postMessage(reply));
});
