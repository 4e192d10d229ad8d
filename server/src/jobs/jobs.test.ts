import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { defineError, isHuiliuError } from '../kernel/index.ts';
import { migrate, openPostgres, type PostgresEngine } from '../store/index.ts';
import { jobsMigrations } from './migrations.ts';
import type { JobContext, JobState, JobStatus, Jobs } from './model.ts';
import { openJobs } from './open-jobs.ts';

const CLOCK = { now: () => new Date('2026-11-05T01:00:00Z') };
const ASKER = { actor: 'user:ma' };

const diskAway = defineError(
  'TEST_DISK_AWAY',
  'unavailable',
  (_: Readonly<Record<never, never>>) => '磁盘暂时不可用。',
);
const inputWrong = defineError(
  'TEST_INPUT_WRONG',
  'invalid',
  (_: Readonly<Record<never, never>>) => '输入有误。',
);

let dir: string;
let postgres: PostgresEngine;
let jobs: Jobs;
const errors: unknown[] = [];
/** What the jobs of kind `test.step` do, by the name in their input. */
const works = new Map<string, (context: JobContext) => Promise<unknown>>();

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huiliu-jobs-'));
  postgres = await openPostgres({ dataDir: dir });
  await migrate(postgres.kysely(), jobsMigrations);
  jobs = await opened();
});

after(async () => {
  await jobs.stop();
  await postgres.close();
  await rm(dir, { recursive: true, force: true });
});

async function opened(): Promise<Jobs> {
  const queue = openJobs(postgres, CLOCK, { retryDelayS: 0 });
  for (const [name, exclusive] of [
    ['test.step', null],
    ['test.alone', 'city'],
    ['test.lone', 'city'],
  ] as const) {
    queue.define<{ work: string }, unknown>({
      ...{ name, title: '试验', exclusive, retries: 1 },
      run: ({ work }, context) => works.get(work)?.(context) ?? Promise.resolve(null),
    });
  }
  await queue.start({ onError: (error) => void errors.push(error) });
  return queue;
}

/** Waits until a job is in a state, by being told. */
function reached(queue: Jobs, jobId: string, ...states: JobState[]): Promise<JobStatus> {
  return new Promise((resolve, reject) => {
    const look = (status: JobStatus): void => {
      if (!states.includes(status.state)) return;
      unwatch();
      resolve(status);
    };
    const unwatch = queue.watch(jobId, look);
    queue.find(jobId).then(look, reject);
  });
}

/** A piece of work that ends when it is told to. */
function gate(): {
  readonly begun: Promise<void>;
  open(): void;
  readonly work: () => Promise<void>;
} {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const work = async (): Promise<void> => {
    begun.resolve();
    await end.promise;
  };
  return { begun: begun.promise, open: () => end.resolve(), work };
}

const untilAborted = ({ signal }: JobContext): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('ended'))));

test('a job runs, tells how far it is, and keeps its result', async () => {
  works.set('count', async ({ progress, actor, jobId }) => {
    progress.report('读取', 3, 10, 'rows');
    progress.report('写入', 10, 10, 'rows');
    return { actor, jobId, rows: 10 };
  });
  const seen: JobStatus[] = [];
  const unwatch = jobs.watch(null, (status) => seen.push(status));
  const id = await jobs.submit('test.step', { work: 'count' }, ASKER);
  const done = await reached(jobs, id, 'done');
  unwatch();
  assert.deepEqual(done.result, { actor: 'user:ma', jobId: id, rows: 10 });
  assert.deepEqual([done.step, done.done, done.total, done.unit], ['写入', 10, 10, 'rows']);
  assert.equal(done.asked_at, '2026-11-05T09:00:00+08:00');
  const mine = seen.filter(({ job_id }) => job_id === id);
  assert.deepEqual(
    [mine[0]?.state, mine[1]?.state, mine.at(-1)?.state],
    ['waiting', 'running', 'done'],
  );
  assert.ok(
    mine.some(({ step }) => step === '读取'),
    'each step is seen',
  );
  assert.ok(mine.every((each, at) => at === 0 || each.revision > (mine[at - 1]?.revision ?? 0)));
  const later = await jobs.list({ after: mine[0]?.revision ?? 0, limit: 10 });
  assert.deepEqual(
    later.map(({ job_id, state }) => [job_id, state]),
    [[id, 'done']],
  );
});

test('jobs with the same key wait for each other, also across kinds; others run beside them', async () => {
  const first = gate();
  const second = gate();
  works.set('first', first.work);
  works.set('second', second.work);
  works.set('free', async () => 'free');
  const a = await jobs.submit('test.alone', { work: 'first' }, ASKER);
  await first.begun;
  const b = await jobs.submit('test.lone', { work: 'second' }, ASKER);
  const free = await jobs.submit('test.step', { work: 'free' }, ASKER);
  await reached(jobs, free, 'done');
  assert.equal((await jobs.find(b)).state, 'waiting');
  first.open();
  await reached(jobs, a, 'done');
  await second.begun;
  second.open();
  await reached(jobs, b, 'done');
});

