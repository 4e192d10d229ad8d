import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sweepUploads } from '../../ingest/index.ts';
import { buildPackage } from '../../ingest/testing/package-builder.ts';
import { PERSON_COLUMNS, personDataset, personRow } from '../../ingest/testing/people.ts';
import type { JobStatus } from '../../jobs/index.ts';
import { silentProgress } from '../../kernel/index.ts';
import { auditedChanges } from '../../security/testing/audited-changes.ts';
import { awaitJob, PIPELINE_JOB } from '../after-publication.ts';
import { defineJobs } from '../job-kinds.ts';
import type { TestAnswer, TestClient } from './testing/client.ts';
import { openSignedInServer, type SignedInServer } from './testing/signed-in-server.ts';

const SAMPLE = join(import.meta.dirname, '../../../../tools/sample-package');
const PACKAGE = 'SX-F-20261031-001';
const URL = `/api/feed/packages/${PACKAGE}`;
const BYTES = { 'content-type': 'application/octet-stream' };
type People = 'officer' | 'reviewer' | 'county' | 'head' | 'clerk';
let server: SignedInServer<People>;

before(async () => {
  server = await openSignedInServer<People>({
    officer: { roles: ['information_officer'] },
    reviewer: { roles: ['information_reviewer'] },
    county: { roles: ['county_officer'], agencies: ['140521'] },
    head: { roles: ['county_reviewer'], agencies: ['140521'] },
    clerk: { roles: ['window_clerk'] },
  });
  const { workspace } = server;
  defineJobs(workspace);
  await workspace.jobs.start();
});

after(async () => {
  await server.workspace.jobs.stop();
  await server.close();
});

/** Waits for the job of an answer; what follows a publication is another test's matter. */
async function jobOf(answer: TestAnswer): Promise<JobStatus> {
  assert.equal(answer.status, 202, answer.text);
  const { jobs } = server.workspace;
  const ended = await awaitJob(server.workspace, answer.body.job_id, silentProgress);
  for (const { job_id, kind, state } of await jobs.list({ kind: PIPELINE_JOB, limit: 20 })) {
    if (kind === PIPELINE_JOB && (state === 'waiting' || state === 'running')) {
      await jobs.cancel(job_id, { actor: 'system:test' }).catch(() => undefined);
    }
  }
  return ended;
}

test('a package is uploaded file by file, checked against its manifest while it arrives, and loaded', async () => {
  const { officer, county, clerk } = server.clients;
  assert.equal((await county.post('/api/feed/uploads')).status, 403);
  assert.equal((await clerk.get('/api/feed/packages')).status, 403);
  const { upload_id } = (await officer.post('/api/feed/uploads')).body;
  const send = (name: string, body: Buffer) =>
    officer.post(`/api/feed/uploads/${upload_id}/files?name=${name}`, body, BYTES);
  const names = (await readdir(SAMPLE)).filter((name) => name !== 'truth.json' && name !== '.ok');
  const manifest = await send('manifest.json', await readFile(join(SAMPLE, 'manifest.json')));
  assert.equal(manifest.status, 200, manifest.text);
  const early = await officer.post(`/api/feed/uploads/${upload_id}/submit`);
  assert.equal(early.body.code, 'INGEST_UPLOAD_INCOMPLETE');
  const broken = await send('person.txt', Buffer.from('half a file'));
  assert.equal(broken.body.check, 'differs');
  for (const name of names) {
    if (name === 'manifest.json') continue;
    const { body } = await send(name, await readFile(join(SAMPLE, name)));
    assert.equal(body.check, 'ok', name);
    assert.match(body.sm3, /^[0-9a-f]{64}$/);
  }
  assert.equal((await send('..%2Fescape', Buffer.from('x'))).body.code, 'INGEST_UPLOAD_FILE');
  const upload = await officer.get(`/api/feed/uploads/${upload_id}`);
  assert.deepEqual([upload.body.complete, upload.body.package_id], [true, PACKAGE]);
  const loaded = await jobOf(await officer.post(`/api/feed/uploads/${upload_id}/submit`));
  assert.equal(loaded.state, 'done', loaded.reason ?? '');
  assert.equal((loaded.result as { state: string }[])[0]?.state, 'published');
  assert.equal((await officer.get(`/api/feed/uploads/${upload_id}`)).status, 404);
});

