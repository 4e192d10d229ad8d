import { canonicalJson, isHuiliuError } from '../../kernel/index.ts';
import { refuse } from './codes.ts';
import { findJsonFault } from './json-syntax.ts';
import { describeManifestFaults, isManifestJson } from './manifest-faults.ts';
import type { ManifestJson } from './manifest-schema.ts';

/** Reads the bytes of a manifest as the wire form. @throws RefusalError PKG14–PKG16 */
export function readManifestJson(bytes: Uint8Array): ManifestJson {
  return checkShape(parseJson(decodeText(bytes)));
}

/** Writes what the signature of a manifest covers: canonical JSON without `sign`. */
export function signedTextOf(json: ManifestJson): string {
  const { sign: _, ...signed } = json;
  try {
    return canonicalJson(signed);
  } catch (error) {
    if (!isHuiliuError(error, 'KERNEL_JSON_NOT_CANONICAL')) throw error;
    return refuse('PKG16', error.message, error);
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    return refuse('PKG14', 'manifest.json 不是 UTF-8 编码。请来源方改用 UTF-8 保存。', error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, requireInteger) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    const fault = findJsonFault(text);
    if (fault === null) return refuse('PKG14', 'manifest.json 嵌套过深。请来源方改正。', error);
    const { line, column, expected } = fault;
    return refuse(
      'PKG14',
      `manifest.json 第 ${line} 行第 ${column} 个字符处应为${expected}。请来源方改正后重新签名发送。`,
      error,
    );
  }
}

/** `1.0` and `1e3` read as integers but are signed as other text, so they are refused here. */
function requireInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value === 'number' && !/^-?\d+$/.test(context?.source ?? '0')) {
    refuse('PKG16', `数字 ${String(context?.source).slice(0, 40)} 应写成整数，金额应写成文本。`);
  }
  return value;
}

function checkShape(value: unknown): ManifestJson {
  const version =
    typeof value === 'object' && value !== null
      ? (value as { version?: unknown }).version
      : undefined;
  if (version !== undefined && version !== 1) {
    refuse(
      'PKG15',
      `清单版本是 ${JSON.stringify(version).slice(0, 40)}，本系统只认识版本 1。请升级本系统，或请来源方按版本 1 发送。`,
    );
  }
  if (isManifestJson(value)) return value;
  return refuse('PKG16', `${describeManifestFaults(value)}。请来源方改正后重新签名发送。`);
}
