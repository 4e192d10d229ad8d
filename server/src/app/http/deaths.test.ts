import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runComparison } from '../../deaths/index.ts';
import { loadPackages } from '../../ingest/index.ts';
import { silentProgress } from '../../kernel/index.ts';
import { auditedChanges } from '../../security/testing/audited-changes.ts';
import { awaitJob } from '../after-publication.ts';
import { defineJobs } from '../job-kinds.ts';
import type { TestClient } from './testing/client.ts';
import { openSignedInServer, type SignedInServer } from './testing/signed-in-server.ts';

const SAMPLE = join(import.meta.dirname, '../../../../tools/sample-package');
const COUNTIES = ['140502', '140521', '140522', '140524', '140525', '140581', '140599'] as const;
const PURPOSE = '核实死亡信息';

type People =
  | 'officer'
  | 'inspector'
  | 'chief'
  | 'deputy'
  | 'clerk'
  | `c${(typeof COUNTIES)[number]}`;
let server: SignedInServer<People>;
const as = (login: People): TestClient => server.clients[login];
interface Row {
  readonly record: string;
  readonly person_id: string;
  readonly agency: string;
  readonly name: string;
  readonly id_no: string;
}

before(async () => {
  const counties = COUNTIES.map((code) => [
    `c${code}`,
    { roles: ['county_reviewer'], agencies: [code] },
  ]);
  server = await openSignedInServer<People>(
    {
      officer: { roles: ['information_officer'] },
      inspector: { roles: ['inspector'] },
      chief: { roles: ['controller'] },
      deputy: { roles: ['controller'] },
      clerk: { roles: ['window_clerk'] },
      ...Object.fromEntries(counties),
    } as never,
    { clock: { now: () => new Date('2026-11-05T01:00:00Z') } },
  );
  const { workspace } = server;
  await loadPackages(workspace.ingest, [SAMPLE], silentProgress);
  await runComparison(workspace.deaths, { trigger: 'publication', actor: 'test' });
  defineJobs(workspace);
  await workspace.jobs.start();
});
after(async () => {
  await server.workspace.jobs.stop();
  await server.close();
});

const listOf = async (client: TestClient): Promise<readonly Row[]> =>
  (await client.get('/api/deaths?page_size=200')).body.rows as readonly Row[];

describe('the registry over HTTP', () => {
  it('shows each county its own dead only; together they are the city', async () => {
    const all = await listOf(as('chief'));
    assert.equal(all.length, 9);
    let shown = 0;
    for (const code of COUNTIES) {
      const mine = await listOf(as(`c${code}`));
      for (const { agency } of mine) assert.equal(agency, code);
      shown += mine.length;
      const status = await as(`c${code}`).get('/api/deaths/status');
      assert.equal(status.body.persons, mine.length);
    }
    assert.equal(shown, all.length);
  });

  it('answers for a person of another county as for nobody', async () => {
    for (const { record, agency, person_id } of await listOf(as('chief'))) {
      const home = await as(`c${agency}` as People).post('/api/deaths/open', {
        record,
        purpose: PURPOSE,
      });
      assert.equal(home.status, 200, home.text);
      const other = COUNTIES.find((code) => code !== agency) ?? '140502';
      const away = await as(`c${other}`).post('/api/deaths/open', { record, purpose: PURPOSE });
      const nobody = { record: '0'.repeat(64), purpose: PURPOSE };
      const none = await as(`c${other}`).post('/api/deaths/open', nobody);
      assert.equal(away.status, 404);
      assert.deepEqual(away.body, none.body);
      const search = { key: person_id, purpose: PURPOSE };
      assert.deepEqual((await as(`c${other}`).post('/api/deaths/search', search)).body.rows, []);
    }
  });

  it('masks names and numbers, side by side with every source', async () => {
    const [{ record } = { record: '' }] = await listOf(as('chief'));
    const { body, text } = await as('chief').post('/api/deaths/open', { record, purpose: PURPOSE });
    assert.ok(body.reports.length >= 1);
    assert.doesNotMatch(text, /\d{17}[\dX]/);
    assert.match(body.name, /\*/);
  });

  it('wants a purpose to open or search, and audits both', async () => {
    const [{ record, person_id } = { record: '', person_id: '' }] = await listOf(as('chief'));
    const bare = await as('chief').post('/api/deaths/open', { record, purpose: '  ' });
    assert.equal(bare.status, 400, bare.text);
    await as('chief').post('/api/deaths/open', { record, purpose: PURPOSE });
    await as('chief').post('/api/deaths/search', { key: person_id, purpose: PURPOSE });
    const { rows } = await server.workspace.postgres.pool.query(
      "select action from audit_entry where object = $1 and actor = 'user:chief'",
      [person_id],
    );
    const actions = rows.map(({ action }: { action: string }) => action);
    assert.ok(actions.includes('deaths.open') && actions.includes('deaths.search'));
  });

  it('refuses who has no right, and who is nobody', async () => {
    assert.equal((await as('clerk').get('/api/deaths')).status, 403);
    assert.equal((await server.nobody.get('/api/deaths')).status, 401);
    assert.equal((await as('inspector').post('/api/deaths/runs', {})).status, 403);
    const lists = '/api/deaths/lists/preview?source=01&file_name=a.csv';
    assert.equal((await as('inspector').post(lists, {})).status, 403);
  });
});

