import { defineError } from '../../kernel/index.ts';

type Nothing = Readonly<Record<never, never>>;

export const bodyTooLong = defineError(
  'OPEN_BODY_TOO_LARGE',
  'limit',
  (d: { limit_bytes: number }) =>
    `报文超过 ${Math.floor(d.limit_bytes / 1024)} KiB，没有接收。请拆成每批不超过 1,000 件后重新发送。`,
);

export const headersInvalid = defineError(
  'OPEN_HEADERS_INVALID',
  'invalid',
  (d: { problems: readonly string[] }) =>
    `签名请求头不符合要求：${d.problems.join('；')}。请按接口说明填写后重新发送。`,
);

export const appRefused = defineError(
  'OPEN_APP_UNKNOWN',
  'forbidden',
  (_: Nothing) => '应用编号没有登记或已停用，没有接收。请与市社保中心系统管理员核对应用编号。',
);

export const addressRefused = defineError(
  'OPEN_ADDRESS_REFUSED',
  'forbidden',
  (_: Nothing) =>
    '这个应用不允许从当前网络地址发送，没有接收。如服务器地址有变，请联系市社保中心更新登记。',
);

export const clockOutside = defineError(
  'OPEN_CLOCK_OUTSIDE',
  'forbidden',
  (d: { server_time: string; allowed_s: number }) =>
    `请求时间与服务器时间相差超过 ${d.allowed_s} 秒，没有接收。服务器时间是 ${d.server_time}，请校准发送方时钟，用新的时间和随机数重新签名。`,
);

/** One answer for every way a signature can be wrong: which part differed is not told. */
export const signatureWrong = defineError(
  'OPEN_SIGNATURE_WRONG',
  'forbidden',
  (_: Nothing) =>
    '签名不正确，没有接收：报文、路径、时间、随机数、摘要或密钥中有一处与签名时不同。请核对签名原文与密钥。',
);

export const replayed = defineError(
  'OPEN_REPLAYED',
  'conflict',
  (_: Nothing) =>
    '这个随机数已经用过，请求没有再次处理。重发同一事件时请换新的随机数和时间重新签名，事件号保持不变。',
);

export const bodyUnreadable = defineError(
  'OPEN_BODY_INVALID',
  'invalid',
  (d: { problems: readonly string[]; problem_count: number }) =>
    `报文有 ${d.problem_count} 处不符合要求，整份没有接收：${d.problems.join('；')}${d.problem_count > d.problems.length ? '……' : ''}。请改正后用新的随机数重新发送。`,
);

export const outsideGrant = defineError(
  'OPEN_OUTSIDE_GRANT',
  'forbidden',
  (d: { problems: readonly string[] }) =>
    `报文超出该应用登记的来源或县区，整份没有接收：${d.problems.join('；')}。如职责范围有变，请联系市社保中心更新登记。`,
);

export const eventDiffers = defineError(
  'OPEN_EVENT_DIFFERS',
  'conflict',
  (d: { event_ids: readonly string[] }) =>
    `事件号 ${d.event_ids.join('、')} 以前报过不同的内容，整份没有接收，已告知市社保中心。更正请用新的事件号，kind 写 correction，refers_to 写原事件号。`,
);

export const tooFast = defineError(
  'OPEN_TOO_MANY_REQUESTS',
  'limit',
  (d: { retry_after_s: number }) =>
    `发送过快，本次没有接收。请 ${d.retry_after_s} 秒后用新的随机数重新发送，事件号保持不变。`,
);

export const inboxFull = defineError(
  'OPEN_BUSY',
  'unavailable',
  (d: { retry_after_s: number }) =>
    `待处理的报送太多，本次没有接收。请 ${d.retry_after_s} 秒后用新的随机数重新发送，事件号保持不变。`,
);

export const inboxUnavailable = defineError(
  'OPEN_UNAVAILABLE',
  'unavailable',
  (d: { retry_after_s: number }) =>
    `收件库暂时不可用，本次没有接收。请 ${d.retry_after_s} 秒后用新的随机数重新发送，事件号保持不变。`,
);

export const letterUnknown = defineError(
  'DEATHS_LETTER_UNKNOWN',
  'not_found',
  (_: Nothing) => '没有这件未能处理的报送，或它已经重新处理。请刷新列表后再试。',
);
