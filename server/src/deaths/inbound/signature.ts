import { sm3Hex } from '../../security/index.ts';
import type { Verifier } from '../apps/index.ts';

/** What a signed request says about itself in its headers (HL-SIGN-1). */
export interface SignedHeaders {
  readonly app: string;
  /** Event of a single report, batch of many; must be the one in the body. */
  readonly eventId: string;
  /** Seconds since 1970. */
  readonly timestamp: string;
  readonly nonce: string;
  /** SM3 of the raw body, lower-case hex. */
  readonly digest: string;
  readonly scheme: 'sm2' | 'hmac-sm3';
  /** Lower-case hex; DER for SM2. */
  readonly signature: string;
}

/** The request as it came in, before anything is believed. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly url: string;
  /** Names and values in turns, as Node gives them: repeated headers are seen. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly address: string;
}

const FORMS = {
  'x-hl-app': /^app-[0-9a-f]{16}$/,
  'x-hl-event-id': /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/,
  'x-hl-timestamp': /^[1-9]\d{9}$/,
  'x-hl-nonce': /^[A-Za-z0-9_-]{16,64}$/,
  'x-hl-digest': /^[0-9a-f]{64}$/,
  'x-hl-signature': /^(sm2|hmac-sm3):([0-9a-f]{64,160})$/,
} as const;
type HeaderName = keyof typeof FORMS;

const NAMES_SHOWN: Readonly<Record<HeaderName, string>> = {
  'x-hl-app': 'X-HL-App（应用编号）',
  'x-hl-event-id': 'X-HL-Event-Id（事件号或批号）',
  'x-hl-timestamp': 'X-HL-Timestamp（秒，10 位整数）',
  'x-hl-nonce': 'X-HL-Nonce（16 到 64 位字母数字）',
  'x-hl-digest': 'X-HL-Digest（报文的 SM3，64 位小写十六进制）',
  'x-hl-signature': 'X-HL-Signature（sm2:… 或 hmac-sm3:…，小写十六进制）',
};

/** Reads the headers of HL-SIGN-1; each exactly once and in its one written form. */
export function readSignedHeaders(
  rawHeaders: readonly string[],
): { readonly headers: SignedHeaders } | { readonly problems: readonly string[] } {
  const given = new Map<string, string[]>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    given.set(name, [...(given.get(name) ?? []), rawHeaders[at + 1] ?? '']);
  }
  const problems: string[] = [];
  const read = (name: HeaderName): string => {
    const values = given.get(name) ?? [];
    const [value = ''] = values;
    if (values.length === 0) problems.push(`缺少 ${NAMES_SHOWN[name]}`);
    else if (values.length > 1) problems.push(`${NAMES_SHOWN[name]} 出现了 ${values.length} 次`);
    else if (!FORMS[name].test(value)) problems.push(`${NAMES_SHOWN[name]} 写法不对`);
    return value;
  };
  const headers = {
    app: read('x-hl-app'),
    eventId: read('x-hl-event-id'),
    timestamp: read('x-hl-timestamp'),
    nonce: read('x-hl-nonce'),
    digest: read('x-hl-digest'),
  };
  const [, scheme, signature = ''] = FORMS['x-hl-signature'].exec(read('x-hl-signature')) ?? [];
  if (given.has('content-encoding')) problems.push('报文不能压缩（Content-Encoding）');
  if (problems.length > 0) return { problems };
  return { headers: { ...headers, scheme: scheme as SignedHeaders['scheme'], signature } };
}

/** The text that is signed: method, path with query, app, time, nonce, digest, one a line. */
export function signedText(
  method: string,
  url: string,
  { app, timestamp, nonce, digest }: Pick<SignedHeaders, 'app' | 'timestamp' | 'nonce' | 'digest'>,
): string {
  return [method, url, app, timestamp, nonce, digest].join('\n');
}

/**
 * Tells whether one of the keys signed these very bytes. Both comparisons of secrets take the same
 * time whatever differs (HMAC by timingSafeEqual; SM2 has no secret on this side).
 */
export function isSignedBy(
  keys: readonly Verifier[],
  request: SignedRequest,
  headers: SignedHeaders,
): boolean {
  if (sm3Hex(request.body) !== headers.digest) return false;
  const text = signedText(request.method, request.url, headers);
  const algorithm = headers.scheme === 'sm2' ? 'SM2' : 'HMAC-SM3';
  return keys
    .filter((key) => key.algorithm === algorithm)
    .some((key) => key.isSignatureOf(text, headers.signature));
}
