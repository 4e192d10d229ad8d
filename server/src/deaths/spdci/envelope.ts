/** Codes of the communication layer. @source SPDCI CRVS API 1.0.0, Error.code */
export type ErrorCode =
  | 'err.request.bad'
  | 'err.request.unauthorized'
  | 'err.request.too_many_requests'
  | 'err.sender_id.invalid'
  | 'err.signature.missing'
  | 'err.signature.invalid'
  | 'err.encryption.invalid'
  | 'err.service.unavailable'
  | 'err.version.not_supported';

/** A message that is not taken: answered in the words of the protocol, not with our own codes. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: ErrorCode;
  constructor(status: number, code: ErrorCode, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export type Json = Readonly<Record<string, unknown>>;

/** What is read of a message's header. */
export interface Envelope {
  readonly signature: string | null;
  readonly header: Json;
  readonly message: Json;
  readonly messageId: string;
  readonly senderId: string;
  readonly transactionId: string;
}

/** Actions of requests to us, and of answers and notices that are sent to us. */
export type RequestAction = 'search' | 'subscribe' | 'unsubscribe' | 'txn-status';
export type CallbackAction =
  | 'on-search'
  | 'on-subscribe'
  | 'on-unsubscribe'
  | 'txn-on-status'
  | 'notify';
export type Action = RequestAction | CallbackAction;

const CALLBACKS: readonly string[] = [
  'on-search',
  'on-subscribe',
  'on-unsubscribe',
  'txn-on-status',
  'notify',
];

/** Reads a message of the protocol and checks its form. @throws Refusal */
export function readEnvelope(bytes: Uint8Array, action: Action): Envelope {
  const bad = (what: string): Refusal => new Refusal(400, 'err.request.bad', what);
  const root = parse(bytes);
  if (!isJson(root)) throw bad('报文应为 JSON 对象');
  const { signature = null, header, message } = root;
  if (!isJson(header)) throw bad('缺少 header');
  if (!isJson(message)) throw bad('缺少 message');
  if (signature !== null && typeof signature !== 'string') throw bad('signature 应为文本');
  const needed = ['message_id', 'message_ts', 'action'];
  const also =
    CALLBACKS.includes(action) && action !== 'on-subscribe' && action !== 'on-unsubscribe'
      ? ['status']
      : ['sender_id'];
  for (const name of [...needed, ...also]) {
    if (!isText(header[name])) throw bad(`header.${name} 缺少或写法不对`);
  }
  if (header.action !== action) throw bad(`header.action 应为 ${action}`);
  if (header.version !== undefined && !/^1\.\d+\.\d+$/.test(String(header.version))) {
    throw new Refusal(400, 'err.version.not_supported', '只支持 1.x 版本');
  }
  if (Number.isNaN(Date.parse(String(header.message_ts)))) throw bad('header.message_ts 不是时刻');
  if (header.is_msg_encrypted === true || isText(message.ciphertext)) {
    throw new Refusal(400, 'err.encryption.invalid', '不接受加密报文，请以 TLS 传输');
  }
  if (!isText(message.transaction_id)) throw bad('message.transaction_id 缺少或写法不对');
  return {
    ...{ signature, header, message },
    messageId: String(header.message_id),
    senderId: String(header.sender_id ?? ''),
    transactionId: message.transaction_id,
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new Refusal(400, 'err.request.bad', '不是 UTF-8 编码的 JSON');
  }
}

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Texts of the protocol's ids: at most 99 characters, none of them a control character. */
export const isText = (value: unknown): value is string =>
  typeof value === 'string' && /^[^\p{Cc}]{1,99}$/u.test(value);

/** Reads a list of objects that must not be empty. @throws Refusal */
export function listIn(message: Json, name: string): readonly Json[] {
  const list = message[name];
  if (!Array.isArray(list) || list.length === 0 || list.length > 1_000 || !list.every(isJson)) {
    throw new Refusal(400, 'err.request.bad', `message.${name} 应为 1 到 1000 项的列表`);
  }
  return list as readonly Json[];
}
