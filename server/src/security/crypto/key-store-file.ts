import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { readPrivateFile } from '../private-file.ts';
import { keyStoreInvalid } from './errors.ts';

const Sealed = Type.String({ pattern: '^[A-Za-z0-9_-]+$' });

const WrappedKeySchema = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z]+-[1-9][0-9]*$' }),
    purpose: Type.Union([
      Type.Literal('field'),
      Type.Literal('blind'),
      Type.Literal('file'),
      Type.Literal('city'),
      Type.Literal('anchor'),
    ]),
    made_at: Type.String(),
    sealed: Sealed,
  },
  { additionalProperties: false },
);

const StoreFileSchema = Type.Object(
  {
    format: Type.Literal('huiliu-keys-1'),
    root: Type.Union([
      Type.Object({ kind: Type.Literal('file') }),
      Type.Object({
        kind: Type.Literal('secret'),
        salt: Type.String({ pattern: '^[0-9a-f]{32}$' }),
        iterations: Type.Integer({ minimum: 10_000 }),
      }),
    ]),
    kek: Sealed,
    keys: Type.Array(WrappedKeySchema),
  },
  { additionalProperties: false },
);

const schema = Compile(StoreFileSchema);

/** The key store as it lies on disk: every key wrapped by the one above it. */
export type StoreFile = Static<typeof StoreFileSchema>;
export type WrappedKey = Static<typeof WrappedKeySchema>;

/**
 * Reads the key store; null when there is none.
 * @throws SECURITY_KEY_FILE_EXPOSED, SECURITY_KEY_STORE_INVALID
 */
export async function readStoreFile(file: string): Promise<StoreFile | null> {
  const text = await readPrivateFile(file);
  if (text === null) return null;
  const content = parse(text);
  if (!schema.Check(content)) throw keyStoreInvalid({ file, problem: '内容残缺或格式不符' });
  return content;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Written aside, synced and renamed: a power cut leaves the old keys or the new, never half. */
export async function writeStoreFile(file: string, content: StoreFile): Promise<void> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(content, null, 1)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
