import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import type { AuditTables } from '../../security/index.ts';
import { recordOldLooks } from '../testing/old-looks.ts';
import { openSignedInServer } from './testing/signed-in-server.ts';

const server = await openSignedInServer({
  shen: { roles: ['audit_admin'] },
  an: { roles: ['security_admin'] },
  sys: { roles: ['system_admin'] },
  inspector: { roles: ['inspector'] },
});
after(server.close);
const { shen, an, sys, inspector } = server.clients;

/** A log that began long ago: what signing in left is taken away first. */
async function beginLongAgo(): Promise<void> {
  const db = server.workspace.audit.db as Kysely<AuditTables>;
  for (const statement of [
    'alter table audit_entry disable trigger user',
    'truncate audit_entry',
    'alter table audit_entry enable trigger user',
  ]) {
    await sql.raw(statement).execute(db);
  }
  await recordOldLooks(db, '2024-03-01T01:00:00Z', ['P000000901', 'P000000902', 'P000000903']);
}

test('the audit administrator asks, the security administrator confirms, and the rest see nothing of it', async () => {
  await beginLongAgo();
  const reason = '在线期已满，归档';
  assert.equal((await an.post('/api/audit/archives', { reason })).status, 403);
  const preview = await shen.get('/api/audit/archives/preview?before=2024-06-01');
  assert.deepEqual(
    [preview.body.online_months, preview.body.stretch.last_seq, preview.body.stretch.entries],
    [6, 3, 3],
  );
  const young = await shen.get('/api/audit/archives/preview?before=9999-01-01');
  assert.equal(young.body.code, 'SECURITY_AUDIT_ARCHIVE_TOO_YOUNG');
  for (const client of [an, sys, inspector]) {
    assert.equal((await client.get('/api/audit/archives/preview')).status, 403);
  }
  const asked = await shen.post('/api/audit/archives', { reason });
  assert.deepEqual([asked.status, asked.body.entries], [201, 3], JSON.stringify(asked.body));
  const url = `/api/audit/archives/${asked.body.request_id}/confirm`;
  const own = await shen.post(url, {});
  assert.equal(own.body.code, 'SECURITY_AUDIT_ARCHIVE_SAME_PERSON');
  for (const client of [sys, inspector]) {
    assert.equal((await client.get('/api/audit/archives')).status, 403);
    assert.equal((await client.post(url, {})).status, 403);
  }
  const listed = await an.get('/api/audit/archives');
  assert.deepEqual(listed.body.requests[0].allowed_actions, ['confirm', 'refuse']);
  assert.equal(listed.body.requests[0].first_at, '2024-03-01T09:00:00+08:00');
  assert.deepEqual(listed.body.allowed_actions, []);
  assert.deepEqual((await shen.get('/api/audit/archives')).body.allowed_actions, []);
  const done = await an.post(url, { opinion: '范围无误，同意' });
  assert.deepEqual([done.status, done.body.last_seq], [200, 3], JSON.stringify(done.body));
  assert.equal((await an.post(url, {})).status, 404);
  const { requests, archives, allowed_actions } = (await shen.get('/api/audit/archives')).body;
  assert.deepEqual([requests[0].state, allowed_actions], ['done', ['request']]);
  assert.deepEqual(
    [archives[0].request_id, archives[0].entries, archives[0].file],
    [requests[0].request_id, 3, 'audit-000001.jsonl.gz'],
  );
  assert.deepEqual((await an.get('/api/audit/archives')).body.allowed_actions, []);
});

test('archived entries are found by who may read the log, and the search is recorded', async () => {
  const search = { object: 'P000000902' };
  const online = await shen.post('/api/audit/search', { ...search, actor: 'user:wang' });
  assert.equal(online.body.total, 0);
  const found = await shen.post('/api/audit/search', { ...search, archived: true });
  assert.deepEqual([found.body.total, found.body.rows[0].actor], [1, 'user:wang']);
  assert.equal((await an.post('/api/audit/search', { archived: true })).status, 403);
  const noted = await shen.post('/api/audit/search', { action: 'audit.search_archived' });
  assert.equal(noted.body.total, 1);
});

test('a report of a person reaches into the archive, and the verdict covers both', async () => {
  const report = await shen.post('/api/audit/person', {
    ...{ person_id: 'P000000902', since: '2024-01-01T00:00:00+08:00', note: '排查泄露线索' },
  });
  assert.deepEqual(
    report.body.people.map(({ actor, acts }: { actor: string; acts: number }) => [actor, acts]),
    [
      ['user:shen', 3],
      ['user:wang', 1],
    ],
  );
  const { body } = await shen.post('/api/audit/verify');
  assert.deepEqual([body.sound, body.archives, body.archived_to], [true, 1, 3]);
});
