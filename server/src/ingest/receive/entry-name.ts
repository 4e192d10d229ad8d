import { refuse } from './codes.ts';

const MAX_NAME_CHARS = 512;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const gb18030 = new TextDecoder('gb18030', { fatal: true, ignoreBOM: true });

/**
 * Decodes the name bytes of an archive entry. Chinese Windows writes GBK without saying so;
 * GBK text that is also valid UTF-8 does not occur in names, so UTF-8 is tried first.
 */
export function decodeEntryName(bytes: Uint8Array): string {
  for (const decoder of [utf8, gb18030]) {
    try {
      return decoder.decode(bytes);
    } catch {
      // not in this encoding: the next one is tried
    }
  }
  return refuse('PKG08', '有条目的名称既不是 UTF-8 也不是 GB18030 编码。请用英文文件名重新打包。');
}

/**
 * Checks a name found in an archive, a folder or the manifest and gives its normal form:
 * segments joined by `/`, no leading `./`, no trailing `/`, NFC. Empty for the package itself.
 */
export function normalEntryName(name: string): string {
  const problem = problemOf(name);
  if (problem !== null) {
    refuse('PKG08', `条目 ${shown(name)} ${problem}。请来源方用规范的相对路径重新打包。`);
  }
  return normalise(name);
}

/** The key under which two names are the same file on any file system. */
export function entryKey(normalName: string): string {
  return normalName.toLowerCase();
}

/** Says what is unsafe about a name in Chinese; null when nothing is. */
export function problemOf(name: string): string | null {
  if (name.length > MAX_NAME_CHARS) return `的名称超过 ${MAX_NAME_CHARS} 个字符`;
  // Bidi controls make a name look like another one on the screen.
  if (/[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffd]/u.test(name)) return '的名称含控制字符或乱码';
  if (name.includes('\\')) return '的名称含反斜杠';
  if (name.startsWith('/')) return '是绝对路径';
  if (/^[A-Za-z]:/.test(name)) return '的名称带盘符';
  const segments = name.replace(/\/$/, '').split('/');
  if (segments.includes('..')) return '的路径含 ..，会指向包外';
  if (segments.includes('')) return '的路径含空的一级';
  return null;
}

/** A name as it may be shown in a message: short, one line. */
export function shown(name: string): string {
  const clean = name.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '?');
  return `「${clean.length > 80 ? `${clean.slice(0, 77)}…` : clean}」`;
}

function normalise(name: string): string {
  const segments = name.split('/').filter((segment) => segment !== '.' && segment !== '');
  return segments.join('/').normalize('NFC');
}
