import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isHuiliuError, silentProgress } from '../kernel/index.ts';
import { loadPackages } from './load-packages.ts';
import { digestTables } from './rebuild/digest.ts';
import { freeBytesOf } from './receive/index.ts';
import { newDatabase, openWorld } from './testing/open-world.ts';
import { buildPackage } from './testing/package-builder.ts';
import { paymentDataset, paymentRow, personDataset, personRow } from './testing/people.ts';
import type { LoadStep } from './world.ts';

function cannotMount(): string | false {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], {
      stdio: 'ignore',
    });
    return false;
  } catch {
    return '需要挂载 tmpfs 的权限（root），未测';
  }
}

/** A disk of 400 MiB (receiving keeps 256 MiB in reserve) that can be filled up and cleared. */
async function smallDisk(base: string) {
  const disk = join(base, 'disk');
  await mkdir(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', disk]);
  const ballast = join(disk, 'ballast');
  return {
    disk,
    clear: () => rm(ballast, { force: true }),
    /** Synchronous, because it happens between two steps of a load. */
    fill: () => {
      try {
        execFileSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=64k'], { stdio: 'ignore' });
      } catch {
        // dd ends when the disk is full, which is what it is for.
      }
    },
    unmount: () => execFileSync('umount', ['-l', disk]),
  };
}

async function openSmallWorld(t: TestContext) {
  const base = await mkdtemp(join(tmpdir(), 'huiliu-full-'));
  const small = await smallDisk(base);
  let fillAt: LoadStep | null = null;
  const opened = await openWorld({
    dataDir: join(small.disk, 'data'),
    postgresUrl: await newDatabase(),
    onStep: (step) => {
      if (step === fillAt) small.fill();
    },
  });
  t.after(async () => {
    try {
      await small.clear();
      await opened.close();
    } finally {
      small.unmount();
      await rm(base, { recursive: true, force: true });
    }
  });
  const { world } = opened;
  return {
    ...small,
    base,
    world,
    fillAt: (step: LoadStep | null) => {
      fillAt = step;
    },
    digest: () => digestTables(world.duck, world.content.tables.values()),
    load: (path: string) => loadPackages(world, [path], silentProgress),
  };
}

/** Asserts that a load fails for want of space, in words an official understands. */
async function assertFull(work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(isHuiliuError(error), String(error));
    assert.match(error.code, /DISK_FULL|DUCK_FATAL/);
    assert.match(error.message, /磁盘.*(没有改变|不受影响).*请/s);
    return true;
  });
}

test('a disk that fills up at any step leaves what was published, and the load goes on later', {
  skip: cannotMount(),
}, async (t) => {
  const small = await openSmallWorld(t);
  // Every package changes every row, so that publishing it must find room.
  const rows = (seq: number) =>
    Array.from({ length: 4000 }, (_, i) =>
      paymentRow(1, { AAZ220: `Z${i}`, AAE019: `${100 + seq}.0` }),
    );
  const build = (seq: number) =>
    buildPackage(join(small.base, `package-${seq}`), {
      packageId: `F-${seq}`,
      seq,
      prevPackageId: seq === 1 ? null : `F-${seq - 1}`,
      datasets: [personDataset([personRow(1)]), paymentDataset(rows(seq))],
    });
  const first = await build(1);
  assert.equal((await small.load(first.dir))[0]?.state, 'published');

  let before = await small.digest();
  small.fill();
  await assertFull(small.load((await build(2)).dir));
  await small.clear();
  assert.deepEqual(await small.digest(), before);

  for (const [index, step] of (['received', 'staged', 'checked'] as const).entries()) {
    const seq = index + 2;
    const built = await build(seq);
    before = await small.digest();
    small.fillAt(step);
    await assertFull(small.load(built.dir));
    small.fillAt(null);
    await small.clear();
    assert.ok((await freeBytesOf(small.disk)) > 256 << 20);
    assert.deepEqual(await small.digest(), before, step);
    const [report] = await small.load(built.dir);
    assert.deepEqual([step, report?.state, report?.reason], [step, 'published', null]);
  }
});
