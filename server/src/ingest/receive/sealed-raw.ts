import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
// Types only: a decode worker loads this file once a dataset, and all of security takes it longer
// than most files take to decode.
import type { DataKey } from '../../security/index.ts';
import { rawDamaged } from './errors.ts';

/**
 * A raw file as it lies sealed: magic (8), key id (24, zeros after it), counter (16), the SM4-CTR text,
 * length of the plain bytes (8, absent in files of before), proof (32).
 *
 * The text is blocks of zstd, each after its length (4): a table packs to a fifth, and encrypting is
 * what costs. The proof is HMAC-SM3 over header, encrypted text, digest and length of the plain bytes.
 * Files of before (`HLRAW1`) hold the plain bytes encrypted and prove header, digest and length, so
 * reading them digests the plain bytes again.
 */
const MAGIC = Buffer.from('HLRAW2\r\n', 'latin1');
const MAGIC_UNPACKED = Buffer.from('HLRAW1\r\n', 'latin1');
const KEY_ID_BYTES = 24;
const IV_AT = MAGIC.length + KEY_ID_BYTES;
const HEADER_BYTES = IV_AT + 16;
const LENGTH_BYTES = 8;
const PROOF_BYTES = 32;
const BLOCK_BYTES = 1 << 20;
/** No block of ours is near it; a damaged length must not ask for gigabytes. */
const LARGEST_BLOCK = 64 << 20;

const pack = promisify(zstdCompress);
const unpack = promisify(zstdDecompress);
/** Every buffer that is full is a turn to another thread and back: of 16 KiB that triples the cost. */
const BUFFERS = { chunkSize: 2 << 20 };
const PACKING = { ...BUFFERS, params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const UNPACKING = { ...BUFFERS, maxOutputLength: LARGEST_BLOCK };

/** A stored file with what is needed to read it; may be handed to another thread. */
export interface RawSource {
  readonly path: string;
  /** Null for a plain file of a folder of before. */
  readonly sealed: {
    readonly sm3: string;
    readonly key: { readonly cipher: Uint8Array; readonly mac: Uint8Array };
  } | null;
}

/** Seals one file while it arrives: header, every piece in its order, end. */
export interface RawSealer {
  readonly header: Buffer;
  /** Packs a piece on another thread; it must stay as it is until then. */
  pack(piece: Uint8Array): Promise<Buffer>;
  /** Encrypts what was packed: piece by piece in the order of the file. */
  encrypt(packed: Uint8Array): Buffer;
  /** Length and proof, from the SM3 and length of all pieces. */
  end(sm3: string, bytes: number): Buffer;
}

export function openSealer({ id, seal }: DataKey): RawSealer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.write(id, MAGIC.length, KEY_ID_BYTES, 'latin1');
  randomBytes(16).copy(header, IV_AT);
  const cipher = createCipheriv('sm4-ctr', seal.cipher, header.subarray(IV_AT));
  const mac = createHmac('sm3', seal.mac).update(header);
  return {
    header,
    pack: (piece) => pack(piece, PACKING),
    encrypt: (packed) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(packed.length);
      const sealed = Buffer.concat([cipher.update(length), cipher.update(packed)]);
      mac.update(sealed);
      return sealed;
    },
    end: (sm3, bytes) => {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeBigUInt64BE(BigInt(bytes));
      return Buffer.concat([length, mac.update(`${sm3} ${bytes}`).digest()]);
    },
  };
}

/** What header and end of a stored file say, unproven; `keyId` is null for a plain file. */
export async function describeRaw(
  path: string,
): Promise<{ readonly keyId: string | null; readonly bytes: number }> {
  await using handle = await open(path, 'r');
  const { size } = await handle.stat();
  const { form, keyId } = formOf(await bytesAt(handle, 0, HEADER_BYTES));
  if (form === 'plain') return { keyId, bytes: size };
  if (form === 'unpacked') return { keyId, bytes: size - HEADER_BYTES - PROOF_BYTES };
  const length = await bytesAt(handle, size - PROOF_BYTES - LENGTH_BYTES, LENGTH_BYTES);
  return { keyId, bytes: Number(length.readBigUInt64BE()) };
}

/**
 * Reads the plain bytes of a stored file from first to last. A sealed one is proven at its end, so
 * nothing read may take effect before the last piece has come.
 * @throws INGEST_RAW_DAMAGED
 */