describe('people in custody over HTTP', () => {
  const rowsOf = async (client: TestClient, query = ''): Promise<readonly Row[]> =>
    (await client.get(`/api/deaths/custody?page_size=200${query}`)).body.rows as readonly Row[];

  it('are shown to each county as far as they are its own; together they are the city', async () => {
    const all = await rowsOf(as('chief'));
    assert.ok(all.length > 0);
    let shown = 0;
    for (const code of COUNTIES) {
      const mine = await rowsOf(as(`c${code}`));
      for (const { agency } of mine) assert.equal(agency, code);
      shown += mine.length;
    }
    assert.equal(shown, all.length);
    const paid = await rowsOf(as('chief'), '&paid=true');
    assert.ok(paid.length > 0 && paid.length <= all.length);
  });

  it('are opened with a purpose, masked, and elsewhere are nobody', async () => {
    for (const { record, agency, person_id } of await rowsOf(as('chief'))) {
      const body = { record, purpose: PURPOSE };
      const home = await as(`c${agency}` as People).post('/api/deaths/custody/open', body);
      assert.equal(home.status, 200, home.text);
      assert.doesNotMatch(home.text, /\d{17}[\dX]/);
      const other = COUNTIES.find((code) => code !== agency) ?? '140502';
      const away = await as(`c${other}`).post('/api/deaths/custody/open', body);
      const none = { record: '0'.repeat(64), purpose: PURPOSE };
      const nobody = await as(`c${other}`).post('/api/deaths/custody/open', none);
      assert.deepEqual([away.status, away.body], [404, nobody.body]);
      const search = { key: person_id, purpose: PURPOSE };
      const found = await as(`c${other}`).post('/api/deaths/custody/search', search);
      assert.deepEqual(found.body.rows, []);
    }
    const [{ record } = { record: '' }] = await rowsOf(as('chief'));
    const bare = await as('chief').post('/api/deaths/custody/open', { record, purpose: ' ' });
    assert.equal(bare.status, 400);
    assert.equal((await as('clerk').get('/api/deaths/custody')).status, 403);
    assert.equal((await server.nobody.get('/api/deaths/custody')).status, 401);
  });
});

describe('asking a department over HTTP', () => {
  it('is for those who arbitrate, with a purpose, and no department is made up', async () => {
    const offered = await as('chief').get('/api/deaths/departments');
    assert.deepEqual(offered.body, { rows: [] }, 'none is configured here');
    const [{ person_id: key } = { person_id: '' }] = await listOf(as('chief'));
    const body = { department: 'minzheng', key, purpose: PURPOSE };
    const unknown = await as('chief').post('/api/deaths/inquiries', body);
    assert.deepEqual([unknown.status, unknown.body.code], [404, 'DEATHS_CONNECTOR_UNKNOWN']);
    const bare = await as('chief').post('/api/deaths/inquiries', { ...body, purpose: '' });
    assert.equal(bare.status, 400);
    assert.equal((await as('officer').post('/api/deaths/inquiries', body)).status, 403);
    assert.equal((await server.nobody.post('/api/deaths/inquiries', body)).status, 401);
    const listed = await as('officer').get('/api/deaths/inquiries');
    assert.deepEqual([listed.status, listed.body.total], [200, 0]);
  });
});