test('a failure of the environment is tried again, another is not', async () => {
  let tries = 0;
  works.set('flaky', async () => {
    tries += 1;
    if (tries === 1) throw diskAway({});
    return tries;
  });
  works.set('wrong', async () => {
    tries += 1;
    throw inputWrong({});
  });
  const flaky = await jobs.submit('test.step', { work: 'flaky' }, ASKER);
  assert.equal((await reached(jobs, flaky, 'done', 'failed')).result, 2);
  tries = 0;
  const wrong = await jobs.submit('test.step', { work: 'wrong' }, ASKER);
  const failed = await reached(jobs, wrong, 'done', 'failed');
  assert.deepEqual([failed.reason, failed.retriable, tries], ['输入有误。', false, 1]);
  await assert.rejects(jobs.retry(wrong, ASKER), (error) =>
    isHuiliuError(error, 'JOBS_NOT_RETRIABLE'),
  );
});

test('a bug is reported to us and shown without its words', async () => {
  works.set('bug', async () => {
    throw new Error('select 140502195611030019 failed');
  });
  const id = await jobs.submit('test.step', { work: 'bug' }, ASKER);
  const failed = await reached(jobs, id, 'failed');
  assert.match(failed.reason ?? '', new RegExp(id));
  assert.doesNotMatch(failed.reason ?? '', /select|1405/);
  assert.match(String(errors.at(-1)), /select/);
  works.set('bug', async () => 'mended');
  const again = await jobs.retry(id, ASKER);
  assert.equal((await reached(jobs, again, 'done')).result, 'mended');
});

test('a running job is cancelled by its signal, a waiting one at once, an ended one not at all', async () => {
  const begun = Promise.withResolvers<void>();
  works.set('long', (context) => {
    begun.resolve();
    return untilAborted(context);
  });
  let ran = false;
  works.set('never', async () => {
    ran = true;
  });
  const running = await jobs.submit('test.alone', { work: 'long' }, ASKER);
  await begun.promise;
  const waiting = await jobs.submit('test.alone', { work: 'never' }, ASKER);
  await jobs.cancel(waiting, ASKER);
  assert.equal((await jobs.find(waiting)).state, 'cancelled');
  await jobs.cancel(running, ASKER);
  await reached(jobs, running, 'cancelled');
  await assert.rejects(jobs.cancel(running, ASKER), (error) =>
    isHuiliuError(error, 'JOBS_JOB_ENDED'),
  );
  assert.equal(ran, false);
});

test('jobs of others are left out of a list by asker, and unknown ids are unknown', async () => {
  const mine = await jobs.list({ askedBy: 'user:nobody', limit: 10 });
  assert.deepEqual(mine, []);
  for (const id of ['x', '00000000-0000-4000-8000-000000000000']) {
    await assert.rejects(jobs.find(id), (error) => isHuiliuError(error, 'JOBS_JOB_UNKNOWN'));
    await assert.rejects(jobs.cancel(id, ASKER), (error) =>
      isHuiliuError(error, 'JOBS_JOB_UNKNOWN'),
    );
  }
});

test('a schedule is kept once a name, in Shanghai time', async () => {
  await jobs.schedule('nightly', '30 2 * * *', 'test.step', { work: 'count' });
  await jobs.schedule('nightly', '45 3 * * *', 'test.step', { work: 'count' });
  const { rows } = await postgres.pool.query('select cron, timezone from pgboss.schedule');
  assert.deepEqual(rows, [{ cron: '45 3 * * *', timezone: 'Asia/Shanghai' }]);
});

test('what a process that ended left running is reported as interrupted and can be retried', async () => {
  const lost = gate();
  works.set('lost', lost.work);
  const id = await jobs.submit('test.alone', { work: 'lost' }, ASKER);
  await lost.begun;
  // The next process knows nothing of the first one's work.
  const next = await opened();
  const found = await next.find(id);
  assert.deepEqual([found.state, found.retriable], ['failed', true]);
  assert.match(found.reason ?? '', /中断/);
  works.set('lost', async () => 'second time');
  const again = await next.retry(id, ASKER);
  assert.equal((await reached(next, again, 'done')).result, 'second time');
  lost.open();
  await next.stop();
  await jobs.stop();
  assert.equal((await next.find(id)).state, 'failed');
});

test('stopping ends running jobs as interrupted, and nothing is taken after it', async () => {
  const queue = await opened();
  const begun = Promise.withResolvers<void>();
  works.set('stopped', (context) => {
    begun.resolve();
    return untilAborted(context);
  });
  const id = await queue.submit('test.step', { work: 'stopped' }, ASKER);
  await begun.promise;
  await queue.stop();
  const found = await queue.find(id);
  assert.deepEqual([found.state, found.retriable, queue.running], ['failed', true, false]);
  await assert.rejects(queue.submit('test.step', { work: 'count' }, ASKER), (error) =>
    isHuiliuError(error, 'JOBS_QUEUE_STOPPED'),
  );
});
