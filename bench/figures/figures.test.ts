import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { inScratchFolder } from './scratch-folder.ts';
import { latencyOf, medianOf, medianOfEach, percentile } from './statistics.ts';
import { memoryText, tableText } from './text.ts';

test('the median is the middle value, or the mean of the two in the middle', () => {
  assert.equal(medianOf([5, 1, 3]), 3);
  assert.equal(medianOf([4, 1, 2, 3]), 2.5);
  assert.equal(medianOf([7]), 7);
  assert.throws(() => medianOf([]));
});

test('a percentile is a value that was measured, by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(percentile(hundred, 0.5), 50);
  assert.equal(percentile(hundred, 0.99), 99);
  assert.equal(percentile(hundred, 1), 100);
  assert.equal(percentile([3], 0.99), 3);
  assert.throws(() => percentile([], 0.5));
});

test('look-ups are summed up with their rate', () => {
  const latency = latencyOf([1, 2, 3, 10], 2);
  assert.deepEqual(latency, {
    ...{ lookups: 4, p50_ms: 2, p95_ms: 10, p99_ms: 10, max_ms: 10, per_second: 2 },
  });
});

test('medians of rounds are taken figure by figure', () => {
  const rounds = [
    { a: 1, b: 30 },
    { a: 3, b: 10 },
    { a: 2, b: 20 },
  ];
  assert.deepEqual(medianOfEach(rounds), { a: 2, b: 20 });
});

test('columns line up where Chinese characters take two places', () => {
  const lines = tableText([
    ['甲乙', '1', 'x'],
    ['abcdef', '22'],
  ]).split('\n');
  assert.deepEqual(lines, ['甲乙     1  x', 'abcdef  22']);
});

test('the largest peak of all rounds is told, unknown ones aside', () => {
  const peaks = [
    { process_mb: 100, postgres_mb: null },
    { process_mb: 1200, postgres_mb: 30 },
  ];
  assert.equal(memoryText(peaks), '内存峰值 1,200 MB，其 PostgreSQL 30 MB');
  assert.match(memoryText([{ process_mb: null, postgres_mb: null }]), /未知/);
});

test('a scratch folder lies in the data folder and goes when the work ends or fails', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'huiliu-scratch-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const used: string[] = [];
  const work = async (dir: string) => {
    used.push(dir);
    writeFileSync(join(dir, 'file'), 'x');
    if (used.length === 2) throw new Error('no');
    return 'done';
  };
  assert.equal(await inScratchFolder(data, work), 'done');
  await assert.rejects(inScratchFolder(data, work), /no/);
  await inScratchFolder(join(data, 'absent'), work);
  assert.deepEqual(used.map(dirname), [data, data, tmpdir()]);
  assert.ok(used.every((dir) => !existsSync(dir)));
});
