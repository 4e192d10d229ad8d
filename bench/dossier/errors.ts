import { defineError } from '../../server/src/kernel/index.ts';

export const cityMissing = defineError(
  'BENCH_CITY_MISSING',
  'conflict',
  (d: { dir: string }) =>
    `数据文件夹 ${d.dir} 里没有可供测速的人员（需要有身份证号且有缴费记录的人）。请先用 ./huiliu feed load 装入数据包，再用 --data 指定该文件夹。`,
);

export const answersDiffer = defineError(
  'BENCH_ANSWERS_DIFFER',
  'conflict',
  (d: { ours: number; baseline: number }) =>
    `两边对同样的人查到的行数不同（本平台 ${d.ours} 行，基线 ${d.baseline} 行），这次的时间不能采信。请把这句话交给开发人员。`,
);
