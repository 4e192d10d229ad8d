import { defineError } from '../../server/src/kernel/index.ts';

export const loadUnlikePlan = defineError(
  'BENCH_LOAD_UNLIKE_PLAN',
  'conflict',
  (d: { what: string }) =>
    `测速的结果与生成的数据对不上（${d.what}），这次的时间不能采信。请把这句话交给开发人员。`,
);
