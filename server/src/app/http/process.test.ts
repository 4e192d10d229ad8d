import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type GivenCase, publishCases } from '../../process/testing/city-cases.ts';
import { defineJobs } from '../job-kinds.ts';
import { ROUTES } from './server.ts';
import { openSignedInServer } from './testing/signed-in-server.ts';

const server = await openSignedInServer({
  city: { roles: ['information_officer'] },
  county: { roles: ['county_officer'], agencies: ['140502'] },
  admin: { roles: ['system_admin'] },
});
const { city, county, admin } = server.clients;
const { workspace } = server;
defineJobs(workspace);
await workspace.jobs.start();
after(async () => {
  await workspace.jobs.stop();
  await server.close();
});

const STEPS = [
  ['020', '2026-10-12 09:00:00', 'OP1'],
  ['030', '2026-10-13 09:00:00', 'OP2'],
  ['080', '2026-10-14 09:00:00', 'OP3'],
] as const;

const CASES: readonly GivenCase[] = [
  { id: 'OURS', agency: '140502', steps: STEPS },
  { id: 'THEIRS', agency: '140581', steps: STEPS },
  { id: 'OPEN', agency: '140581', result: '0', steps: STEPS.slice(0, 1) },
];
await publishCases({ world: workspace.process }, CASES);

/** Bodies with which each question is valid. */
const QUESTIONS: Readonly<Record<string, object>> = {
  map: {},
  variants: {},
  cases: {},
  case: { case_id: 'OURS' },
  rework: {},
  waiting: {},
  handover: { between: 'people' },
  late: {},
  conformance: {},
  compare: { first: [], second: [] },
  channels: {},
  model: {},
  bpmn: {},
};

test('every question of the panorama is among those tried here', () => {
  const urls = ROUTES.filter(
    ({ url, method }) => method === 'POST' && url.startsWith('/api/process/'),
  )
    .map(({ url }) => url.slice('/api/process/'.length))
    .filter((name) => name !== 'import');
  assert.deepEqual(urls.sort(), Object.keys(QUESTIONS).sort());
});

for (const [name, body] of Object.entries(QUESTIONS)) {
  test(`${name}: who may read gets an answer, who may not and who is nobody do not`, async () => {
    const url = `/api/process/${name}`;
    assert.equal((await city.post(url, body)).status, 200);
    assert.equal((await county.post(url, body)).status, 200);
    assert.equal((await admin.post(url, body)).status, 403);
    assert.equal((await server.nobody.post(url, body)).status, 401);
    assert.equal((await city.post(url, { ...body, no_such_key: 1 })).status, 400);
  });
}

test('a county’s answers hold its own cases only', async () => {
  assert.equal((await city.post('/api/process/map', {})).body.cases, 3);
  assert.equal((await county.post('/api/process/map', {})).body.cases, 1);
  const { body } = await county.post('/api/process/cases', { page_size: 10 });
  assert.deepEqual(
    body.rows.map(({ case_id }: { case_id: string }) => case_id),
    ['OURS'],
  );
  // Asking for the other county by name adds nothing to what one may see.
  const asked = await county.post('/api/process/map', {
    filters: [{ kind: 'county', values: ['140581'] }],
  });
  assert.equal(asked.body.cases, 0);
  assert.equal((await county.post('/api/process/late', {})).body.total, 0);
  assert.equal((await city.post('/api/process/late', {})).body.total, 1);
});

test('the workbench is reminded of late cases of one’s own county, and nobody else is', async () => {
  const url = '/api/process/reminders';
  assert.equal((await county.get(url)).body.overdue, 0);
  const { status, body } = await city.get(url);
  assert.deepEqual([status, body.overdue + body.near], [200, 0]);
  await publishCases({ world: workspace.process }, [
    ...CASES,
    { id: 'LATE', agency: '140502', result: '0', steps: [['020', '2026-07-13 09:00:00', 'OP1']] },
  ]);
  assert.equal((await county.get(url)).body.overdue, 1);
  assert.equal((await admin.get(url)).status, 403);
  assert.equal((await server.nobody.get(url)).status, 401);
  await publishCases({ world: workspace.process }, CASES);
});

test('where all steps bear one moment, no transition has a share of the time', async () => {
  const steps = STEPS.map(([step, , by]) => [step, STEPS[0][1], by] as const);
  await publishCases({ world: workspace.process }, [{ id: 'ONCE', agency: '140502', steps }]);
  const { status, body } = await city.post('/api/process/waiting', {});
  assert.deepEqual([status, body.bottlenecks[0].time_share], [200, null]);
  await publishCases({ world: workspace.process }, CASES);
});

test('a case of another county answers like one that does not exist', async () => {
  const theirs = await county.post('/api/process/case', { case_id: 'THEIRS' });
  const none = await county.post('/api/process/case', { case_id: 'NONE' });
  assert.deepEqual([theirs.status, theirs.body], [404, none.body]);
  assert.equal((await city.post('/api/process/case', { case_id: 'THEIRS' })).status, 200);
});

test('a log that is not there, a filter that says nothing and a matter nobody described are told', async () => {
  const missing = await city.post('/api/process/map', { log: 'none' });
  assert.deepEqual([missing.status, missing.body.code], [404, 'PROCESS_LOG_UNKNOWN']);
  const empty = await city.post('/api/process/map', {
    filters: [{ kind: 'duration', min_s: null, max_s: null }],
  });
  assert.deepEqual([empty.status, empty.body.code], [400, 'PROCESS_FILTER_INVALID']);
  const matter = await city.post('/api/process/conformance', { matter: 'Z9' });
  assert.equal(matter.body.code, 'PROCESS_MATTER_UNDESCRIBED');
});

test('the model comes as a BPMN file to keep', async () => {
  const { headers, text } = await city.post('/api/process/bpmn', {});
  assert.match(String(headers['content-type']), /application\/xml/);
  assert.match(String(headers['content-disposition']), /process\.bpmn/);
  assert.match(text, /<bpmndi:BPMNDiagram/);
});

test('an uploaded log is imported in the background; a county may neither import nor see it', async () => {
  const file = readFileSync(join(import.meta.dirname, '../../process/fixtures/nested.xes'));
  const url = '/api/process/import?file_name=nested.xes&log=other';
  const type = { 'content-type': 'application/octet-stream' };
  assert.equal((await county.post(url, file, type)).status, 403);
  const { status, body } = await city.post(url, file, type);
  assert.equal(status, 202);
  await new Promise<void>((done) => {
    const check = (state: string) => {
      if (state === 'done' || state === 'failed') done();
    };
    workspace.jobs.watch(body.job_id, (job) => check(job.state));
    void workspace.jobs.find(body.job_id).then(({ state }) => check(state));
  });
  assert.equal((await workspace.jobs.find(body.job_id)).state, 'done');
  assert.equal((await city.post('/api/process/map', { log: 'other' })).body.cases, 40);
  assert.equal((await county.post('/api/process/map', { log: 'other' })).status, 404);
  const names = async (client: typeof city) =>
    (await client.get('/api/process/logs')).body.rows.map(({ log }: { log: string }) => log);
  assert.deepEqual(await names(city), ['city', 'other']);
  assert.deepEqual(await names(county), ['city']);
});

test('a county is not told how many cases the whole city has', async () => {
  const { body } = await county.get('/api/process/logs');
  assert.equal(body.rows[0].cases, 1);
  assert.deepEqual(body.allowed_actions, []);
  assert.deepEqual((await city.get('/api/process/logs')).body.allowed_actions, ['import']);
});
