import { defineError } from '../../kernel/index.ts';

type Nothing = Readonly<Record<never, never>>;

export const csrfMissing = defineError(
  'HTTP_CSRF',
  'forbidden',
  (_: Nothing) => '页面的防跨站令牌缺失或已更换，这次提交没有执行。请刷新页面后重试。',
);

export const crossSite = defineError(
  'HTTP_CROSS_SITE',
  'forbidden',
  (_: Nothing) => '请求来自其他网站的页面，已拒绝。请从本系统的页面操作。',
);

export const permissionMissing = defineError(
  'HTTP_FORBIDDEN',
  'forbidden',
  (d: { permission: string; title?: string }) =>
    `您没有权限“${d.title ?? '办理此项'}”（权限代码 ${d.permission}）。如工作需要，请联系本单位申请，由安全管理员确认。`,
);

export const hostRefused = defineError(
  'HTTP_HOST_REFUSED',
  'forbidden',
  (_: Nothing) =>
    '访问地址不被允许：本服务只接受以 127.0.0.1 或 localhost 访问。请用启动服务时终端显示的完整网址打开。',
);

export const routeUnknown = defineError(
  'HTTP_NOT_FOUND',
  'not_found',
  (_: Nothing) => '没有这个地址。请检查网址是否完整，或从首页重新进入。',
);

export interface FieldProblem {
  readonly field: string;
  readonly title: string;
  readonly problem: string;
}

export const inputInvalid = defineError(
  'HTTP_INPUT_INVALID',
  'invalid',
  (d: { fields: readonly FieldProblem[] }) =>
    `填写的内容不符合要求：${d.fields.map((f) => `“${f.title}”${f.problem}`).join('；')}。请改正后重试。`,
);

export const bodyInvalid = defineError(
  'HTTP_BODY_INVALID',
  'invalid',
  (_: Nothing) => '请求内容不是有效的 JSON，无法读取。请以 application/json 格式重新提交。',
);

export const bodyTooLarge = defineError(
  'HTTP_BODY_TOO_LARGE',
  'limit',
  (_: Nothing) => '请求内容过大，已拒绝接收。请减少内容后重试。',
);

export const tooManyRequests = defineError(
  'HTTP_TOO_MANY_REQUESTS',
  'limit',
  (d: { retry_after_s: number }) =>
    `这次登录在短时间内发出的请求过多，这一次没有执行。请 ${d.retry_after_s} 秒后重试；如不是本人操作，请退出登录并告诉系统管理员。`,
);

export const serverBusy = defineError(
  'HTTP_BUSY',
  'unavailable',
  (d: { retry_after_s: number }) =>
    `同时进行的操作太多，这一次没有执行。请 ${d.retry_after_s} 秒后重试，或缩小查询范围。`,
);

export const requestInvalid = defineError(
  'HTTP_REQUEST_INVALID',
  'invalid',
  (_: Nothing) => '请求无法识别。请检查网址和请求格式后重试。',
);

export const internalFailure = defineError(
  'HTTP_INTERNAL',
  'unavailable',
  (d: { request_id: string }) =>
    `服务内部出错，这次操作没有完成，数据未受影响。请稍后重试；仍不行时请把请求编号 ${d.request_id} 告诉系统管理员。`,
);
