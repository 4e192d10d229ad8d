import { readFile } from 'node:fs/promises';
import { sm3Hex, verifySm2 } from '../../signing/index.ts';
import type { AuditAnchor } from '../anchor.ts';
import type { Manifest } from './model.ts';

type Unsigned = Omit<Manifest, 'key_id' | 'signature'>;

/** Signs what an archive is with the key of the checkpoints; returns the text of the file. */
export function signManifest(anchor: AuditAnchor, content: Unsigned): string {
  const { keyId, signature } = anchor.sign(JSON.stringify(content));
  return `${JSON.stringify({ ...content, key_id: keyId, signature: signature.toString('hex') })}\n`;
}

/** What a manifest's file turned out to be. */
export type ReadManifest =
  | { readonly state: 'sound'; readonly manifest: Manifest; readonly sm3: string }
  | { readonly state: 'missing' | 'truncated' | 'edited' };

/** Reads a manifest and checks its signature. */
export async function readManifest(anchor: AuditAnchor, file: string): Promise<ReadManifest> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return { state: 'missing' };
  if (!text.endsWith('}\n')) return { state: 'truncated' };
  const manifest = parse(text);
  if (manifest === null) return { state: 'edited' };
  const { key_id, signature, ...content } = manifest;
  const key = anchor.publicKeys.get(key_id);
  const signed =
    key !== undefined &&
    typeof signature === 'string' &&
    verifySm2(key, JSON.stringify(content), signature);
  return signed ? { state: 'sound', manifest, sm3: sm3Hex(text) } : { state: 'edited' };
}

function parse(text: string): Manifest | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Manifest) : null;
  } catch {
    return null;
  }
}
