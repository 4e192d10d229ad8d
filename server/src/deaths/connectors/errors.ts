import { defineError } from '../../kernel/index.ts';

export const interfacesInvalid = defineError(
  'DEATHS_INTERFACES_INVALID',
  'invalid',
  (d: { file: string; problems: readonly string[] }) =>
    `部门接口配置 ${d.file} 有 ${d.problems.length} 处错误，没有启用其中任何一个接口：${d.problems.join('；')}。请逐处改正后重新启动。`,
);

export const connectorUnknown = defineError(
  'DEATHS_CONNECTOR_UNKNOWN',
  'not_found',
  (_: Readonly<Record<never, never>>) =>
    '没有这个部门接口。用 interfaces status 查看已配置的接口。',
);
