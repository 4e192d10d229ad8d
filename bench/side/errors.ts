import { defineError } from '../../server/src/kernel/index.ts';

export const sideEnded = defineError(
  'BENCH_SIDE_ENDED',
  'unavailable',
  (d: { side: string; how: string }) =>
    `测速进程 ${d.side} 中途结束（${d.how}），这次测速没有结果，数据未受影响。常见原因是内存不足被系统终止；请关闭其他程序或减小规模后重试。`,
);