describe('a conflict over HTTP', () => {
  it('is decided by two people, who see why they may not do both', async () => {
    const { body } = await as('inspector').get('/api/deaths/conflicts');
    assert.equal(body.total, 1);
    const { case_no: no, agency } = body.rows[0];
    const at = `/api/deaths/conflicts/${no}`;
    const other = COUNTIES.find((code) => code !== agency) ?? '140502';
    assert.equal((await as(`c${other}`).get(at)).status, 404);
    const opinion = { verdict: '2', died_on: null, text: '入户见到本人，号码误填' };
    assert.equal((await as('officer').post(`${at}/opinion`, opinion)).status, 403);
    assert.equal((await as('chief').post(`${at}/opinion`, opinion)).status, 200);
    const own = await as('chief').post(`${at}/confirm`, { text: '同意' });
    assert.equal(own.status, 403);
    assert.equal(own.body.code, 'DEATHS_SAME_DECIDER');
    const shown = await as('chief').get(at);
    assert.match(shown.body.not_allowed.confirm, /另一人/);
    const letter = await as('chief').post(`${at}/letter`, { source: '01', purpose: PURPOSE });
    assert.match(letter.body.body, /公民身份号码：\d{17}[\dX]/);
    const done = await as('deputy').post(`${at}/confirm`, { text: '同意' });
    assert.equal(done.status, 200, done.text);
    assert.equal((await as('chief').get(at)).body.state, 'decided');
    const again = await as('deputy').post(`${at}/confirm`, { text: '同意' });
    assert.equal(again.status, 409);
  });
});

describe('registering and voiding by hand', () => {
  const living = { source: '07', death_date: '2026-10-02', evidence: '村委会证明，见附件' };
  let request = '';

  it('counts only once a second person has confirmed it', async () => {
    const person = await someoneAlive();
    const body = { ...living, id_no: person.id_no, name: person.name };
    const asked = await as('officer').post('/api/deaths/register', body);
    assert.equal(asked.status, 200, asked.text);
    request = asked.body.request_no;
    assert.equal((await as('chief').get('/api/deaths/status')).body.persons, 9);
    const waiting = await as('chief').get('/api/deaths/requests?state=asked');
    const [shown] = waiting.body.rows;
    assert.deepEqual(shown.allowed_actions, ['confirm', 'refuse']);
    assert.deepEqual([shown.source, shown.death_date], ['07', '2026-10-02']);
    assert.notEqual(shown.name, null);
    assert.doesNotMatch(waiting.text, new RegExp(`${person.id_no}|"${person.name}"`), 'masked');
    const at = `/api/deaths/requests/${request}/confirm`;
    assert.equal((await as('officer').post(at, { opinion: '同意' })).status, 403);
    assert.equal((await as('chief').post(at, { opinion: '同意' })).status, 200);
    assert.equal((await as('chief').get('/api/deaths/status')).body.persons, 10);
    assert.equal((await as('deputy').post(at, { opinion: '同意' })).status, 404);
  });

  it('is taken back the same way, by two people', async () => {
    const { id_no: key } = await someoneAlive();
    const found = await as('officer').post('/api/deaths/search', { key, purpose: PURPOSE });
    const [{ record } = { record: '' }] = found.body.rows;
    const what = {
      record,
      source: '07',
      event_id: `manual:${request}`,
      evidence: '登记错人，已核对',
    };
    const asked = await as('officer').post('/api/deaths/void', what);
    assert.equal(asked.status, 200, asked.text);
    assert.equal((await as('officer').post('/api/deaths/void', what)).status, 400, 'one at a time');
    const waiting = await as('chief').get('/api/deaths/requests?state=asked');
    const [{ kind, source, death_date, name }] = waiting.body.rows;
    assert.deepEqual([kind, source, death_date], ['void', '07', '2026-10-02']);
    assert.match(name, /[*＊某]/);
    const at = `/api/deaths/requests/${asked.body.request_no}/confirm`;
    assert.equal((await as('chief').post(at, { opinion: '同意' })).status, 200);
    const after = await as('chief').post('/api/deaths/open', { record, purpose: PURPOSE });
    assert.equal(after.body.standing, 'withdrawn');
    assert.equal(after.body.verdict, null);
    assert.equal(after.body.reports.length, 2, 'both stay as evidence');
    const db = server.workspace.postgres.kysely<never>();
    const changes = await auditedChanges(db, { object: record }, '^deaths.(register|void)_');
    assert.deepEqual(
      changes.map(({ action, before }) => [action, before]),
      [
        ['deaths.register_ask', null],
        ['deaths.register_confirm', changes[0]?.after],
        ['deaths.void_ask', null],
        ['deaths.void_confirm', changes[2]?.after],
      ],
    );
  });

  it('is refused without evidence, with a wrong number, or with a day to come', async () => {
    const { id_no, name } = await someoneAlive();
    for (const wrong of [
      { evidence: '无' },
      { id_no: '140502194001010010' },
      { death_date: '2027-01-01' },
      { source: '55' },
    ]) {
      const body = { ...living, id_no, name, ...wrong };
      const { status, text } = await as('officer').post('/api/deaths/register', body);
      assert.equal(status, 400, text);
    }
  });
});

