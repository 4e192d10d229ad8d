import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import readExcel from 'read-excel-file/node';
import { EXPIRY_JOB } from '../../exports/index.ts';
import { loadPackages } from '../../ingest/index.ts';
import { silentProgress } from '../../kernel/index.ts';
import { forWholeCity } from '../../security/index.ts';
import { assertUnbroken, auditedChanges } from '../../security/testing/audited-changes.ts';
import { awaitJob } from '../after-publication.ts';
import { defineJobs } from '../job-kinds.ts';
import type { TestClient } from './testing/client.ts';
import { openSignedInServer, type SignedInServer } from './testing/signed-in-server.ts';

const SAMPLE = join(import.meta.dirname, '../../../../tools/sample-package');
let now = new Date('2026-11-05T01:00:00Z');
const CLOCK = { now: () => now };

type People = 'wang' | 'chief' | 'deputy' | 'county' | 'head' | 'clerk';
let server: SignedInServer<People>;
let dir: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huiliu-exports-'));
  server = await openSignedInServer<People>(
    {
      wang: { roles: ['inspector'] },
      chief: { roles: ['controller'], unmask: true },
      deputy: { roles: ['controller'] },
      county: { roles: ['county_officer'], agencies: ['140502'] },
      head: { roles: ['county_reviewer'], agencies: ['140521'] },
      clerk: { roles: ['window_clerk'] },
    },
    { clock: CLOCK },
  );
  const { workspace } = server;
  await loadPackages(workspace.ingest, [SAMPLE], silentProgress);
  defineJobs(workspace);
  await workspace.jobs.start();
});

