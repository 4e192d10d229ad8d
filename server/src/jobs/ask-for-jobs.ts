import { randomUUID } from 'node:crypto';
import { fromKysely } from 'pg-boss';
import { type Core, kindOf, QUEUE, sendOptions, working } from './core.ts';
import { jobEnded, jobNotRetriable, jobUnknown } from './errors.ts';
import type { Jobs } from './model.ts';
import { findJob, insertJob, moveJob } from './register.ts';
import type { CarriedJob } from './run-job.ts';

type Asking = Pick<Jobs, 'submit' | 'retry' | 'schedule' | 'cancel'>;

/** What people and programs ask of the queue. */
export function askingOf(core: Core): Asking {
  const { db, now, listeners } = core;
  const submit: Jobs['submit'] = async (name, input, by) => {
    const queue = working(core);
    const kind = kindOf(core, name);
    const id = randomUUID();
    const status = { job_id: id, kind: name, title: kind.title, asked_by: by.actor };
    await db.transaction().execute(async (transaction) => {
      await insertJob(transaction, { ...status, asked_at: now(), input });
      const data: CarriedJob = { kind: name, input, actor: by.actor };
      const options = sendOptions(core, kind, id);
      await queue.send(QUEUE, data, { ...options, id, db: fromKysely(transaction) });
    });
    listeners.tell(await findJob(db, id));
    queue.notifyWorker(core.worker);
    return id;
  };
  return {
    submit,
    retry: async (jobId, by) => {
      const job = await findJob(db, jobId);
      if (job === null) throw jobUnknown({});
      if (job.state !== 'failed' || !job.retriable) throw jobNotRetriable({});
      return submit(job.kind, job.input, by);
    },
    schedule: async (name, cron, kind, input) => {
      const data: CarriedJob = { kind, input, actor: `schedule:${name}` };
      const options = sendOptions(core, kindOf(core, kind), `schedule:${name}`);
      const when = { tz: 'Asia/Shanghai', key: name };
      await working(core).schedule(QUEUE, cron, data, { ...options, ...when });
    },
    cancel: async (jobId) => {
      if ((await findJob(db, jobId)) === null) throw jobUnknown({});
      const ended = { ended_at: now(), reason: '开始前被取消。' };
      const waiting = await moveJob(db, jobId, ['waiting'], 'cancelled', ended);
      if (waiting !== null) {
        await core.boss?.cancel(QUEUE, jobId);
        return listeners.tell(waiting);
      }
      const controller = core.controllers.get(jobId);
      if (controller === undefined) throw jobEnded({});
      controller.abort();
    },
  };
}
