import { defineError } from '../../server/src/kernel/index.ts';

export const serverNotStarted = defineError(
  'BENCH_SERVER_NOT_STARTED',
  'unavailable',
  ({ said }: { said: string }) =>
    `测速用的服务没有启动：${said}。请先确认 ./huiliu serve 能在这个数据文件夹上启动。`,
);
