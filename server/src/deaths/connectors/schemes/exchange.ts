import { createDecipheriv, createHmac } from 'node:crypto';
import { CallFailure } from '../failure.ts';
import type { Credentials } from '../model.ts';
import { type CallMoment, isObject, jsonCall, type Scheme } from './scheme.ts';

/** base64(HMAC-SHA256(requester + resource + milliseconds)). */
export function exchangeSignature(keys: Credentials, rtime: string, secret: string): string {
  const text = `${keys.requester ?? ''}${keys.id}${rtime}`;
  return createHmac('sha256', secret).update(text, 'utf8').digest('base64');
}

function headersOf(prefix: string, keys: Credentials, { now }: CallMoment, secret: string) {
  const rtime = String(now.getTime());
  return {
    [`${prefix}_rid`]: keys.id,
    [`${prefix}_sid`]: keys.requester ?? '',
    [`${prefix}_rtime`]: rtime,
    [`${prefix}_sign`]: exchangeSignature(keys, rtime, secret),
  };
}

/** Codes by which the platforms say that the signature or the secret is not theirs. */
const SIGNATURE_WORDS = /签名|秘钥|密钥|secret|sign/i;

function openEnvelope(answer: unknown, good: readonly string[]): unknown {
  if (!isObject(answer) || !('code' in answer)) {
    throw new CallFailure('garbage', '应答不是约定的形状（缺 code）');
  }
  const code = String(answer.code);
  if (good.includes(code)) return answer.data;
  const isSignature = SIGNATURE_WORDS.test(String(answer.message ?? ''));
  // Their text may quote what we asked for and is not repeated.
  throw new CallFailure(
    isSignature ? 'signature' : 'http',
    isSignature
      ? `对方说签名或密钥不对（代码 ${code.slice(0, 20)}）`
      : `对方返回业务代码 ${code.slice(0, 20)}`,
  );
}

/** 国家数据共享交换平台: signed headers, `{code: "0", data}`. */
export const gjgxjhpt: Scheme = {
  needs: ['id', 'requester'],
  prepare: (parameters, keys, moment) =>
    jsonCall(headersOf('gjgxjhpt', keys, moment, keys.secret ?? ''), parameters),
  open: (answer) => openEnvelope(answer, ['0']),
};

/** 国家政务服务平台: the same signature, keys of the body in lower case, `{code: 200, data}`. */
export const gjzwfwpt: Scheme = {
  needs: ['id', 'requester', 'secret'],
  prepare: (parameters, keys, moment) =>
    jsonCall(
      headersOf('gjzwfwpt', keys, moment, keys.secret ?? ''),
      Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), value]),
      ),
    ),
  open: (answer) => openEnvelope(answer, ['200']),
};

/** The call that asks for a new secret is signed with the application key itself. */
export function refreshHeaders(keys: Credentials, moment: CallMoment) {
  return headersOf('gjgxjhpt', keys, moment, keys.appKey ?? '');
}

/**
 * Opens a refreshed secret: AES in ECB mode, base64, under the application key, as the platform
 * prescribes. A wrong key or a changed text shows in the padding or in unprintable bytes.
 * @throws CallFailure
 */
export function openSecret(encrypted: string, appKey: string): string {
  try {
    const key = Buffer.from(appKey, 'utf8');
    const decipher = createDecipheriv(`aes-${key.length * 8}-ecb`, key, null);
    const secret = Buffer.concat([
      decipher.update(Buffer.from(encrypted, 'base64')),
      decipher.final(),
    ]).toString('latin1');
    if (/^[\x21-\x7e]{8,256}$/.test(secret)) return secret;
  } catch {
    // Told below without what the library says: it would tell about the key.
  }
  throw new CallFailure('secret', '收到的新密钥解不开，多半是 appkey 已更换');
}
