import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { silentProgress } from '../kernel/index.ts';
import { type GivenCase, type GivenStep, publishCases } from '../process/testing/city-cases.ts';
import { forWholeCity } from '../security/index.ts';
import { PIPELINE } from './pipeline.ts';
import { type PipelineWorld, runPipeline } from './pipeline-run.ts';
import { openWorkspace } from './workspace.ts';

const dir = await mkdtemp(join(tmpdir(), 'huiliu-deviations-'));
const workspace = await openWorkspace({ dataDir: dir, purpose: '测试', memoryLimit: '512MiB' });
after(async () => {
  await workspace.close();
  await rm(dir, { recursive: true, force: true });
});

/** The rules that tell the same facts as a deviation, and the steps from the rules to the alerts. */
const TOLD_BY = ['CTL-001', 'CTL-009', 'CTL-010'];
const { pack } = workspace.rules;
const rules = new Map([...pack.rules].filter(([id]) => TOLD_BY.includes(id)));
const world: PipelineWorld = {
  ...workspace,
  rules: { ...workspace.rules, pack: { ...pack, rules } },
};
const STEPS = PIPELINE.filter(({ name }) =>
  ['rules', 'alerts', 'process', 'deviations'].includes(name),
);

const walk = (...steps: readonly (string | readonly [string, string])[]): GivenStep[] =>
  steps.map((step, at) => {
    const moment = `2026-06-${String(at + 1).padStart(2, '0')} 10:00:00`;
    return typeof step === 'string' ? [step, moment, `OP${at}`] : [step[0], moment, step[1]];
  });
const good = (id: string): GivenCase => ({
  ...{ id, steps: walk('010', '020', '030', '040', '050', '080') },
});

/** Publishes the cases, lets the steps follow, and tells every alert that stands: rule and case. */
async function alertsAfter(...cases: readonly GivenCase[]): Promise<string[]> {
  await publishCases({ world: workspace.process }, cases);
  await workspace.duck.write((session) =>
    session.run(`insert into feed.dataset (batch, dataset, state)
      select (select max(batch) from feed.batch), unnest(['biz_case', 'biz_event', 'operator']), 'accepted'`),
  );
  await follow();
  const rows = await forWholeCity(workspace.alerts.db, (db) =>
    db
      .selectFrom('alert')
      .select(['rule', 'key', 'trial'])
      .where('current', '=', true)
      .where('vanished_on', 'is', null)
      .orderBy('rule')
      .execute(),
  );
  assert.ok(
    rows.every(({ trial }) => trial),
    'what counts as on trial is not shown to counties',
  );
  return rows.map(({ rule, key }) => `${rule} ${key.case_id}`);
}

async function follow(again = false): Promise<Readonly<Record<string, unknown>>> {
  const report = await runPipeline(world, STEPS, {
    ...{ actor: 'cli:test', signal: new AbortController().signal, progress: silentProgress, again },
  });
  assert.equal(report.state, 'done', JSON.stringify(report));
  return report.steps.at(-1)?.result as Record<string, unknown>;
}

test('cases that keep to the description bring no alert', async () => {
  assert.deepEqual(await alertsAfter(good('A'), good('B')), []);
});

test('each planted deviation is one alert, by the rule where there is one, else by the description', async () => {
  const planted: GivenCase[] = [
    good('GOOD'),
    { id: 'SKIPPED', steps: walk('010', '020', '030', '040', '080') },
    { id: 'SAME', steps: walk('010', '020', ['030', 'X'], ['040', 'X'], '050', '080') },
    { id: 'REPEATED', steps: walk('010', '020', '030', '030', '040', '050', '080') },
    { id: 'ORDER', steps: walk('010', '020', '040', '030', '050', '080') },
    // CTL-009 judges matters of high risk only; this one must be accepted before it is closed too.
    { id: 'LOW', matter: 'A01200', steps: walk('010', '080') },
  ];
  const expected = [
    ...['CFM-001 LOW', 'CFM-002 REPEATED', 'CFM-003 ORDER', 'CTL-001 SAME', 'CTL-009 SKIPPED'],
  ];
  assert.deepEqual(await alertsAfter(...planted), expected);
  const again = await follow(true);
  assert.deepEqual([again.opened, again.updated, again.vanished], [0, 0, 0]);
  assert.deepEqual(await alertsAfter(...planted), expected, 'a new edition with the same facts');
});

test('a deviation that is no longer in the data says so', async () => {
  assert.deepEqual(
    await alertsAfter({ id: 'REPEATED', steps: walk('010', '020', '030', '040', '050', '080') }),
    [],
  );
  const remarks = await forWholeCity(workspace.alerts.db, (db) =>
    db
      .selectFrom('alert_step')
      .select(['action', 'remark'])
      .where('action', '=', 'vanish')
      .execute(),
  );
  assert.equal(remarks.length, 5);
  for (const { remark } of remarks) assert.match(remark ?? '', /事实已消失/);
});

test('without the alerts of the rules nothing is told twice: the step waits', async () => {
  const broken = STEPS.map((step) =>
    step.name === 'alerts' ? { ...step, run: () => Promise.reject(new Error('broken')) } : step,
  );
  await publishCases({ world: workspace.process }, [
    { id: 'SAME', steps: walk('010', '020', ['030', 'X'], ['040', 'X'], '050', '080') },
  ]);
  const report = await runPipeline(world, broken, {
    ...{ actor: 'cli:test', signal: new AbortController().signal, progress: silentProgress },
  });
  assert.deepEqual(
    report.steps.map(({ step, state }) => [step, state]),
    [
      ['rules', 'done'],
      ['alerts', 'failed'],
      ['process', 'done'],
      ['deviations', 'failed'],
    ],
  );
});