export async function* readRaw(source: RawSource): AsyncGenerator<Buffer> {
  const { path, sealed } = source;
  if (sealed === null) {
    yield* createReadStream(path, { highWaterMark: BLOCK_BYTES }) as AsyncIterable<Buffer>;
    return;
  }
  await using handle = await open(path, 'r');
  const { size } = await handle.stat();
  const { form } = formOf(await bytesAt(handle, 0, HEADER_BYTES));
  if (form === 'packed') yield* readPacked(handle, size, sealed);
  else if (form === 'unpacked') yield* readUnpacked(handle, size, sealed);
  else throw rawDamaged({ sm3: sealed.sm3, problem: '文件不完整' });
}

/** Tells whether a file that could not be understood is damaged here, not sent like that. */
export async function requireSound(source: RawSource): Promise<void> {
  if (source.sealed === null) return;
  for await (const _ of readRaw(source));
}

type Sealed = NonNullable<RawSource['sealed']>;

async function* readPacked(
  handle: FileHandle,
  size: number,
  { sm3, key }: Sealed,
): AsyncGenerator<Buffer> {
  const damaged = (problem: string, cause?: unknown) => rawDamaged({ sm3, problem }, cause);
  const header = await bytesAt(handle, 0, HEADER_BYTES);
  const end = size - PROOF_BYTES - LENGTH_BYTES;
  const decipher = createDecipheriv('sm4-ctr', key.cipher, header.subarray(IV_AT));
  const mac = createHmac('sm3', key.mac).update(header);
  let at = HEADER_BYTES;
  let bytes = 0;
  const next = async (length: number): Promise<Buffer> => {
    if (length > LARGEST_BLOCK || at + length > end) throw damaged('内容已改变，无法解开');
    const sealed = await bytesAt(handle, at, length);
    at += length;
    mac.update(sealed);
    return decipher.update(sealed);
  };
  while (at < end) {
    const packed = await next((await next(4)).readUInt32BE());
    const plain = await unpack(packed, UNPACKING).catch((error) => {
      throw damaged('内容已改变，无法解开', error);
    });
    bytes += plain.length;
    yield plain;
  }
  const proof = await bytesAt(handle, size - PROOF_BYTES, PROOF_BYTES);
  if (at !== end || !proof.equals(mac.update(`${sm3} ${bytes}`).digest())) {
    throw damaged('完整性证明不符');
  }
}

async function* readUnpacked(
  handle: FileHandle,
  size: number,
  { sm3, key }: Sealed,
): AsyncGenerator<Buffer> {
  const header = await bytesAt(handle, 0, HEADER_BYTES);
  const decipher = createDecipheriv('sm4-ctr', key.cipher, header.subarray(IV_AT));
  const digest = createHash('sm3');
  const end = size - PROOF_BYTES;
  for (let at = HEADER_BYTES; at < end; at += BLOCK_BYTES) {
    const plain = decipher.update(await bytesAt(handle, at, Math.min(BLOCK_BYTES, end - at)));
    digest.update(plain);
    yield plain;
  }
  const damaged = (problem: string) => rawDamaged({ sm3, problem });
  if (digest.digest('hex') !== sm3) throw damaged('内容与摘要不符');
  const proof = await bytesAt(handle, end, PROOF_BYTES);
  const proven = createHmac('sm3', key.mac).update(header);
  if (!proof.equals(proven.update(`${sm3} ${end - HEADER_BYTES}`).digest())) {
    throw damaged('完整性证明不符');
  }
}

/** Fewer bytes where the file ends before: it is no sealed file, or was cut. */
async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, at);
  return bytes.subarray(0, bytesRead);
}

function formOf(head: Buffer): {
  readonly form: 'packed' | 'unpacked' | 'plain';
  readonly keyId: string | null;
} {
  const magic = head.subarray(0, MAGIC.length);
  const packed = magic.equals(MAGIC);
  if (head.length < HEADER_BYTES || !(packed || magic.equals(MAGIC_UNPACKED))) {
    return { form: 'plain', keyId: null };
  }
  const keyId = head.toString('latin1', MAGIC.length, IV_AT).replace(/\0+$/, '');
  return { form: packed ? 'packed' : 'unpacked', keyId };
}
