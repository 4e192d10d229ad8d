import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyProvider } from '../crypto/index.ts';
import {
  signSm2,
  sm2PrivateKeyOf,
  sm2PublicKeyOf,
  sm2PublicKeyPem,
  sm3Hex,
  verifySm2,
} from '../signing/index.ts';
import type { AuditHead } from './stored-record.ts';

/** State of the audit log at one moment, signed (检查点). */
export interface Checkpoint extends AuditHead {
  readonly at: string;
  readonly key_id: string;
  /** SM3 of the line before; the first one's is empty. */
  readonly previous: string;
  /** SM2 signature (DER, hex, uid 1234567812345678) over the line without it. */
  readonly signature: string;
}

/** What was found in the file of checkpoints. */
export interface AnchorState {
  readonly checkpoints: readonly Checkpoint[];
  /** First line that is not what was written, counted from 1; null when all are sound. */
  readonly badLine: number | null;
}

/** Where checkpoints are kept besides the log: another disk, another host, a printer's spool. */
export interface AuditAnchor {
  readonly dir: string;
  /** Public keys by id, as exported beside the checkpoints. */
  readonly publicKeys: ReadonlyMap<string, string>;
  read(): Promise<AnchorState>;
  /** Adds a checkpoint, durably. */
  append(head: AuditHead, at: string): Promise<Checkpoint>;
  /** Signs what leaves the house and shall be checked there with openssl (证据包). */
  sign(text: string): AnchorSignature;
}

/** An SM2 signature as files: DER, and the public key as PEM. */
export interface AnchorSignature {
  readonly keyId: string;
  readonly signature: Buffer;
  readonly publicKeyPem: string;
}

const FILE = 'checkpoints.jsonl';
const KEY_FILE = 'public-keys.txt';

/** Opens the folder of checkpoints, made when absent, and exports the public keys into it. */
export async function openAnchor(dir: string, keys: KeyProvider): Promise<AuditAnchor> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const publicKeys = new Map(
    keys.ids('anchor').map((id) => [id, sm2PublicKeyOf(sm2PrivateKeyOf(keys.find(id).secret))]),
  );
  const file = join(dir, FILE);
  const exportKeys = () => {
    const lines = [...publicKeys].map(([id, key]) => `${id} SM2 ${key}\n`).join('');
    return writeDurably(join(dir, KEY_FILE), lines, 'w');
  };
  await exportKeys();
  const read = async () => judge(await linesOf(file), publicKeys);
  return {
    dir,
    publicKeys,
    read,
    append: async ({ seq, hash }, at) => {
      const key = keys.current('anchor');
      // The key may have been changed since the folder was opened.
      if (!publicKeys.has(key.id)) {
        publicKeys.set(key.id, sm2PublicKeyOf(sm2PrivateKeyOf(key.secret)));
        await exportKeys();
      }
      const last = (await linesOf(file)).at(-1);
      const unsigned = {
        ...{ seq, hash, at, key_id: key.id },
        previous: last === undefined ? '' : sm3Hex(last),
      };
      const signature = signSm2(sm2PrivateKeyOf(key.secret), JSON.stringify(unsigned));
      const checkpoint = { ...unsigned, signature };
      await writeDurably(file, `${JSON.stringify(checkpoint)}\n`, 'a');
      return checkpoint;
    },
    sign: (text) => {
      const key = keys.current('anchor');
      const secret = sm2PrivateKeyOf(key.secret);
      return {
        keyId: key.id,
        signature: Buffer.from(signSm2(secret, text), 'hex'),
        publicKeyPem: sm2PublicKeyPem(sm2PublicKeyOf(secret)),
      };
    },
  };
}

async function linesOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').filter((line) => line !== '');
}

/**
 * Every line names the digest of the one before, so the newest signature vouches for all; it alone
 * is checked as long as the lines hang together.
 */
function judge(lines: readonly string[], publicKeys: ReadonlyMap<string, string>): AnchorState {
  const checkpoints: Checkpoint[] = [];
  for (const [index, line] of lines.entries()) {
    const checkpoint = parse(line);
    const before = lines[index - 1];
    const hangs = checkpoint?.previous === (before === undefined ? '' : sm3Hex(before));
    const last = index === lines.length - 1;
    if (checkpoint === null || !hangs || (last && !isSigned(checkpoint, publicKeys))) {
      // A broken link accuses the line before as much as this one: signatures tell which it is.
      const previous = checkpoints.at(-1);
      const accused = previous !== undefined && !isSigned(previous, publicKeys);
      if (accused) checkpoints.pop();
      return { checkpoints, badLine: accused ? index : index + 1 };
    }
    checkpoints.push(checkpoint);
  }
  return { checkpoints, badLine: null };
}

function isSigned({ signature, ...unsigned }: Checkpoint, keys: ReadonlyMap<string, string>) {
  const key = keys.get(unsigned.key_id);
  return key !== undefined && verifySm2(key, JSON.stringify(unsigned), signature);
}

function parse(line: string): Checkpoint | null {
  try {
    const { seq, hash, at, key_id, previous, signature } = JSON.parse(line) as Checkpoint;
    const texts = [hash, at, key_id, previous, signature];
    const whole = Number.isSafeInteger(seq) && texts.every((text) => typeof text === 'string');
    return whole ? { seq, hash, at, key_id, previous, signature } : null;
  } catch {
    return null;
  }
}

async function writeDurably(file: string, text: string, flags: 'a' | 'w'): Promise<void> {
  const handle = await open(file, flags, 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
