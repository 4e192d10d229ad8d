import { defineError } from '../../server/src/kernel/index.ts';

export const rulesNotRun = defineError(
  'BENCH_RULES_NOT_RUN',
  'invalid',
  ({ rules, reason }: { rules: string; reason: string }) =>
    `逐人判定要比较的规则有的没有运行（${rules}：${reason}），两边做的事不一样，未给出数字。请装入齐全的数据后重试。`,
);
