import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type DataKey, openSm3 } from '../../security/index.ts';
import { rawDamaged } from './errors.ts';

/**
 * A raw file as it lies sealed: magic (8), key id (24, zeros after it), counter (16), the SM4-CTR text,
 * proof (32). The proof is HMAC-SM3 over all before the text and over digest and length of the plain
 * bytes, which are hashed anyway: with counter and key fixed, the text is proven with them.
 */
const MAGIC = Buffer.from('HLRAW1\r\n', 'latin1');
const KEY_ID_BYTES = 24;
const IV_AT = MAGIC.length + KEY_ID_BYTES;
const HEADER_BYTES = IV_AT + 16;
const PROOF_BYTES = 32;
const BLOCK_BYTES = 1 << 20;

/** Bytes a sealed file has more than the plain one. */
export const SEALED_OVERHEAD_BYTES = HEADER_BYTES + PROOF_BYTES;

/** A stored file with what is needed to read it; may be handed to another thread. */
export interface RawSource {
  readonly path: string;
  /** Null for a plain file of a folder of before. */
  readonly sealed: {
    readonly sm3: string;
    readonly key: { readonly cipher: Uint8Array; readonly mac: Uint8Array };
  } | null;
}

/** Seals one file while it arrives: header, every piece, proof. */
export interface RawSealer {
  readonly header: Buffer;
  seal(piece: Uint8Array): Buffer;
  proof(sm3: string, bytes: number): Buffer;
}

export function openSealer({ id, seal }: DataKey): RawSealer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.write(id, MAGIC.length, KEY_ID_BYTES, 'latin1');
  randomBytes(16).copy(header, IV_AT);
  const cipher = createCipheriv('sm4-ctr', seal.cipher, header.subarray(IV_AT));
  return {
    header,
    seal: (piece) => cipher.update(piece),
    proof: (sm3, bytes) => proofOf(seal.mac, header, sm3, bytes),
  };
}

/** The id of the key a file is sealed under; null for a plain file. */
export async function keyIdOf(path: string): Promise<string | null> {
  await using handle = await open(path, 'r');
  return idIn(await headOf(handle));
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
  const header = await headOf(handle);
  const end = (await handle.stat()).size - PROOF_BYTES;
  const damaged = (problem: string) => rawDamaged({ sm3: sealed.sm3, problem });
  if (idIn(header) === null || end < HEADER_BYTES) throw damaged('文件不完整');
  const decipher = createDecipheriv('sm4-ctr', sealed.key.cipher, header.subarray(IV_AT));
  const digest = openSm3();
  let bytes = 0;
  if (end > HEADER_BYTES) {
    const range = { start: HEADER_BYTES, end: end - 1, highWaterMark: BLOCK_BYTES };
    for await (const piece of createReadStream(path, range) as AsyncIterable<Buffer>) {
      const plain = decipher.update(piece);
      digest.update(plain);
      bytes += plain.length;
      yield plain;
    }
  }
  const proof = Buffer.alloc(PROOF_BYTES);
  await handle.read(proof, 0, PROOF_BYTES, end);
  const sm3 = digest.hex();
  if (sm3 !== sealed.sm3) throw damaged('内容与摘要不符');
  if (!proof.equals(proofOf(sealed.key.mac, header, sm3, bytes))) throw damaged('完整性证明不符');
}

/** Tells whether a file that could not be understood is damaged here, not sent like that. */
export async function requireSound(source: RawSource): Promise<void> {
  if (source.sealed === null) return;
  for await (const _ of readRaw(source));
}

async function headOf(handle: FileHandle): Promise<Buffer> {
  const head = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await handle.read(head, 0, HEADER_BYTES, 0);
  return head.subarray(0, bytesRead);
}

function idIn(head: Buffer): string | null {
  if (head.length < HEADER_BYTES || !head.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  return head.toString('latin1', MAGIC.length, IV_AT).replace(/\0+$/, '');
}

function proofOf(mac: Uint8Array, header: Buffer, sm3: string, bytes: number): Buffer {
  return createHmac('sm3', mac).update(header).update(`${sm3} ${bytes}`).digest();
}
