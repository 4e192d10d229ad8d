import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { silentProgress } from '../../kernel/index.ts';
import { openDuck } from '../../store/index.ts';
import { loadPackages } from '../load-packages.ts';
import { digestTables } from '../rebuild/digest.ts';
import { listPackages } from '../register/queries.ts';
import type { IngestWorld } from '../world.ts';
import type { ChildTask, DeathPoint } from './load-child.ts';
import { newDatabase, openWorld, TEST_CITY_KEY } from './open-world.ts';
import { type PublishedState, publishedState } from './published-state.ts';
import { filesUnder } from './receive-setup.ts';
import { TWO_SOURCES } from './two-sources.ts';

/** What an uninterrupted run shows: after each package, and everything at the end. */
export interface Uninterrupted {
  /** An empty municipal database, to begin a round with. */
  readonly emptyFile: string;
  readonly states: readonly PublishedState[];
  readonly end: unknown;
}

/** Loads the packages one after another without any interruption. */
export async function runUninterrupted(
  dir: string,
  packages: readonly string[],
): Promise<Uninterrupted> {
  const dataDir = join(dir, 'uninterrupted');
  const emptyFile = join(dir, 'empty.duckdb');
  const options = { dataDir, postgresUrl: await newDatabase(), content: TWO_SOURCES };
  await (await openWorld(options)).close();
  await copyFile(join(dataDir, 'city.duckdb'), emptyFile);
  const { world, close } = await openWorld(options);
  const states = [await publishedState(world)];
  for (const path of packages) {
    await loadPackages(world, [path], silentProgress);
    states.push(await publishedState(world));
  }
  const end = await everything(world, dataDir);
  await close();
  return { emptyFile, states, end };
}

/** Row versions, accounts, register and receipts: all that must come out the same. */
async function everything(world: IngestWorld, dataDir: string): Promise<unknown> {
  const register = await listPackages(world.db);
  const folder = join(dataDir, 'receipts');
  const receipts = (await readdir(folder)).sort();
  return {
    tables: await digestTables(world.duck, world.content.tables.values()),
    register: register.map(({ packageId, state, edition }) => [packageId, state, edition]),
    receipts: await Promise.all(receipts.map((name) => readFile(join(folder, name), 'utf8'))),
  };
}

/** A data folder on which processes load the packages and are killed, until all are published. */
export interface Round {
  readonly task: Omit<ChildTask, 'die'>;
  readonly expected: Uninterrupted;
  /** How many packages were published when last looked at. */
  published: number;
}

/** Begins a round with an empty municipal database. */
export async function beginRound(
  dataDir: string,
  packages: readonly string[],
  expected: Uninterrupted,
  inPlaceRows?: number,
): Promise<Round> {
  await mkdir(dataDir, { recursive: true });
  await copyFile(expected.emptyFile, join(dataDir, 'city.duckdb'));
  const task = { dataDir, packages, postgresUrl: await newDatabase(), inPlaceRows };
  return { task, expected, published: 0 };
}

/**
 * Runs one loading process until it dies or is done, then looks at what is visible. With `killAfter`
 * it is killed from outside so many milliseconds after it began (`born`) or had opened its engines.
 */
export async function runAndLook(
  round: Round,
  die: DeathPoint,
  killAfter?: { from: 'born' | 'open'; ms: number },
): Promise<'killed' | 'done'> {
  const script = join(import.meta.dirname, 'load-child.ts');
  const child = spawn(process.execPath, [script, JSON.stringify({ ...round.task, die })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close') as Promise<[number | null, string | null]>;
  if (killAfter !== undefined) {
    if (killAfter.from === 'open') await Promise.race([once(child.stdout, 'data'), ended]);
    await Promise.race([setTimeout(killAfter.ms), ended]);
    child.kill('SIGKILL');
  } else child.stdout.resume();
  const [code, signal] = await ended;
  assert.ok(code === 0 || signal === 'SIGKILL', `the process ended by itself: ${code} ${signal}`);
  await look(round);
  return signal === 'SIGKILL' ? 'killed' : 'done';
}

/** Opens the database as it was left: it must show whole packages, and never fewer than before. */
async function look(round: Round): Promise<void> {
  const { dataDir } = round.task;
  const duck = await openDuck({
    file: join(dataDir, 'city.duckdb'),
    stagingDir: join(dataDir, 'staging'),
    tempDir: join(dataDir, 'tmp'),
    keys: [TEST_CITY_KEY],
    memoryLimit: '256MiB',
    threads: 1,
  });
  try {
    const seen = await publishedState({ duck, content: TWO_SOURCES });
    const at = round.expected.states.findIndex((state) => isSame(state, seen));
    assert.ok(
      at >= round.published,
      `a state that no whole packages give: ${JSON.stringify(seen)}`,
    );
    round.published = at;
  } finally {
    await duck.close();
  }
}

function isSame(left: PublishedState, right: PublishedState): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** Asserts that the round ended as the uninterrupted run did, and left no scratch files. */
export async function assertSameEnd(round: Round): Promise<void> {
  const { dataDir, postgresUrl } = round.task;
  const { world, close } = await openWorld({ dataDir, postgresUrl, content: TWO_SOURCES });
  try {
    assert.deepEqual(await everything(world, dataDir), round.expected.end);
    assert.deepEqual(await filesUnder(world.folders.staging), []);
    assert.deepEqual(await filesUnder(world.folders.incoming), []);
    const raw = await filesUnder(world.raw.dir);
    assert.deepEqual(
      raw.filter((name) => name.startsWith('.')),
      [],
    );
  } finally {
    await close();
  }
}