test('a county reads its own figures, rows and nothing of others', async () => {
  const { officer, county } = server.clients;
  const [whole] = (await officer.get('/api/feed/packages')).body;
  const [own] = (await county.get('/api/feed/packages')).body;
  const person = (body: { datasets: { dataset: string; accepted: number }[] }) =>
    body.datasets.find(({ dataset }) => dataset === 'person')?.accepted ?? 0;
  assert.ok(person(own) > 0 && person(own) < person(whole));
  assert.equal(own.return_rate, null);
  const ledger = (await county.get(`${URL}/ledger`)).body;
  assert.deepEqual(
    [...new Set(ledger.map(({ agency }: { agency: string }) => agency))],
    ['140521'],
  );
  const all = (await officer.get(`${URL}/rows?page_size=200`)).body;
  const mine = (await county.get(`${URL}/rows?page_size=200`)).body;
  assert.ok(mine.total < all.total, `${mine.total} of ${all.total}`);
  assert.ok(mine.rows.every(({ agency }: { agency: string }) => agency === '140521'));
  const other = all.rows.find(({ agency }: { agency: string | null }) => agency !== '140521');
  const { dataset, line } = other;
  const row = await county.post(`${URL}/row`, { dataset, line });
  assert.equal(row.status, 404);
  const edit = { dataset, line, changes: { AAC003: '王' }, reason: '试图改别的县区' };
  assert.equal((await county.post(`${URL}/edit`, edit)).status, 404);
  const waive = { rows: [{ dataset, line }], reason: '试图处理别的县区' };
  assert.equal((await county.post(`${URL}/mark`, waive)).body.code, 'INGEST_REPAIR_ROWS_NOT_OPEN');
  assert.deepEqual((await county.get(`${URL}/listing?kind=issue`)).body.rows, []);
});

test('quarantined rows are narrowed by reason and shown masked, with what may be done', async () => {
  const { officer } = server.clients;
  const faults = (await officer.get(`${URL}/faults`)).body;
  const check = faults.find(({ code }: { code: string }) => code === 'ID05');
  assert.ok(check.rows > 0);
  const { rows, total } = (
    await officer.get(`${URL}/rows?code=ID05&dataset=${check.dataset}&page_size=200`)
  ).body;
  assert.equal(total, check.rows);
  for (const row of rows) {
    assert.deepEqual(row.allowed_actions, ['edit', 'waive', 'send']);
    for (const fault of row.faults) assert.doesNotMatch(String(fault.raw_value), /^\d{17}[\dX]$/);
  }
  const detail = await officer.post(`${URL}/row`, { dataset: rows[0].dataset, line: rows[0].line });
  const field = detail.body.fields.find(({ faulty }: { faulty: boolean }) => faulty);
  assert.ok(field.editable);
  assert.doesNotMatch(detail.text, /"\d{17}[\dX]"/);
});

test('a row sent to a county is seen and corrected there; a waived one keeps its reason', async () => {
  const { officer, county } = server.clients;
  const all = (await officer.get(`${URL}/rows?page_size=200&mark=none&state=open`)).body.rows;
  const city = all.find(({ agency }: { agency: string | null }) => agency !== '140521');
  const place = { dataset: city.dataset, line: city.line };
  const send = { rows: [place], send_to: '140521', due_on: '2027-01-15', reason: '请核实本人证件' };
  assert.equal((await county.post(`${URL}/mark`, send)).status, 403);
  assert.equal((await officer.post(`${URL}/mark`, send)).body.marked, 1);
  const seen = await county.post(`${URL}/row`, place);
  assert.equal(seen.status, 200, seen.text);
  assert.equal(seen.body.marks[0].reason, '请核实本人证件');
  const waived = all.find((row: { line: number; dataset: string }) => row !== city);
  const waive = {
    rows: [{ dataset: waived.dataset, line: waived.line }],
    reason: '来源已确认作废',
  };
  assert.equal((await officer.post(`${URL}/mark`, waive)).status, 200);
  const marked = (await officer.get(`${URL}/rows?mark=waived`)).body;
  assert.deepEqual([marked.total, marked.rows[0].marks[0].kind], [1, 'waived']);
  const later = { ...waive, reason: '来源再次确认作废' };
  assert.equal((await officer.post(`${URL}/mark`, later)).status, 200);
  const db = server.workspace.postgres.kysely<never>();
  const changes = await auditedChanges(db, { object: `${PACKAGE} (1)` }, '^repair.waived$');
  assert.equal(changes.length, 2);
  assert.equal(changes[1]?.before, changes[0]?.after, 'the later mark replaces the earlier');
});

