import { defineError } from '../kernel/index.ts';

export const jobUnknown = defineError(
  'JOBS_JOB_UNKNOWN',
  'not_found',
  (_: Readonly<Record<never, never>>) => '没有这个后台任务，或它不在您可以查看的范围内。',
);

export const jobEnded = defineError(
  'JOBS_JOB_ENDED',
  'conflict',
  (_: Readonly<Record<never, never>>) => '这个后台任务已经结束，不能再取消。请刷新任务清单。',
);

export const jobNotRetriable = defineError(
  'JOBS_NOT_RETRIABLE',
  'conflict',
  (_: Readonly<Record<never, never>>) =>
    '这个后台任务不能重试：它没有失败，或者输入有误、重试也不会成功。请按失败原因处理后重新发起。',
);

export const jobCancelled = defineError(
  'JOBS_CANCELLED',
  'conflict',
  (_: Readonly<Record<never, never>>) => '后台任务已被取消，已完成的部分保留。',
);

export const jobInterrupted = defineError(
  'JOBS_INTERRUPTED',
  'unavailable',
  (_: Readonly<Record<never, never>>) => '中断：服务在任务运行时停止。可以重试，不会重复入库。',
);

export const queueStopped = defineError(
  'JOBS_QUEUE_STOPPED',
  'unavailable',
  (_: Readonly<Record<never, never>>) =>
    '后台任务只在网页服务运行时执行。请先启动服务（./huiliu serve）再发起。',
);

export const jobBroken = defineError(
  'JOBS_BROKEN',
  'unavailable',
  (d: { job_id: string }) =>
    `后台任务因程序内部错误停止。请重试；仍不成功的，把任务编号 ${d.job_id} 交给系统管理员。`,
);
