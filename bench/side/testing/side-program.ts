import { HuiliuError } from '../../../server/src/kernel/index.ts';
import { answerSide } from '../index.ts';

/** Sides that do what a test needs: answer, refuse, fail, die. */
answerSide({
  double: async (input: { readonly number: number }, progress) => {
    progress.note('doubling');
    return { number: input.number * 2, big: 2n ** 60n };
  },
  hold: async (input: { readonly mebibytes: number }) => {
    return Buffer.alloc(input.mebibytes << 20, 1).length;
  },
  refuse: async () => {
    throw new HuiliuError('TEST_REFUSED', 'limit', '不行', { why: 'full' });
  },
  fail: async () => {
    throw new TypeError('a bug');
  },
  die: async () => process.kill(process.pid, 'SIGKILL'),
});
