import { defineError } from '../../kernel/index.ts';

export const appUnknown = defineError(
  'DEATHS_APP_UNKNOWN',
  'not_found',
  (_: Readonly<Record<never, never>>) =>
    '没有这个应用编号。用 apps list 查看已登记的应用，核对后再试。',
);

export const appInvalid = defineError(
  'DEATHS_APP_INVALID',
  'invalid',
  (d: { problems: readonly string[] }) =>
    `应用没有登记，有 ${d.problems.length} 处不符合要求：${d.problems.join('；')}。请改正后重试。`,
);

export const appRevoked = defineError(
  'DEATHS_APP_REVOKED',
  'conflict',
  (_: Readonly<Record<never, never>>) =>
    '这个应用已经停用，不能再更换密钥。如需恢复对接，请重新登记一个应用。',
);
