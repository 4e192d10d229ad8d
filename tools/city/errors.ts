import { defineError } from '../../server/src/kernel/index.ts';

export const cityOptionsInvalid = defineError(
  'CITY_OPTIONS_INVALID',
  'invalid',
  (d: { problems: readonly string[] }) =>
    `无法生成城市数据：${d.problems.join('；')}。请改正参数后重试。`,
);

export const cityOutputInUse = defineError(
  'CITY_OUTPUT_IN_USE',
  'conflict',
  (d: { path: string }) =>
    `输出目录 ${d.path} 里已有数据包，为避免混淆没有写入。请换一个空目录，或先移走旧的数据包。`,
);
