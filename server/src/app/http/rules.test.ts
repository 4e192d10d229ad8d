import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadPackages } from '../../ingest/index.ts';
import type { JobStatus } from '../../jobs/index.ts';
import { silentProgress } from '../../kernel/index.ts';
import { keepQuality } from '../../rules/index.ts';
import { awaitJob } from '../after-publication.ts';
import { defineJobs } from '../job-kinds.ts';
import type { TestAnswer } from './testing/client.ts';
import { openSignedInServer, type SignedInServer } from './testing/signed-in-server.ts';

const SAMPLE = join(import.meta.dirname, '../../../../tools/sample-package');
type People = 'inspector' | 'chief' | 'county' | 'clerk' | 'leader';
let server: SignedInServer<People>;
let runId: string;

before(async () => {
  server = await openSignedInServer<People>({
    inspector: { roles: ['inspector'] },
    chief: { roles: ['controller'] },
    county: { roles: ['county_officer'], agencies: ['140502'] },
    clerk: { roles: ['window_clerk'] },
    leader: { roles: ['leader'] },
  });
  const { workspace, clients } = server;
  await loadPackages(workspace.ingest, [SAMPLE], silentProgress);
  defineJobs(workspace);
  await workspace.jobs.start();
  const ended = await jobOf(await clients.inspector.post('/api/rules/run', { mode: 'full' }));
  assert.equal(ended.state, 'done', ended.reason ?? '');
  runId = (ended.result as { run_id: string }).run_id;
  await keepQuality(workspace.rules, runId);
});

after(async () => {
  await server.workspace.jobs.stop();
  await server.close();
});

function jobOf(answer: TestAnswer): Promise<JobStatus> {
  assert.equal(answer.status, 202, answer.text);
  return awaitJob(server.workspace, answer.body.job_id, silentProgress);
}

/** Every page of a list. */
async function all(client: { get(url: string): Promise<TestAnswer> }, url: string) {
  const rows: Record<string, unknown>[] = [];
  for (let page = 1; ; page += 1) {
    const { body, status, text } = await client.get(
      `${url}${url.includes('?') ? '&' : '?'}page=${page}&page_size=200`,
    );
    assert.equal(status, 200, text);
    rows.push(...body.rows);
    if (rows.length >= body.total) return rows;
  }
}

test('the catalogue tells what each rule found last and can be narrowed', async () => {
  const { inspector } = server.clients;
  const rules = await all(inspector, '/api/rules');
  assert.equal(rules.length, server.workspace.rules.pack.rules.size);
  const hit = await all(inspector, '/api/rules?state=hit');
  assert.ok(hit.length > 0);
  const drafts = await all(inspector, '/api/rules?status=draft');
  assert.ok(drafts.every(({ status, missing }) => status === 'draft' && missing !== null));
  const deaths = await all(inspector, '/api/rules?group=DTH&text=DTH-001');
  assert.deepEqual(
    deaths.map(({ id }) => id),
    ['DTH-001'],
  );
});

test('a rule is told in plain words, with its parameters and what may be done', async () => {
  const { inspector, leader } = server.clients;
  const { body } = await inspector.get('/api/rules/DTH-001');
  assert.ok(body.why.length > 0 && body.basis.length > 0 && body.cases.length >= 3);
  assert.equal(body.results[0].run_id, runId);
  assert.deepEqual(body.allowed_actions, ['try', 'back_test', 'propose', 'whitelist']);
  assert.deepEqual((await leader.get('/api/rules/DTH-001')).body.allowed_actions, []);
  assert.equal((await inspector.get('/api/rules/DTH-999')).status, 404);
});

test('a county counts its own findings only and never sees another county', async () => {
  const { inspector, county } = server.clients;
  const whole = await inspector.get(`/api/rules/runs/${runId}`);
  const own = await county.get(`/api/rules/runs/${runId}`);
  assert.ok(whole.body.totals.hits > 0);
  assert.equal(own.body.totals, null);
  const sum = (body: { rules: { hits: number }[] }) =>
    body.rules.reduce((total, { hits }) => total + hits, 0);
  assert.ok(sum(own.body) < sum(whole.body));
  const findings = await all(county, `/api/rules/runs/${runId}/findings`);
  assert.ok(findings.every(({ agency }) => agency === '140502'));
  const foreign = await all(county, `/api/rules/runs/${runId}/findings?agency=140521`);
  assert.deepEqual(foreign, []);
  const list = await county.get('/api/rules/runs');
  assert.equal(list.body.rows[0].totals, null);
  const cityFindings = await all(inspector, `/api/rules/runs/${runId}/findings?rule=DTH-001`);
  assert.ok(cityFindings.every((row) => !('name' in row) && !('id_no' in row)));
});

