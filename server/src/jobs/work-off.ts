import { type Job, PgBoss } from 'pg-boss';
import { type Core, isRunning, QUEUE } from './core.ts';
import { jobInterrupted } from './errors.ts';
import type { Jobs } from './model.ts';
import { endInterrupted, forgetOldJobs } from './register.ts';
import { type CarriedJob, runJob } from './run-job.ts';

/** Starting and stopping the queue, and carrying out what it hands out. */
export function workOf(core: Core): Pick<Jobs, 'start' | 'stop'> {
  const carried = new Set<Promise<void>>();
  return {
    start: async (options = {}) => {
      core.onError = options.onError ?? core.onError;
      const queue = new PgBoss({ db: core.driver, registerInstance: false });
      queue.on('error', (error) => core.onError(error, null));
      await queue.start();
      await queue.createQueue(QUEUE, { policy: 'singleton' });
      await dropActive(queue);
      await endInterrupted(core.db, core.now(), jobInterrupted({}).message);
      await forgetOldJobs(core.db, core.now());
      core.boss = queue;
      const pace = {
        batchSize: 1,
        pollingIntervalSeconds: 0.5,
        localConcurrency: core.concurrency,
      };

      core.worker = await queue.work<CarriedJob>(QUEUE, pace, async ([job]) => {
        if (job !== undefined) await carryOut(core, carried, job);
      });
    },
    stop: async () => {
      const { boss } = core;
      if (boss === null || !isRunning(core)) return;
      core.stopping.abort();
      for (const controller of core.controllers.values()) controller.abort();
      await boss.offWork(QUEUE, { wait: false });
      await Promise.all(carried);
      await boss.stop({ graceful: true, close: false, timeout: 5_000 });
    },
  };
}

async function carryOut(
  core: Core,
  carried: Set<Promise<void>>,
  job: Job<CarriedJob>,
): Promise<void> {
  const { db, now, kinds, stopping, controllers, onError } = core;
  const controller = new AbortController();
  controllers.set(job.id, controller);
  const { tell } = core.listeners;
  const running = runJob({ db, now, tell, onError, kinds, controller, stopping }, job);
  const settled = running.then(
    () => undefined,
    () => undefined,
  );
  carried.add(settled);
  try {
    await running;
  } finally {
    carried.delete(settled);
    controllers.delete(job.id);
    // What waited for its key need not wait for the next look at the queue.
    core.boss?.notifyWorker(core.worker);
  }
}

/** This process is the only one: what the queue calls active was left by one that ended. */
async function dropActive(queue: PgBoss): Promise<void> {
  for (;;) {
    const found = await queue.findJobs(QUEUE, { limit: 1_000 });
    const active = found.filter(({ state }) => state === 'active').map(({ id }) => id);
    if (active.length === 0) return;
    await queue.deleteJob(QUEUE, active);
  }
}