describe('comparisons over HTTP', () => {
  it('are started as a job, recorded and counted against the target', async () => {
    const before = (await as('chief').get('/api/deaths/target')).body;
    assert.equal(before.target, 480);
    const started = await as('chief').post('/api/deaths/runs', {});
    assert.equal(started.status, 202, started.text);
    const ended = await awaitJob(server.workspace, started.body.job_id, silentProgress);
    assert.equal(ended.state, 'done', ended.reason ?? '');
    assert.equal((await as('chief').get('/api/deaths/target')).body.done, before.done + 1);
    const { body } = await as('chief').get('/api/deaths/runs?trigger=manual');
    assert.equal(body.total, 1);
    assert.equal(body.rows[0].actor, 'user:chief');
  });
});

describe('a list over HTTP', () => {
  it('is previewed, confirmed once, taken in, and remembered', async () => {
    const { id_no, name } = await someoneAlive();
    const file = Buffer.from(`死者,证件号码,去世日期\n${name},${id_no},2026-10-03\n坏行,1,\n`);
    const at = (what: string, more = '') =>
      `/api/deaths/lists/${what}?source=01&file_name=list.csv${more}`;
    const type = { 'content-type': 'application/octet-stream' };
    const preview = await as('officer').post(at('preview'), file, type);
    assert.equal(preview.status, 200, preview.text);
    assert.match(preview.body.problem ?? '', /^$/);
    const unconfirmed = await as('officer').post(at('import'), file, type);
    assert.equal(unconfirmed.status, 409);
    assert.equal(unconfirmed.body.code, 'DEATHS_MAPPING_NEEDED');
    const mapping = { name: '死者', id_no: '证件号码', death_date: '去世日期' };
    const confirmed = `&mapping=${encodeURIComponent(JSON.stringify(mapping))}`;
    const bad = await as('officer').post(at('import', '&mapping=1'), file, type);
    assert.equal(bad.status, 400);
    const done = await as('officer').post(at('import', confirmed), file, type);
    assert.equal(done.status, 200, done.text);
    assert.equal(done.body.accepted, 1);
    assert.deepEqual(
      done.body.bad.map(({ line }: { line: number }) => line),
      [3],
    );
    const again = await as('officer').post(at('import'), file, type);
    assert.equal(again.body.duplicate, 1, again.text);
  });
});

async function someoneAlive(): Promise<{ id_no: string; name: string }> {
  const row = await server.workspace.duck.read((session) =>
    session.first<{ id_no: string; name: string }>(
      `select id_no, name from main.person p where life_status = '1' and id_no is not null
        and not exists (select 1 from main.death_event d where d.id_no = p.id_no)
        and not exists (select 1 from main.benefit_payment b where b.person_id = p.person_id)
        order by person_id limit 1`,
    ),
  );
  assert.ok(row);
  return row;
}
