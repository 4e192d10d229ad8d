import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { type Jobs, jobsMigrations, openJobs } from '../../jobs/index.ts';
import { migrate, openPostgres, type PostgresEngine } from '../../store/index.ts';
import { jobEvents } from './job-events.ts';
import { seesJob, shownJob } from './routes/jobs.ts';
import { principalOf } from './testing/principals.ts';

const CLOCK = { now: () => new Date('2026-11-05T01:00:00Z') };
const MA = principalOf('user:ma', ['exports.request']);
const CHIEF = principalOf('user:chief', ['jobs.read', 'jobs.cancel']);
const WATCHER = principalOf('user:watcher', ['jobs.read']);

let dir: string;
let postgres: PostgresEngine;
let jobs: Jobs;
let release: () => void = () => undefined;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huiliu-job-events-'));
  postgres = await openPostgres({ dataDir: dir });
  await migrate(postgres.kysely(), jobsMigrations);
  jobs = openJobs(postgres, CLOCK);
  jobs.define({
    ...{ name: 'test.wait', title: '等待', exclusive: null, retries: 0 },
    run: () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  });
  jobs.define({
    ...{ name: 'test.quick', title: '很快', exclusive: null, retries: 0 },
    run: async () => 'done',
  });
  await jobs.start();
});

after(async () => {
  await jobs.stop();
  await postgres.close();
  await rm(dir, { recursive: true, force: true });
});

interface Heard {
  readonly id: number;
  readonly event: string;
  readonly data: { readonly job_id?: string; readonly state?: string };
}

/** Opens a stream as somebody and hands over its events one by one. */
function listen(options: { as?: typeof MA; after?: number; stands?: () => Promise<boolean> } = {}) {
  let beat: () => void = () => undefined;
  const as = options.as ?? MA;
  const stream: Readable = jobEvents({
    jobs,
    visible: (job) => seesJob(as, job),
    shown: (job) => shownJob(as, job),
    after: options.after ?? null,
    stands: options.stands ?? (async () => true),
    regularly: (act) => {
      beat = act;
      return () => undefined;
    },
  });
  const chunks = stream.setEncoding('utf8')[Symbol.asyncIterator]();
  const waiting: string[] = [];
  const nextBlock = async (): Promise<string | null> => {
    while (waiting.length === 0) {
      const { value, done } = await chunks.next();
      if (done === true) return null;
      waiting.push(
        ...String(value)
          .split('\n\n')
          .filter((block) => block !== ''),
      );
    }
    return waiting.shift() ?? null;
  };
  const next = async (): Promise<Heard> => {
    const block = (await nextBlock()) ?? '';
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
    return { id: Number(field('id')), event: field('event'), data: JSON.parse(field('data')) };
  };
  return { stream, next, nextBlock, beat: () => beat() };
}

async function until(stream: ReturnType<typeof listen>, jobId: string, state: string) {
  for (;;) {
    const heard = await stream.next();
    if (heard.data.job_id === jobId && heard.data.state === state) return heard;
  }
}

test('a reader is told of each change of its own job, in rising order', async () => {
  const reader = listen();
  assert.equal((await reader.next()).event, 'ready');
  const id = await jobs.submit('test.quick', {}, MA);
  const done = await until(reader, id, 'done');
  assert.ok(done.id > 0);
  reader.stream.destroy();
});

test('jobs of others are told only to those who may see all jobs', async () => {
  const mine = listen();
  const chief = listen({ as: CHIEF });
  await mine.next();
  const foreign = await jobs.submit('test.quick', {}, CHIEF);
  await until(chief, foreign, 'done');
  const own = await jobs.submit('test.quick', {}, MA);
  const heard = await mine.next();
  assert.equal(heard.data.job_id, own, 'nothing of the foreign job came before');
  mine.stream.destroy();
  chief.stream.destroy();
});

test('a reader who comes back gets what it missed once', async () => {
  const first = listen();
  const id = await jobs.submit('test.quick', {}, MA);
  const { id: seen } = await until(first, id, 'done');
  first.stream.destroy();
  const missed = await jobs.submit('test.quick', {}, MA);
  const fresh = listen();
  await until(fresh, await jobs.submit('test.quick', {}, MA), 'done');
  const back = listen({ after: seen });
  assert.deepEqual((await back.next()).event, 'ready');
  const heard = await back.next();
  assert.deepEqual([heard.data.job_id, heard.data.state], [missed, 'done']);
  fresh.stream.destroy();
  back.stream.destroy();
});

test('a heartbeat keeps the line open, and the stream ends with the session', async () => {
  let stands = true;
  const reader = listen({ stands: async () => stands });
  await reader.next();
  reader.beat();
  assert.equal(await reader.nextBlock(), ': ');
  stands = false;
  reader.beat();
  assert.equal(await reader.nextBlock(), null);
});

test('what may be done with a job depends on who looks', async () => {
  const id = await jobs.submit('test.wait', {}, MA);
  const job = await jobs.find(id);
  assert.deepEqual(shownJob(MA, job).allowed_actions, ['cancel']);
  assert.deepEqual(shownJob(CHIEF, job).allowed_actions, ['cancel']);
  assert.deepEqual(shownJob(WATCHER, job).allowed_actions, []);
  assert.equal(seesJob(principalOf('user:other', ['exports.request']), job), false);
  const reader = listen();
  await reader.next();
  const running = await jobs.find(id);
  if (running.state !== 'running') await until(reader, id, 'running');
  release();
  await until(reader, id, 'done');
  assert.deepEqual(shownJob(MA, await jobs.find(id)).allowed_actions, []);
  reader.stream.destroy();
});

test('streams end when the queue stops', async () => {
  const reader = listen();
  await reader.next();
  await jobs.stop();
  assert.equal(await reader.nextBlock(), null);
});
