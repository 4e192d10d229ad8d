import { isSm2PublicKey } from './sm2.ts';

/** Algorithms a return package may be signed with (签名算法). */
export type SignAlgorithm = 'HMAC-SM3' | 'SM2';

/** One key of a source, with the days (inclusive, `YYYY-MM-DD`) it may sign packages on. */
export type FeedKey = {
  readonly keyId: string;
  readonly src: string;
  readonly from: string | null;
  readonly to: string | null;
} & (
  | { readonly alg: 'HMAC-SM3'; readonly secret: string }
  | { readonly alg: 'SM2'; readonly publicKey: string }
);

const KNOWN = ['key_id', 'src', 'alg', 'secret', 'public_key', 'from', 'to'];
/** Shorter secrets can be guessed. */
const MIN_SECRET_CHARS = 16;

/** Reads one entry of the key file; problems never repeat a secret. */
export function readKeyEntry(raw: unknown, problem: (text: string) => void): FeedKey | null {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    problem('应为「名称: 值」的一组设置');
    return null;
  }
  const entry = raw as Record<string, unknown>;
  let sound = true;
  const fail = (text: string): null => {
    sound = false;
    problem(text);
    return null;
  };
  for (const key of Object.keys(entry)) {
    if (!KNOWN.includes(key)) fail(`不认识的设置项 ${key}，可用的是 ${KNOWN.join('、')}`);
  }
  const keyId = readName(entry, 'key_id', fail);
  const src = readName(entry, 'src', fail);
  const period = { from: readDay(entry, 'from', fail), to: readDay(entry, 'to', fail) };
  if (period.from !== null && period.to !== null && period.from > period.to) {
    fail('from 晚于 to，密钥没有可用的日期');
  }
  const material = readMaterial(entry, fail);
  if (!sound || keyId === null || src === null || material === null) return null;
  return { keyId, src, ...period, ...material };
}

type Fail = (text: string) => null;
type Material = { alg: 'HMAC-SM3'; secret: string } | { alg: 'SM2'; publicKey: string };

function readMaterial(entry: Record<string, unknown>, fail: Fail): Material | null {
  const { alg, secret, public_key: publicKey } = entry;
  if (alg === 'HMAC-SM3') {
    if (publicKey !== undefined) return fail('HMAC-SM3 密钥只写 secret，不写 public_key');
    if (typeof secret !== 'string' || secret.length < MIN_SECRET_CHARS) {
      return fail(`secret 应为不少于 ${MIN_SECRET_CHARS} 个字符的文本（纯数字请加引号）`);
    }
    return { alg, secret };
  }
  if (alg === 'SM2') {
    if (secret !== undefined) return fail('SM2 密钥只写来源方的 public_key，不写 secret');
    if (typeof publicKey !== 'string' || !isSm2PublicKey(publicKey)) {
      return fail('public_key 应为 SM2 公钥的十六进制（04 开头 130 位，或 02/03 开头 66 位）');
    }
    return { alg, publicKey };
  }
  return fail('alg 应为 HMAC-SM3 或 SM2');
}

function readName(entry: Record<string, unknown>, key: string, fail: Fail): string | null {
  const value = entry[key];
  if (typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)) return value;
  return fail(`${key} 应为字母、数字、点、横线、下划线组成的文本，不超过 64 个字符`);
}

function readDay(entry: Record<string, unknown>, key: string, fail: Fail): string | null {
  const value = entry[key];
  if (value === undefined || value === null) return null;
  const day = typeof value === 'string' ? value : '';
  const parsed = new Date(`${day}T00:00:00Z`);
  const real = /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(parsed.getTime());
  if (real && parsed.toISOString().startsWith(day)) return day;
  return fail(`${key} 应为日期，如 2026-01-01`);
}
