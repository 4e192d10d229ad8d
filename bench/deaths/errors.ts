import { defineError } from '../../server/src/kernel/index.ts';

type Nothing = Readonly<Record<never, never>>;

export const payeesMissing = defineError(
  'BENCH_PAYEES_MISSING',
  'invalid',
  (_: Nothing) => '这个数据文件夹里没有近期领取待遇的人，无从产生预警。请先装入数据包。',
);

export const eventsLost = defineError(
  'BENCH_EVENTS_LOST',
  'invalid',
  ({ lost, doubled }: { lost: number; doubled: number }) =>
    `已确认的报送丢失 ${lost} 件、重复 ${doubled} 件，未给出数字。请把数据文件夹的 log/server.log 交给开发人员。`,
);
