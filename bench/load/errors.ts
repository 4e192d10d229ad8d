import { defineError } from '../../server/src/kernel/index.ts';

export const cityNotMade = defineError(
  'BENCH_CITY_NOT_MADE',
  'unavailable',
  (_: Readonly<Record<never, never>>) =>
    '测速用的虚构城市没有装好。请先确认 ./huiliu demo --no-serve 能完成，或用 --data 指明已装好的数据文件夹。',
);
