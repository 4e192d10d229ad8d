import { defineError } from '../../server/src/kernel/index.ts';

export const answersUnlike = defineError(
  'BENCH_PROCESS_UNLIKE',
  'conflict',
  ({ what }: { what: string }) =>
    `同一份日志，本平台与 PM4Py 的${what}不一样，测速没有意义。请把这一情况告诉开发人员。`,
);

export const pythonFailed = defineError(
  'BENCH_PYTHON_FAILED',
  'unavailable',
  ({ python, reason }: { python: string; reason: string }) =>
    `${python} 没有算出 PM4Py 的结果：${reason}。请用 --python 指明装有 pm4py 的 Python，或不写 --python 只测本平台。`,
);