test('a change of a rule waits for another person and then counts', async () => {
  const { inspector, chief, county } = server.clients;
  const asked = await inspector.post('/api/rules/DTH-001/propose', {
    to: 'active',
    reason: '试运行满三个月，误报少',
  });
  assert.equal(asked.status, 200, asked.text);
  const no = asked.body.change_no;
  const opinion = { opinion: '同意启用这条规则' };
  assert.equal((await inspector.post(`/api/rules/changes/${no}/approve`, opinion)).status, 403);
  assert.equal((await county.post(`/api/rules/changes/${no}/approve`, opinion)).status, 403);
  const waiting = await chief.get('/api/rules/changes?state=asked');
  assert.deepEqual(waiting.body.rows[0].allowed_actions, ['approve', 'refuse']);
  const done = await chief.post(`/api/rules/changes/${no}/approve`, opinion);
  assert.deepEqual(done.body, { rule: 'DTH-001', state: 'approved' });
  assert.equal((await inspector.get('/api/rules/DTH-001')).body.status, 'active');
  const again = await chief.post(`/api/rules/changes/${no}/refuse`, opinion);
  assert.equal(again.status, 409);
  const own = await chief.post('/api/rules/DTH-001/propose', {
    to: 'trial',
    reason: '再观察一段时间',
  });
  const self = await chief.post(`/api/rules/changes/${own.body.change_no}/approve`, opinion);
  assert.equal(self.body.code, 'RULES_CHANGE_INVALID');
});

test('one rule is tried and a parameter back-tested as jobs with their results', async () => {
  const { inspector, county } = server.clients;
  const tried = await jobOf(await inspector.post('/api/rules/DTH-001/try', {}));
  assert.equal((tried.result as { kind: string }).kind, 'rules');
  const ran = await all(inspector, '/api/rules?state=hit&kind=risk');
  const details = await Promise.all(ran.map(({ id }) => inspector.get(`/api/rules/${id}`)));
  const numeric = details
    .map(({ body }) => body)
    .find(({ params, sql }) => sql !== '' && typeof params[0]?.value === 'number');
  const [param] = numeric.params;
  const test = await jobOf(
    await inspector.post(`/api/rules/${numeric.id}/back-test`, {
      params: { [param.name]: String(param.value) },
    }),
  );
  const result = test.result as { before: object; after: object; counties: object[] };
  assert.deepEqual(result.before, result.after, 'the same value changes nothing');
  const wrong = await jobOf(
    await inspector.post(`/api/rules/${numeric.id}/back-test`, { params: { nothing: '1' } }),
  );
  assert.match(wrong.reason ?? '', /没有参数 nothing/);
  assert.equal((await county.post('/api/rules/run', { mode: 'full' })).status, 403);
  assert.equal((await inspector.post('/api/rules/DTH-999/try', {})).status, 404);
});

test('the whitelist names its document and its end', async () => {
  const { inspector, county } = server.clients;
  const person = await server.workspace.duck.read((session) =>
    session.first<{ person_id: string }>('select person_id from main.person order by 1 limit 1'),
  );
  const entry = {
    ...{ person_id: person?.person_id ?? '', rule: 'DTH-001', doc_no: '晋市社〔2026〕1号' },
    ...{ reason: '政策性人群', from: '2026-11-01', to: '2027-10-31' },
  };
  assert.equal((await county.post('/api/rules/whitelist/add', entry)).status, 403);
  const backwards = { ...entry, to: '2026-01-01' };
  assert.equal((await inspector.post('/api/rules/whitelist/add', backwards)).status, 409);
  assert.equal((await inspector.post('/api/rules/whitelist/add', entry)).status, 200);
  const list = await inspector.get('/api/rules/whitelist?rule=DTH-001');
  assert.equal(list.body.rows[0].doc_no, entry.doc_no);
});

test('quality scores are read by month, the worst first, each county its own', async () => {
  const { inspector } = server.clients;
  const periods = await inspector.get('/api/quality/periods');
  assert.equal(periods.body.length, 1);
  const { rows } = (await inspector.get(`/api/quality/scores?period=${periods.body[0]}`)).body;
  assert.ok(rows.length > 0);
  const scores = rows.map(({ score }: { score: number }) => score);
  assert.deepEqual(
    scores,
    [...scores].sort((a, b) => a - b),
  );
  assert.equal((await server.clients.county.get('/api/quality/scores')).status, 403);
  assert.equal((await server.clients.clerk.get('/api/rules')).status, 403);
});
