import { open } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { keyFileExposed, keyFileInvalid, keyFileUnreadable } from './errors.ts';
import { type FeedKey, readKeyEntry } from './key-entry.ts';

/** The configured keys of all sources (密钥环). */
export interface KeyRing {
  /** Keys of one source; empty when none is configured. */
  keysOf(src: string): readonly FeedKey[];
}

/** Builds a key ring from keys already read. */
export function keyRingOf(keys: readonly FeedKey[]): KeyRing {
  return { keysOf: (src) => keys.filter((key) => key.src === src) };
}

/**
 * Reads the key ring (`DATA/config/feed-keys.yaml`); an absent file is an empty ring.
 * All problems are reported at once, each with its line; nothing of a faulty file is used.
 * @throws SECURITY_KEY_FILE_EXPOSED when group or others may read or write the file
 * @throws SECURITY_KEY_FILE_INVALID @throws SECURITY_KEY_FILE_UNREADABLE
 */
export async function loadKeyRing(configFile: string): Promise<KeyRing> {
  const text = await readPrivateFile(configFile);
  return keyRingOf(text === null ? [] : parseKeys(configFile, text));
}

async function readPrivateFile(file: string): Promise<string | null> {
  try {
    await using handle = await open(file, 'r');
    // The mode of the opened file is judged, so that it cannot be swapped in between.
    const mode = (await handle.stat()).mode & 0o777;
    if ((mode & 0o077) !== 0) {
      throw keyFileExposed({ file, mode: mode.toString(8).padStart(3, '0') });
    }
    return await handle.readFile('utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    if (reason === 'ENOENT') return null;
    if (!(error instanceof Error) || reason === undefined || !/^E[A-Z]+$/.test(reason)) throw error;
    throw keyFileUnreadable({ file, reason }, error);
  }
}

function parseKeys(file: string, text: string): FeedKey[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: string[] = [];
  for (const error of document.errors) {
    // Only the place is told: the parser's own message quotes the text, which may be a secret.
    problems.push(`第 ${lines.linePos(error.pos[0]).line} 行不是合法的 YAML（${error.code}）`);
  }
  if (problems.length > 0) throw keyFileInvalid({ file, problems });
  const entries = readEntries(document.toJS() as unknown);
  if (entries === null) {
    throw keyFileInvalid({ file, problems: ['顶层应只有一项 keys，其下每把密钥一项'] });
  }
  const keys = entries.flatMap((entry, index) => {
    const node = document.getIn(['keys', index], true) as { range?: [number] } | undefined;
    const line = lines.linePos(node?.range?.[0] ?? 0).line;
    const key = readKeyEntry(entry, (what) => problems.push(`第 ${line} 行：${what}`));
    return key === null ? [] : [key];
  });
  problems.push(...findRepeated(keys));
  if (problems.length > 0) throw keyFileInvalid({ file, problems });
  return keys;
}

/** The list under `keys`; an empty file has none; null when the shape is another. */
function readEntries(root: unknown): readonly unknown[] | null {
  if (root === null || root === undefined) return [];
  if (typeof root !== 'object' || Object.keys(root).join() !== 'keys') return null;
  const { keys } = root as { keys: unknown };
  if (keys === null) return [];
  return Array.isArray(keys) ? (keys as readonly unknown[]) : null;
}

function findRepeated(keys: readonly FeedKey[]): string[] {
  const seen = new Set<string>();
  return keys.flatMap(({ src, keyId }) => {
    const name = `${src}/${keyId}`;
    if (seen.has(name)) return [`来源 ${src} 的密钥 ${keyId} 写了两次`];
    seen.add(name);
    return [];
  });
}
