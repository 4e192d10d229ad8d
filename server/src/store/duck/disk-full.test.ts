import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { type HuiliuError, isHuiliuError } from '../../kernel/index.ts';
import { afterwards, duckOptions, scratchFolder } from '../fixtures/scratch.ts';
import { type DuckEngine, openDuck } from '../index.ts';

const insert = 'insert into kept select $batch, md5((i * $batch)::varchar) from range(6000) t(i)';

function canMount(): string | false {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], {
      stdio: 'ignore',
    });
    return false;
  } catch {
    return 'needs the right to mount a tmpfs (root)';
  }
}

async function smallDisk(t: TestContext): Promise<string> {
  const disk = join(await scratchFolder(t), 'disk');
  await mkdir(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', disk]);
  afterwards(t, () => void execFileSync('umount', ['-l', disk]));
  return disk;
}

/** Commits until the log finds no room; then a checkpoint finds none either, which is fatal. */
async function fillUp(duck: DuckEngine): Promise<{ kept: number[]; failures: HuiliuError[] }> {
  const kept: number[] = [];
  for (let batch = 1; batch < 500; batch += 1) {
    try {
      await duck.transaction((s) => s.run(insert, { batch }));
      kept.push(batch);
    } catch (error) {
      const failures = [error, await duck.checkpoint().catch((fatal: unknown) => fatal)];
      assert.ok(failures.every((each) => isHuiliuError(each)));
      return { kept, failures };
    }
  }
  throw new Error('the disk never got full');
}

async function wholeBatches(duck: DuckEngine): Promise<number[]> {
  const rows = await duck.read((s) =>
    s.rows<{ batch: number; n: bigint }>(
      'select batch, count(*) as n from kept group by batch order by batch',
    ),
  );
  assert.ok(rows.every((row) => row.n === 6000n));
  return rows.map((row) => row.batch);
}

test('a full disk fails the write by name, keeps what was acknowledged, and heals by itself', {
  skip: canMount(),
}, async (t) => {
  const disk = await smallDisk(t);
  const duck = await openDuck({
    ...duckOptions(disk),
    tempDir: join(await scratchFolder(t), 'tmp'),
  });
  afterwards(t, () => duck.close());
  await duck.write((s) => s.run('create table kept (batch integer, hash varchar)'));
  const { kept, failures } = await fillUp(duck);
  assert.deepEqual(
    failures.map((each) => each.code),
    ['STORE_DUCK_DISK_FULL', 'STORE_DUCK_FATAL'],
  );
  assert.match(failures[1]?.message ?? '', /磁盘已满/);

  assert.deepEqual(await wholeBatches(duck), kept, 'readable while the disk is still full');
  await assert.rejects(
    duck.transaction((s) => s.run(insert, { batch: 900 })),
    isHuiliuError,
  );
  assert.deepEqual(await wholeBatches(duck), kept);

  execFileSync('mount', ['-o', 'remount,size=64m', disk]);
  await duck.transaction((s) => s.run(insert, { batch: 901 }));
  assert.deepEqual(await wholeBatches(duck), [...kept, 901]);
});

test('work under way on other connections ends with the same name when the database stops', {
  skip: canMount(),
}, async (t) => {
  const disk = await smallDisk(t);
  const duck = await openDuck({
    ...duckOptions(disk),
    tempDir: join(await scratchFolder(t), 'tmp'),
  });
  afterwards(t, () => duck.close());
  await duck.write((s) => s.run('create table kept (batch integer, hash varchar)'));
  const heavy = 'select count(*) from range(100000000) a(i), range(1000) b(j) where i * j % 7 = 3';
  const reader = assert.rejects(
    duck.read((s) => s.rows(heavy)),
    (error) => isHuiliuError(error, 'STORE_DUCK_FATAL'),
  );
  const { kept } = await fillUp(duck);
  await reader;
  assert.deepEqual(await wholeBatches(duck), kept);
});
