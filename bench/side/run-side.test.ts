import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { isHuiliuError, silentProgress } from '../../server/src/kernel/index.ts';
import { parseStatus } from './memory.ts';
import { runSide } from './run-side.ts';

const PROGRAM = join(import.meta.dirname, 'testing/side-program.ts');

const run = <T>(side: string, input: unknown = {}) =>
  runSide<T>(PROGRAM, { side, input }, silentProgress);

test('a side answers from a process of its own, whole numbers of any size included', async () => {
  const notes: string[] = [];
  const progress = { ...silentProgress, note: (text: string) => void notes.push(text) };
  const outcome = await runSide(PROGRAM, { side: 'double', input: { number: 21 } }, progress);
  assert.deepEqual(outcome.value, { number: 42, big: 2n ** 60n });
  assert.deepEqual(notes, ['doubling']);
});

test('the memory peak is that of the side, not of the process that asked', {
  skip: process.platform !== 'linux',
}, async () => {
  const [small, large] = [
    await run('double', { number: 1 }),
    await run('hold', { mebibytes: 200 }),
  ];
  const [least, most] = [small.memory.process_mb ?? 0, large.memory.process_mb ?? 0];
  assert.ok(least > 20);
  assert.ok(most - least > 150, `${least} MB, then ${most} MB`);
  assert.equal(large.memory.postgres_mb, null);
});

test('a registered error of a side arrives as that error', async () => {
  await assert.rejects(run('refuse'), (error) => {
    assert.ok(isHuiliuError(error, 'TEST_REFUSED'));
    assert.deepEqual(
      [error.kind, error.message, error.details],
      ['limit', '不行', { why: 'full' }],
    );
    return true;
  });
});

test('a bug in a side is a bug here, with the place where it happened', async () => {
  await assert.rejects(run('fail'), /TypeError: a bug[\s\S]*side-program/);
  await assert.rejects(run('unheard-of'), /no side unheard-of/);
});

test('a side that is killed is said to have ended', async () => {
  await assert.rejects(run('die'), (error) => isHuiliuError(error, 'BENCH_SIDE_ENDED'));
});

test('sizes are read from the status text of the kernel', () => {
  const text = 'Name:\tnode\nVmHWM:\t  123456 kB\nRssAnon:\t     789 kB\nThreads:\t11\n';
  assert.deepEqual(parseStatus(text), { VmHWM: 123456, RssAnon: 789 });
});
