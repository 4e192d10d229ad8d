import { createCipheriv, createDecipheriv } from 'node:crypto';
import { signSm2, verifySm2 } from '../../../security/index.ts';
import { CallFailure } from '../failure.ts';
import type { Credentials } from '../model.ts';
import { tifHeaders } from './gateway.ts';
import { isObject, jsonCall, type Scheme } from './scheme.ts';

/**
 * 国家医保: the body is `{encData (SM4), signData (SM2), appCode, version, timestamp, …}` behind a
 * TIF gateway. SM4 is used in ECB mode because the other side prescribes it; the SM2 signature over
 * all members in the order of their names is what protects the content.
 */
export const medical: Scheme = {
  needs: ['id', 'secret', 'sm4Key', 'sm2PrivateKey', 'sm2PublicKey'],
  prepare: (parameters, keys, { now, nonce }) => {
    const unsigned = {
      appCode: keys.id,
      encData: sealBody(JSON.stringify(parameters), keys.sm4Key ?? ''),
      encType: 'SM4',
      signType: 'SM2',
      timestamp: String(now.getTime()),
      version: '1.0.0',
    };
    const signature = signSm2(keys.sm2PrivateKey ?? '', signedMembers(unsigned));
    const signData = Buffer.from(signature, 'hex').toString('base64');
    return jsonCall(tifHeaders(keys.id, keys.secret ?? '', now, nonce), { ...unsigned, signData });
  },
  open: (answer, keys) => openAnswer(answer, keys),
};

function openAnswer(answer: unknown, keys: Credentials): unknown {
  if (
    !isObject(answer) ||
    typeof answer.encData !== 'string' ||
    typeof answer.signData !== 'string'
  ) {
    throw new CallFailure('garbage', '应答不是约定的形状（缺 encData 或 signData）');
  }
  const { signData, ...signed } = answer;
  const der = Buffer.from(String(signData), 'base64').toString('hex');
  if (!verifySm2(keys.sm2PublicKey ?? '', signedMembers(signed), der)) {
    throw new CallFailure('signature', '应答的 SM2 签名不正确，没有采用');
  }
  try {
    return JSON.parse(openBody(answer.encData, keys.sm4Key ?? '')) as unknown;
  } catch {
    throw new CallFailure('secret', '应答解密失败，多半是 SM4 密钥已更换');
  }
}

/** `name=value` of all members with a value, sorted by name, joined by `&`. */
export function signedMembers(members: Readonly<Record<string, unknown>>): string {
  return Object.entries(members)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('&');
}

export function sealBody(text: string, keyHex: string): string {
  const cipher = createCipheriv('sm4-ecb', Buffer.from(keyHex, 'hex'), null);
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}

export function openBody(sealed: string, keyHex: string): string {
  const decipher = createDecipheriv('sm4-ecb', Buffer.from(keyHex, 'hex'), null);
  const opened = Buffer.concat([decipher.update(Buffer.from(sealed, 'base64')), decipher.final()]);
  return new TextDecoder('utf-8', { fatal: true }).decode(opened);
}
