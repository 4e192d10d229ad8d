import { defineError } from '../../server/src/kernel/index.ts';

export const rulesUnlike = defineError(
  'BENCH_RULES_UNLIKE',
  'invalid',
  ({ rules }: { rules: string }) =>
    `同一批人，逐人判定与集合查询的命中不一致（${rules}），速度不可比较，未给出数字。`,
);