test('an edit waits for a second person and then enters', async () => {
  const { officer, reviewer, head } = server.clients;
  const { rows } = (await officer.get(`${URL}/rows?code=ID05&state=open`)).body;
  const row = rows.find(({ dataset }: { dataset: string }) => dataset === 'person') ?? rows[0];
  const place = { dataset: row.dataset, line: row.line };
  const detail = (await officer.post(`${URL}/row`, place)).body;
  const field = detail.fields.find(({ faulty }: { faulty: boolean }) => faulty);
  const proposal = {
    ...place,
    changes: { [field.column]: '140502195611030019' },
    reason: '核对身份证原件',
  };
  const asked = await officer.post(`${URL}/edit`, proposal);
  assert.equal(asked.status, 200, asked.text);
  const id = asked.body.repair_id;
  assert.equal((await officer.post(`${URL}/edit`, proposal)).body.code, 'INGEST_REPAIR_PENDING');
  assert.equal((await officer.post(`/api/feed/repairs/${id}/approve`)).status, 403);
  if (row.agency !== '140521') {
    assert.equal((await head.post(`/api/feed/repairs/${id}/approve`)).status, 404);
  }
  const list = (await reviewer.get('/api/feed/repairs?state=proposed')).body;
  assert.deepEqual(list.rows[0].allowed_actions, ['approve', 'reject']);
  assert.doesNotMatch(JSON.stringify(list), /140502195611030019/);
  const done = await jobOf(await reviewer.post(`/api/feed/repairs/${id}/approve`));
  assert.equal(done.state, 'done', done.reason ?? '');
  const after = (await reviewer.get('/api/feed/repairs')).body.rows[0];
  assert.ok(['applied', 'failed'].includes(after.state), after.outcome);
  const again = await reviewer.post(`/api/feed/repairs/${id}/approve`);
  assert.equal(again.body.code, 'INGEST_REPAIR_NOT_PROPOSED');
});

test('a code mapping shows what it would let in before it is proposed; a county proposes none', async () => {
  const { officer, county, reviewer } = server.clients;
  const { rows } = (await officer.get(`${URL}/rows?code=CODE01&page_size=200`)).body;
  assert.ok(rows.length > 0, 'the sample has a foreign code');
  const plain = await server.workspace.duck.read((session) =>
    session.first<{ dataset: string; label: string; raw_value: string }>(
      `select dataset, label, raw_value from feed.quarantine where code = 'CODE01' limit 1`,
    ),
  );
  const map = { src: 'SX', field: plain?.label ?? '', from: plain?.raw_value ?? '' };
  const preview = await officer.post('/api/feed/code-maps/preview', map);
  assert.ok(preview.body.rows > 0, preview.text);
  assert.ok(preview.body.samples.length <= 10);
  assert.equal((await county.post('/api/feed/code-maps/preview', map)).status, 403);
  const bad = await officer.post('/api/feed/code-maps', {
    ...map,
    to: '不存在',
    reason: '按省里说明',
  });
  assert.equal(bad.body.code, 'INGEST_REPAIR_TARGET_UNKNOWN');
  const column = server.workspace.content.tables
    .get(plain?.dataset ?? '')
    ?.columns.find(({ code, name }) => (code ?? name) === map.field);
  const [value] = server.workspace.content.codeLists.get(column?.codes ?? '')?.values ?? [];
  const asked = await officer.post('/api/feed/code-maps', {
    ...{ ...map, to: value?.value ?? '', reason: '按省里说明' },
  });
  assert.equal(asked.status, 200, asked.text);
  const done = await jobOf(
    await reviewer.post(`/api/feed/repairs/${asked.body.repair_id}/approve`),
  );
  assert.equal((done.result as { applied: number }).applied, 1);
});

