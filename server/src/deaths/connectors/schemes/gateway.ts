import { createHash, createHmac } from 'node:crypto';
import { CallFailure } from '../failure.ts';
import { isObject, jsonCall, type Scheme } from './scheme.ts';

/** 省市网关: `X-Client-Id`, signature base64(HMAC-SHA256(id + milliseconds + nonce)). */
export const clientId: Scheme = {
  needs: ['id', 'secret'],
  prepare: (parameters, keys, { now, nonce }) => {
    const timestamp = String(now.getTime());
    const signature = createHmac('sha256', keys.secret ?? '')
      .update(`${keys.id}${timestamp}${nonce}`, 'utf8')
      .digest('base64');
    const headers = {
      ...{ 'x-client-id': keys.id, 'x-timestamp': timestamp },
      ...{ 'x-nonce': nonce, 'x-signature': signature },
    };
    return jsonCall(headers, parameters);
  },
  open: plainAnswer,
};

/** Headers of TIF: hex(SHA256(seconds + token + nonce + seconds)). */
export function tifHeaders(id: string, token: string, now: Date, nonce: string) {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const text = `${timestamp}${token}${nonce}${timestamp}`;
  return {
    'x-tif-paasid': id,
    'x-tif-timestamp': timestamp,
    'x-tif-nonce': nonce,
    'x-tif-signature': createHash('sha256').update(text, 'utf8').digest('hex'),
  };
}

/** TIF 网关. */
export const tif: Scheme = {
  needs: ['id', 'secret'],
  prepare: (parameters, keys, { now, nonce }) =>
    jsonCall(tifHeaders(keys.id, keys.secret ?? '', now, nonce), parameters),
  open: plainAnswer,
};

/** Gateways only pass on: the answer is the service's own; an error code of it is a failure. */
function plainAnswer(answer: unknown): unknown {
  if (!isObject(answer)) throw new CallFailure('garbage', '应答不是 JSON 对象');
  const code = String(answer.code ?? answer.errcode ?? '0');
  if (['0', '200'].includes(code)) return answer;
  throw new CallFailure('http', `对方返回业务代码 ${code.slice(0, 20)}`);
}
