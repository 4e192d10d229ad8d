import { defineError } from '../../kernel/index.ts';

type Nothing = Readonly<Record<never, never>>;

export const accessContentInvalid = defineError(
  'SECURITY_ACCESS_CONTENT_INVALID',
  'invalid',
  (d: { problems: readonly string[] }) =>
    `权限、角色或限度的内容文件有 ${d.problems.length} 处错误，服务不能启动：${d.problems.join('；')}。请逐处改正 content 下的文件后重试。`,
);

export const accessTampered = defineError(
  'SECURITY_ACCESS_TAMPERED',
  'forbidden',
  (_: Nothing) =>
    '该账号的权限记录与系统签发的不一致，可能被绕过系统改动，已拒绝使用并记入审计。请联系安全管理员核查后重新授权。',
);

export const grantUnknown = defineError(
  'SECURITY_GRANT_UNKNOWN',
  'not_found',
  (_: Nothing) => '没有这项授权，或它已不在可处理的状态。请刷新授权清单后再试。',
);

export const grantInvalid = defineError(
  'SECURITY_GRANT_INVALID',
  'invalid',
  (d: { what: string }) => `授权内容不符合要求：${d.what}。请改正后重新提交。`,
);

export const grantOwn = defineError(
  'SECURITY_GRANT_OWN',
  'forbidden',
  (_: Nothing) => '不能为自己申请或确认授权。请由另一位管理员办理。',
);

export const grantSamePerson = defineError(
  'SECURITY_GRANT_SAME_PERSON',
  'forbidden',
  (_: Nothing) => '授权须由提出申请之外的另一个人确认。请由安全管理员办理。',
);

export const dutiesExclusive = defineError(
  'SECURITY_DUTIES_EXCLUSIVE',
  'conflict',
  (_: Nothing) =>
    '系统管理员、安全管理员、审计管理员三个角色互斥，也不能与业务角色同时持有。请先结束该账号现有的授权，或为另一位人员授权。',
);

export const scopeDiffers = defineError(
  'SECURITY_SCOPE_DIFFERS',
  'conflict',
  (_: Nothing) =>
    '一个账号的各项授权必须是同一数据范围（经办机构与险种），否则范围会互相扩大。请按相同范围申请，或先结束原有授权。',
);

export const quotaExceeded = defineError(
  'SECURITY_QUERY_QUOTA',
  'limit',
  (d: { limit: number; per: string; retry_after_s: number }) =>
    `${d.per}内已查看 ${d.limit} 名参保人，达到查询限额，本次查询没有进行并已告警。确有工作需要的，请联系安全管理员。`,
);

export const screenTokenUnknown = defineError(
  'SECURITY_SCREEN_TOKEN_UNKNOWN',
  'not_found',
  (_: Nothing) => '没有这个大屏令牌，或它已撤销。请刷新清单后再试。',
);

export const alarmUnknown = defineError(
  'SECURITY_ALARM_UNKNOWN',
  'not_found',
  (_: Nothing) => '没有这条告警，或它已处理。请刷新清单后再试。',
);