after(async () => {
  await server.workspace.jobs.stop();
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

const WISH = { source: 'persons', filters: {}, unmasked: false };
const ask = (client: TestClient, wish: object = {}) =>
  client.post('/api/exports/request', {
    ...{ ...WISH, format: 'xlsx', reason: '核对十月待遇名单' },
    ...wish,
  });

/** Asks and waits until the file is there. */
async function exported(client: TestClient, wish: object = {}): Promise<string> {
  const asked = await ask(client, wish);
  assert.equal(asked.status, 200, asked.text);
  const ended = await awaitJob(server.workspace, asked.body.job_id, silentProgress);
  assert.equal(ended.state, 'done', ended.reason ?? '');
  return asked.body.export_id;
}

async function sheetOf(client: TestClient, exportId: string): Promise<unknown[][]> {
  const file = await client.get(`/api/exports/${exportId}/file`);
  assert.equal(file.status, 200, file.text);
  const path = join(dir, `${exportId}.xlsx`);
  await writeFile(path, file.raw);
  const sheets = await readExcel(path);
  return (sheets[1]?.data ?? []) as unknown[][];
}

test('a small masked list is made at once, and its ids are masked text', async () => {
  const { wang } = server.clients;
  const preview = await wang.post('/api/exports/preview', WISH);
  assert.equal(preview.body.needs_approval, false);
  const id = await exported(wang);
  const [heading, ...rows] = await sheetOf(wang, id);
  assert.equal(heading?.[0], '个人编号');
  assert.equal(rows.length, preview.body.rows);
  for (const row of rows) {
    assert.match(String(row[1] ?? '******'), /^[\d*]+\**$/);
    assert.doesNotMatch(String(row[1]), /^\d{17}[\dX]$/, 'no plain id number');
  }
  const found = await wang.get(`/api/exports/${id}`);
  assert.deepEqual([found.body.state, found.body.downloads], ['ready', 1]);
});

test('a county gets its own people only, and no count of others', async () => {
  const { wang, county } = server.clients;
  const all = await wang.post('/api/exports/preview', WISH);
  const own = await county.post('/api/exports/preview', WISH);
  assert.ok(own.body.rows > 0 && own.body.rows < all.body.rows, own.text);
  const other = await county.post('/api/exports/preview', {
    ...WISH,
    filters: { agency: '140521' },
  });
  assert.equal(other.body.rows, 0);
  const rows = (await sheetOf(county, await exported(county))).slice(1);
  assert.deepEqual([...new Set(rows.map((row) => row.at(-1)))], ['140502']);
});

test('exports of others are as if they did not exist', async () => {
  const { wang, county, head } = server.clients;
  const id = await exported(wang);
  for (const client of [county, head]) {
    assert.equal((await client.get(`/api/exports/${id}`)).status, 404);
    assert.equal((await client.get(`/api/exports/${id}/file`)).status, 404);
    const revoke = await client.post(`/api/exports/${id}/revoke`, { reason: '试试看吧' });
    assert.equal(revoke.status, 404);
    const list = await client.get('/api/exports');
    assert.ok(!list.body.rows.some((row: { export_id: string }) => row.export_id === id));
  }
});

test('plain data need a grant that allows it and another person who agrees', async () => {
  const { wang, chief } = server.clients;
  assert.equal((await ask(wang, { unmasked: true })).body.code, 'EXPORTS_UNMASK_FORBIDDEN');
  const asked = await ask(chief, { unmasked: true });
  const id = asked.body.export_id;
  assert.deepEqual([asked.body.state, asked.body.job_id], ['asked', null]);
  assert.equal((await chief.get(`/api/exports/${id}/file`)).status, 409);
  const own = await chief.post(`/api/exports/${id}/approve`, { reason: '我自己同意' });
  assert.equal(own.body.code, 'EXPORTS_OWN_REQUEST');
  assert.equal((await wang.post(`/api/exports/${id}/approve`, { reason: '同意导出' })).status, 403);
  const agreed = await server.clients.deputy.post(`/api/exports/${id}/approve`, { reason: '同意' });
  assert.equal(agreed.body.code, 'SECURITY_PURPOSE_INVALID');
  const { body } = await server.clients.deputy.post(`/api/exports/${id}/approve`, {
    reason: '同意，核查需要',
  });
  await awaitJob(server.workspace, body.job_id, silentProgress);
  const rows = (await sheetOf(chief, id)).slice(1);
  const plain = rows.filter((row) => /^\d{17}[\dX]$/.test(String(row[1])));
  assert.ok(plain.length > 0, 'ids are read back with 18 digits');
});

test('above the limit somebody else approves, refuses or the asker withdraws', async () => {
  const { wang, chief } = server.clients;
  const { exports } = server.workspace;
  Object.assign(exports.limits, { approvalAboveRows: 1 });
  const refused = (await ask(wang)).body.export_id;
  const no = await chief.post(`/api/exports/${refused}/refuse`, { reason: '范围过大，请缩小' });
  assert.deepEqual([no.body.state, no.body.allowed_actions], ['refused', []]);
  const withdrawn = (await ask(wang)).body.export_id;
  assert.equal(
    (await chief.post(`/api/exports/${withdrawn}/withdraw`, { reason: '不需要了' })).status,
    404,
  );
  const back = await wang.post(`/api/exports/${withdrawn}/withdraw`, { reason: '不需要了' });
  assert.equal(back.body.state, 'withdrawn');
  const db = server.workspace.postgres.kysely<never>();
  for (const object of [refused, withdrawn]) {
    const changes = await auditedChanges(db, { object }, '^exports.');
    assert.equal(changes.length, 2);
    assertUnbroken(changes);
  }
  const asked = await ask(wang);
  assert.deepEqual(asked.body.allowed_actions, ['withdraw']);
  const id = asked.body.export_id;
  assert.equal((await wang.post(`/api/exports/${id}/approve`, { reason: '同意导出' })).status, 403);
  const agreed = await chief.post(`/api/exports/${id}/approve`, { reason: '同意，用于稽核' });
  assert.equal(agreed.status, 200, agreed.text);
  await awaitJob(server.workspace, agreed.body.job_id, silentProgress);
  assert.equal((await wang.get(`/api/exports/${id}`)).body.state, 'ready');
  const again = await chief.post(`/api/exports/${id}/refuse`, { reason: '又不同意了' });
  assert.equal(again.body.code, 'EXPORTS_STATE');
  // Only the one who asked may fetch it.
  assert.equal((await chief.get(`/api/exports/${id}/file`)).status, 404);
  Object.assign(exports.limits, { approvalAboveRows: 100_000 });
});

test('rows that grew past the limit after asking are not handed out without approval', async () => {
  const { wang } = server.clients;
  const { exports, jobs } = server.workspace;
  const asked = (await ask(wang)).body;
  await awaitJob(server.workspace, asked.job_id, silentProgress);
  Object.assign(exports.limits, { approvalAboveRows: 2 });
  await forWholeCity(exports.db, (transaction) =>
    transaction
      .updateTable('export_request')
      .set({ state: 'approved' })
      .where('export_id', '=', asked.export_id)
      .execute(),
  );
  const job = await jobs.submit(
    'exports.run',
    { export_id: asked.export_id },
    { actor: 'user:wang' },
  );
  const ended = await awaitJob(server.workspace, job, silentProgress);
  assert.equal(ended.state, 'failed');
  const found = await wang.get(`/api/exports/${asked.export_id}`);
  assert.deepEqual([found.body.state, found.body.allowed_actions], ['failed', ['retry']]);
  assert.match(found.body.failure, /行数超过/);
  assert.ok(!(await readdir(exports.dir)).some((name) => name.startsWith(asked.export_id)));
  Object.assign(exports.limits, { approvalAboveRows: 100_000 });
});

test('downloads are counted and end; a revoked file is gone; both stay in the ledger', async () => {
  const { wang, chief, county } = server.clients;
  const id = await exported(wang, { format: 'csv' });
  for (let i = 0; i < 5; i += 1) {
    assert.equal((await wang.get(`/api/exports/${id}/file`)).status, 200);
  }
  const sixth = await wang.get(`/api/exports/${id}/file`);
  assert.equal(sixth.body.code, 'EXPORTS_DOWNLOADS_USED');
  const revoked = await chief.post(`/api/exports/${id}/revoke`, { reason: '用途变更，撤销' });
  assert.equal(revoked.body.state, 'revoked');
  assert.ok(!(await readdir(server.workspace.exports.dir)).some((name) => name.startsWith(id)));
  assert.equal((await wang.get(`/api/exports/${id}/file`)).body.code, 'EXPORTS_STATE');
  const ledger = await chief.get('/api/exports/disclosures');
  const lines = ledger.body.rows.filter((row: { export_id: string }) => row.export_id === id);
  assert.equal(lines.length, 5);
  assert.match(lines[0].file_sm3, /^[0-9a-f]{64}$/);
  assert.equal((await county.get('/api/exports/disclosures')).status, 403);
});

test('a file ends with its time', async () => {
  const { wang } = server.clients;
  const { workspace } = server;
  const id = await exported(wang);
  const kept = now;
  // The session of the test would end too: the use case is asked directly.
  now = new Date(kept.getTime() + 73 * 3_600_000);
  const job = await workspace.jobs.submit(EXPIRY_JOB, {}, { actor: 'system:test' });
  await awaitJob(workspace, job, silentProgress);
  now = kept;
  assert.equal((await wang.get(`/api/exports/${id}`)).body.state, 'expired');
  assert.ok(!(await readdir(workspace.exports.dir)).some((name) => name.startsWith(id)));
});

test('what cannot be asked for is refused with its reason', async () => {
  const { wang, clerk } = server.clients;
  const code = async (client: TestClient, wish: object) => (await ask(client, wish)).body.code;
  assert.equal(await code(wang, { source: 'accounts' }), 'EXPORTS_SOURCE_UNKNOWN');
  assert.equal(
    await code(wang, { filters: { id_no: '140502195611030019' } }),
    'EXPORTS_FILTER_UNKNOWN',
  );
  assert.equal(await code(wang, { filters: { agency: '999999' } }), 'EXPORTS_EMPTY');
  assert.equal(await code(wang, { reason: '' }), 'SECURITY_PURPOSE_INVALID');
  assert.equal((await ask(clerk)).status, 403);
  assert.equal((await server.nobody.get('/api/exports')).status, 401);
});

test('every registered list counts and opens the same number of rows', async () => {
  const { exports } = server.workspace;
  const reader = { actor: 'cli:test', scope: server.principals.wang.scope, department: null };
  for (const source of exports.sources.values()) {
    let rows = 0;
    for await (const row of source.open(reader, {})) {
      assert.equal(row.length, source.columns.length, source.name);
      rows += 1;
    }
    assert.equal(rows, await source.count(reader, {}), source.name);
  }
});
