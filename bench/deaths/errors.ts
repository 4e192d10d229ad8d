import { defineError } from '../../server/src/kernel/index.ts';

type Nothing = Readonly<Record<never, never>>;

export const payeesMissing = defineError(
  'BENCH_PAYEES_MISSING',
  'invalid',
  (_: Nothing) => '这个数据文件夹里没有近期领取待遇的人，无从产生预警。请先装入数据包。',
);

export const alertsMissing = defineError(
  'BENCH_ALERTS_MISSING',
  'invalid',
  ({ expected }: { expected: number }) =>
    `应引起预警的报送 ${expected} 件，一件预警也没有看到，未给出数字。请把数据文件夹的 log/server.log 交给开发人员。`,
);
