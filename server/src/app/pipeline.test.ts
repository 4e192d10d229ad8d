import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHuiliuError, silentProgress } from '../kernel/index.ts';
import { openSmallCity, packOf, ruleOf } from '../rules/testing/small-city.ts';
import { migrate } from '../store/index.ts';
import { PIPELINE } from './pipeline.ts';
import { listPipelines, type PipelineDb, pipelineMigrations } from './pipeline-register.ts';
import { type PipelineStep, type PipelineWorld, runPipeline } from './pipeline-run.ts';

const DEAD = ruleOf('T-001', 'select person_id from person order by person_id');

const city = await openSmallCity({ pack: packOf(DEAD) });
await migrate(city.world.db as never, pipelineMigrations);
const world = { rules: city.world } as PipelineWorld;
const db = city.world.db as unknown as PipelineDb;
/** Deaths and alerts have tests of their own; the whole order is seen at work in `demo.test.ts`. */
const RULES_ONLY = PIPELINE.filter(({ name }) => name === 'rules' || name === 'quality');
const hits = (result: unknown) => (result as { hits: number }).hits;

const request = (changes: Partial<Parameters<typeof runPipeline>[2]> = {}) => ({
  ...{ actor: 'cli:test', signal: new AbortController().signal, progress: silentProgress },
  ...changes,
});

test('before anything is published there is nothing to do', async () => {
  await assert.rejects(runPipeline(world, PIPELINE, request()), (error) =>
    isHuiliuError(error, 'APP_PIPELINE_NOTHING'),
  );
});

test('a step that fails is shown and holds up only what needs it; a later run does the rest', async () => {
  await city.publish('2026-10-31', { person: [{ person_id: 'P1' }] });
  const did: string[] = [];
  let broken = true;
  const step = (name: string, needs: string[] = []): PipelineStep => ({
    ...{ name, title: name, needs },
    run: async () => {
      did.push(name);
      if (name === 'b' && broken) throw new Error('secret detail');
      return { of: name };
    },
  });
  const steps = [step('a'), step('b'), step('c', ['b']), step('d', ['a'])];
  const errors: unknown[] = [];
  const first = await runPipeline(
    world,
    steps,
    request({ onError: (error) => errors.push(error) }),
  );
  assert.deepEqual(
    first.steps.map(({ step: name, state }) => [name, state]),
    [
      ['a', 'done'],
      ['b', 'failed'],
      ['c', 'failed'],
      ['d', 'done'],
    ],
  );
  assert.equal(first.state, 'failed');
  assert.doesNotMatch(JSON.stringify(first), /secret/);
  assert.match(String(errors[0]), /secret/);
  assert.match(first.steps[2]?.reason ?? '', /前面的“b”没有完成/);
  assert.deepEqual(did, ['a', 'b', 'd']);
  broken = false;
  did.length = 0;
  const second = await runPipeline(world, steps, request());
  assert.deepEqual(did, ['b', 'c'], 'what was done is not done again');
  assert.equal(second.state, 'done');
  assert.equal(second.pipeline_no, first.pipeline_no);
  did.length = 0;
  await runPipeline(world, steps, request());
  assert.deepEqual(did, []);
  const again = await runPipeline(world, steps, request({ again: true }));
  assert.deepEqual(did, ['a', 'b', 'c', 'd']);
  assert.notEqual(again.pipeline_no, first.pipeline_no);
});

test('a run that is stopped goes on where it stopped', async () => {
  await city.publish('2026-11-01', {});
  const stop = new AbortController();
  const did: string[] = [];
  const steps: PipelineStep[] = [
    { name: 'one', title: '一', run: async () => ({}) },
    {
      ...{ name: 'two', title: '二' },
      run: async (_, { signal }) => {
        did.push('two');
        if (did.length === 1) stop.abort();
        signal.throwIfAborted();
        return {};
      },
    },
    {
      ...{ name: 'three', title: '三' },
      run: async () => {
        did.push('three');
        return {};
      },
    },
  ];
  const stopped = await runPipeline(world, steps, request({ signal: stop.signal }));
  assert.equal(stopped.state, 'cancelled');
  assert.deepEqual(
    stopped.steps.map(({ state }) => state),
    ['done', 'failed', 'waiting'],
  );
  const rest = await runPipeline(world, steps, request());
  assert.equal(rest.state, 'done');
  assert.deepEqual(did, ['two', 'two', 'three']);
});

test('after a publication the rules run and the data are scored; the next edition begins anew', async () => {
  await city.publish('2026-11-02', { person: [{ person_id: 'P2' }] });
  const report = await runPipeline(world, RULES_ONLY, request());
  assert.equal(report.state, 'done', JSON.stringify(report));
  const [rules] = report.steps;
  assert.equal(hits(rules?.result), 2);
  await city.publish('2026-11-03', { person: [{ person_id: 'P3' }] });
  const next = await runPipeline(world, RULES_ONLY, request());
  assert.equal(hits(next.steps[0]?.result), 3);
  const [newest] = await listPipelines(db, { limit: 1 });
  assert.equal(newest?.edition, next.edition);
  assert.ok(newest?.ended_at !== null);
});