test('failed rows go out as a workbook and come back changed; a county gets its own only', async () => {
  const { officer, county } = server.clients;
  const take = (client: TestClient) => client.post(`${URL}/workbook`, { reason: '发科室更正' });
  const whole = await take(officer);
  assert.equal(whole.status, 200, whole.text);
  assert.equal(whole.raw.subarray(0, 2).toString(), 'PK');
  const back = await officer.post(
    `${URL}/workbook/submit?reason=${encodeURIComponent('更正表交回')}`,
    whole.raw,
    BYTES,
  );
  assert.equal(back.body.code, 'INGEST_WORKBOOK_UNCHANGED');
  const own = await take(county);
  assert.ok(own.status === 409 || own.raw.length < whole.raw.length);
  const foreign = await county.post(
    `${URL}/workbook/submit?reason=${encodeURIComponent('别人的表')}`,
    whole.raw,
    BYTES,
  );
  assert.ok(
    ['INGEST_WORKBOOK_INVALID', 'INGEST_WORKBOOK_UNCHANGED'].includes(foreign.body.code),
    foreign.text,
  );
});

test('an upload nobody touches for three days is given up', async () => {
  const { officer } = server.clients;
  const { ingest } = server.workspace;
  const { upload_id } = (await officer.post('/api/feed/uploads')).body;
  assert.equal(await sweepUploads(ingest), 0);
  const later = { now: () => new Date(Date.parse('2100-01-01T00:00:00Z')) };
  assert.equal(await sweepUploads({ ...ingest, clock: later }), 1);
  assert.equal((await officer.get(`/api/feed/uploads/${upload_id}`)).status, 404);
});

test('a package that waits is withdrawn with a reason; a published one is not', async () => {
  const { officer, county } = server.clients;
  const reason = { reason: '来源要求撤回' };
  assert.equal((await county.post(`${URL}/withdraw`, reason)).status, 403);
  assert.equal(
    (await officer.post(`${URL}/withdraw`, reason)).body.code,
    'INGEST_PACKAGE_NOT_WAITING',
  );
  assert.equal((await officer.post('/api/feed/packages/NONE/release', reason)).status, 404);
});

test('an upload sent for review is compared and waits for a person with the right to publish it', async () => {
  const { officer, county } = server.clients;
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-review-'));
  after(() => rm(dir, { recursive: true, force: true }));
  await buildPackage(dir, {
    ...{ packageId: 'SX-I-20261031-002', mode: 'I', seq: 2, prevPackageId: PACKAGE },
    datasets: [
      personDataset(
        [1, 2].map((serial) => ['I', '20261101090000', ...personRow(serial)]),
        { mode: 'I', columns: ['op', 'op_time', ...PERSON_COLUMNS] },
      ),
    ],
  });
  const { upload_id } = (await officer.post('/api/feed/uploads')).body;
  for (const name of (await readdir(dir)).filter((each) => each !== '.ok')) {
    const url = `/api/feed/uploads/${upload_id}/files?name=${name}`;
    const sent = await officer.post(url, await readFile(join(dir, name)), BYTES);
    assert.equal(sent.status, 200, sent.text);
  }
  const submit = `/api/feed/uploads/${upload_id}/submit`;
  assert.equal((await county.post(submit, { review: true })).status, 403);
  assert.equal((await officer.post(submit, { publish: true })).status, 400);
  const held = await jobOf(await officer.post(submit, { review: true }));
  assert.equal(held.state, 'done', held.reason ?? '');
  const [outcome] = held.result as { package_id: string; state: string; code: string }[];
  assert.deepEqual([outcome?.state, outcome?.code], ['awaiting', 'REVIEW01']);
  const url = `/api/feed/packages/${outcome?.package_id}`;
  const shown = (await officer.get(url)).body;
  assert.deepEqual(shown.allowed_actions, ['accept', 'withdraw']);
  assert.match(shown.reason, /没有上期，本期 2 行，其中隔离 0 行/);
  assert.equal((await county.post(`${url}/accept`, { reason: '已核对行数' })).status, 403);
  const accepted = await jobOf(await officer.post(`${url}/accept`, { reason: '已核对行数' }));
  assert.equal((accepted.result as { state: string }).state, 'published');
});
