import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import { afterwards, scratchFolder, startChild } from '../fixtures/scratch.ts';
import { holdDataFolder } from '../index.ts';
import { thisProcess } from './process.ts';

const code = (expected: string) => (error: unknown) => isHuiliuError(error, expected);
const clock = { now: () => new Date('2026-01-31T02:00:00Z') };
const owners = (dir: string): string => join(dir, 'run', 'owner');

/** Leaves a record as a holder would that could not say goodbye. */
async function leaveRecord(dir: string, holder: unknown): Promise<string> {
  await mkdir(owners(dir), { recursive: true });
  const file = join(owners(dir), 'owner.7');
  await writeFile(file, typeof holder === 'string' ? holder : JSON.stringify(holder));
  return file;
}

const record = { ...thisProcess(), purpose: '加载数据包', since: '2026-01-30T08:00:00+08:00' };

test('the folder and its subfolders are made for their owner only', async (t) => {
  const dir = join(await scratchFolder(t), 'deep', 'data');
  const folder = await holdDataFolder(dir, '测试');
  afterwards(t, () => folder.release());
  assert.equal(folder.dir, dir);
  const made = await readdir(dir);
  for (const name of ['raw', 'receipts', 'staging', 'postgres', 'config']) {
    assert.ok(made.includes(name), name);
    assert.equal((await stat(join(dir, name))).mode & 0o777, 0o700);
  }
  assert.equal((await stat(dir)).mode & 0o777, 0o700);
});

test('a second holder is told pid, purpose and since when, and gets it after the release', async (t) => {
  const dir = await scratchFolder(t);
  const folder = await holdDataFolder(dir, '加载 2026 年 1 月数据包', clock);
  await assert.rejects(holdDataFolder(dir, '提供网页服务'), (error) => {
    assert.ok(isHuiliuError(error, 'STORE_FOLDER_HELD'));
    assert.equal(error.kind, 'conflict');
    assert.ok(error.message.includes(`进程 ${process.pid} `));
    assert.match(error.message, /加载 2026 年 1 月数据包/);
    assert.match(error.message, /2026-01-31T10:00:00\+08:00/);
    return true;
  });
  await folder.release();
  await folder.release();
  const next = await holdDataFolder(dir, '提供网页服务');
  await next.release();
});

test('a holder in another process keeps others out until it is killed', async (t) => {
  const dir = await scratchFolder(t);
  const child = startChild(t, 'folder-holder.ts', [dir, '占用']);
  assert.deepEqual(await child.next(), { won: child.process.pid });
  await assert.rejects(holdDataFolder(dir, '测试'), code('STORE_FOLDER_HELD'));
  await child.kill();
  const folder = await holdDataFolder(dir, '测试');
  await folder.release();
});

test('a process number used again by another program does not hold the folder', async (t) => {
  const dir = await scratchFolder(t);
  await leaveRecord(dir, { ...record, startTicks: '1' });
  const folder = await holdDataFolder(dir, '测试');
  assert.deepEqual(await readdir(owners(dir)), ['owner.8']);
  await folder.release();
});

test('a holder from before the last boot and a damaged record do not hold the folder', async (t) => {
  for (const left of [{ ...record, bootId: 'earlier' }, '{"pid": 1', '']) {
    const dir = await scratchFolder(t);
    await leaveRecord(dir, left);
    const folder = await holdDataFolder(dir, '测试');
    await folder.release();
  }
});

test('a holder in another container holds the folder while it beats and a minute longer', async (t) => {
  const dir = await scratchFolder(t);
  const file = await leaveRecord(dir, { ...record, pidSpace: 'pid:[1]', host: 'other' });
  const secondsAgo = (n: number): Date => new Date(clock.now().getTime() - n * 1000);
  await utimes(file, secondsAgo(50), secondsAgo(50));
  await assert.rejects(holdDataFolder(dir, '测试', clock), code('STORE_FOLDER_HELD'));
  await utimes(file, secondsAgo(61), secondsAgo(61));
  const folder = await holdDataFolder(dir, '测试', clock);
  await folder.release();
});

for (const left of ['nothing', 'a dead holder']) {
  test(`of eight processes that start at once over ${left}, exactly one wins`, async (t) => {
    const dir = await scratchFolder(t);
    if (left !== 'nothing') await leaveRecord(dir, { ...record, startTicks: '1' });
    const children = Array.from({ length: 8 }, (_, n) =>
      startChild(t, 'folder-holder.ts', [dir, `第 ${n} 个`]),
    );
    const answers = await Promise.all(children.map((child) => child.next()));
    const won = answers.filter((answer) => typeof answer === 'object' && answer && 'won' in answer);
    assert.equal(won.length, 1, JSON.stringify(answers));
  });
}

test('processes that take and leave the folder again and again are never in it together', async (t) => {
  const dir = await scratchFolder(t);
  const rounds = 40;
  const children = [1, 2, 3].map((n) =>
    startChild(t, 'folder-holder.ts', [dir, `第 ${n} 个`, String(rounds)]),
  );
  const answers = await Promise.all(children.map((child) => child.next()));
  assert.deepEqual(answers, [{ taken: rounds }, { taken: rounds }, { taken: rounds }]);
});

test('a path that is a file is refused in plain words', async (t) => {
  const file = join(await scratchFolder(t), 'data');
  await writeFile(file, '不是文件夹');
  await assert.rejects(holdDataFolder(file, '测试'), code('STORE_FOLDER_UNUSABLE'));
  await assert.rejects(holdDataFolder(join(file, 'x'), '测试'), code('STORE_FOLDER_UNUSABLE'));
  assert.equal(await readFile(file, 'utf8'), '不是文件夹');
});

test('an existing folder open to everybody is closed', async (t) => {
  const dir = join(await scratchFolder(t), 'data');
  await mkdir(dir);
  await chmod(dir, 0o755);
  const folder = await holdDataFolder(dir, '测试');
  afterwards(t, () => folder.release());
  assert.equal((await stat(dir)).mode & 0o777, 0o700);
});
