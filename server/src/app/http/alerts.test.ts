import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deliverFindings } from '../../alerts/index.ts';
import type { AlertCandidate } from '../../contract/index.ts';
import { COMMANDS } from '../commands/index.ts';
import type { TestAnswer, TestClient } from './testing/client.ts';
import { openSignedInServer, type SignedInServer } from './testing/signed-in-server.ts';

type People = 'anna' | 'chief' | 'dora' | 'finn' | 'fund' | 'boss' | 'clerk';
let server: SignedInServer<People>;
const clock = { now: () => new Date('2026-11-16T01:00:00Z') };

const finding = (personId: string, agency: string): AlertCandidate => ({
  ...{ rule: 'DTH-001', version: 1, level: 'high', key: { person_id: personId }, personId },
  ...{ unitId: null, agency, amountFen: 287_640n, matchGrade: 'A', fingerprint: personId },
  ...{ evidence: { died_on: '2026-10-27' }, sources: {}, title: '死亡后仍发养老待遇' },
  ...{
    topic: '死亡后发放',
    owner: '待遇科',
    insurance: ['110'],
    basis: ['经办条例'],
    action: '核实',
  },
});

before(async () => {
  server = await openSignedInServer<People>(
    {
      anna: { roles: ['inspector'] },
      chief: { roles: ['controller'] },
      dora: { roles: ['county_officer'], agencies: ['140502'] },
      finn: { roles: ['county_officer'], agencies: ['140521'] },
      fund: { roles: ['fund_officer'] },
      boss: { roles: ['leader'] },
      clerk: { roles: ['window_clerk'] },
    },
    { clock },
  );
  await deliverFindings(server.workspace.alerts, {
    ...{ source: 'rules', runId: 'R1', asOf: '2026-11-15', ranRules: ['DTH-001'], persons: null },
    findings: [finding('P1', '140502'), finding('P2', '140521'), finding('P3', '140502')],
  });
});
after(() => server.close());

const good = (answer: TestAnswer): TestAnswer['body'] => {
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
};
const on = (client: TestClient, id: string, verb: string, body: object) =>
  client.post(`/api/alerts/cases/${id}/${verb}`, body);

test('J1: the next alert is taken, verified with evidence, reviewed, recovered and closed', async () => {
  const { anna, chief, fund } = server.clients;
  const bench = good(await anna.get('/api/workbench'));
  assert.deepEqual(bench.todo[0], {
    ...{ kind: 'mine', title: '我承办的核查', count: 0, overdue: 0, today: 0, week: 0 },
    filter: { assignee: 'me', states: ['assigned', 'verifying'] },
  });
  const taken = good(await anna.post('/api/alerts/next', {}));
  const { case_id: id } = taken;
  const upload = await anna.post(`/api/alerts/cases/${id}/evidence`, Buffer.from('%PDF-1.7 x'), {
    ...{ 'content-type': 'application/pdf', 'x-file-name': encodeURIComponent('死亡证明.pdf') },
  });
  const { evidence_id } = good(upload);
  const file = await anna.get(`/api/alerts/cases/${id}/evidence/${evidence_id}`);
  assert.equal(file.headers['x-content-type-options'], 'nosniff');
  assert.match(String(file.headers['content-disposition']), /^attachment; filename\*=UTF-8''%E6/);
  assert.equal(file.text, '%PDF-1.7 x');
  const concluded = good(
    await on(anna, id, 'conclude', {
      ...{ version: taken.version, conclusion: 'confirmed', remark: '公安、卫健两源一致' },
      ...{ nature: 'late_report', confirmed_fen: 287_640 },
      disposals: [{ kind: 'refund', reason: '多领 1 个月', amount_fen: 287_640 }],
    }),
  );
  const detail = good(await chief.get(`/api/alerts/cases/${id}`));
  assert.deepEqual(detail.allowed_actions, ['pass', 'refuse']);
  const passed = good(
    await on(chief, id, 'review', { version: concluded.version, agree: true, remark: '同意' }),
  );
  assert.equal(passed.state, 'recovering');
  const stale = await on(chief, id, 'review', {
    version: concluded.version,
    agree: false,
    remark: '退回',
  });
  assert.equal(stale.status, 409, stale.text);
  const ledger = good(await fund.post('/api/recovery/search', { state: 'open' }));
  assert.equal(ledger.totals.balance_fen, 287_640);
  const recovery = ledger.rows[0].recovery_id;
  const receipt = { amount_fen: 287_640, booked_on: '2026-11-16', document: '电子回单 9' };
  good(await fund.post(`/api/recovery/${recovery}/receipt`, receipt));
  const ready = good(await anna.get(`/api/alerts/cases/${id}`));
  assert.equal(ready.state, 'closing');
  assert.deepEqual(ready.allowed_actions, ['close']);
  assert.equal(good(await on(anna, id, 'close', { version: ready.version })).state, 'closed');
});

test('a county gets 404 for another county, alike for none, and counts of its own only', async () => {
  const { dora, finn } = server.clients;
  const mine = good(await finn.post('/api/alerts/search', { filter: { agencies: ['140502'] } }));
  assert.equal(mine.total, 0);
  const theirs = good(await dora.post('/api/alerts/search', {}));
  const id = String(theirs.rows[0].case_id);
  for (const path of ['', '/evidence/00000000-0000-0000-0000-000000000000']) {
    const known = await finn.get(`/api/alerts/cases/${id}${path}`);
    const none = await finn.get(`/api/alerts/cases/99999${path}`);
    assert.deepEqual([known.status, known.text], [none.status, none.text]);
    assert.equal(known.status, 404);
  }
  const note = await on(finn, id, 'note', { remark: '记录一条' });
  assert.equal(note.status, 404);
  assert.equal(good(await finn.post('/api/alerts/overview', {})).total.cases, 1);
});

test('cases are given to people the register knows and who may see them, by account or login', async () => {
  const { chief, dora } = server.clients;
  const people = (await chief.get('/api/alerts/assignees')).body as {
    login: string;
    account: string;
  }[];
  assert.deepEqual(people.map(({ login }) => login).sort(), ['anna', 'chief', 'dora', 'finn']);
  const theirs = good(await dora.post('/api/alerts/search', { filter: { states: ['new'] } }));
  const ids = [String(theirs.rows[0].case_id)];
  const give = (account: string) =>
    chief.post('/api/alerts/assign', { case_ids: ids, assignee: { account } });
  assert.equal((await give('nobody')).status, 400);
  assert.deepEqual(good(await give('finn')).skipped, ids, 'of another county');
  assert.deepEqual(good(await give('dora')).assigned, ids);
  const bench = good(await dora.get('/api/workbench'));
  assert.equal(bench.todo[0].count, 1);
  const mine = good(await dora.post('/api/alerts/search', { filter: { assignee: 'me' } }));
  assert.equal(mine.rows[0].mine, true);
  good(await on(dora, ids[0] ?? '', 'claim', { version: mine.rows[0].version }));
});

test('rights decide: a clerk sees nothing, a leader reads and decides nothing', async () => {
  const { clerk, boss, dora } = server.clients;
  assert.equal((await clerk.post('/api/alerts/search', {})).status, 403);
  const all = good(await boss.post('/api/alerts/search', {}));
  assert.ok(all.total >= 3);
  assert.deepEqual(
    good(await boss.get(`/api/alerts/cases/${all.rows[0].case_id}`)).allowed_actions,
    [],
  );
  for (const verb of ['claim', 'review', 'close']) {
    const answer = await on(boss, String(all.rows[0].case_id), verb, { version: 1 });
    assert.equal(answer.status, 403, verb);
  }
  const assign = { case_ids: ['1'], assignee: { account: 'dora', name: '朵' } };
  assert.equal((await dora.post('/api/alerts/assign', assign)).status, 403);
  assert.equal(good(await boss.get('/api/screen/panorama')).alerts.value.counties.length, 2);
});

test('what a route does not name is refused, and hostile text stays text', async () => {
  const { anna } = server.clients;
  const extra = await anna.post('/api/alerts/search', { filter: { state: 'new' } });
  assert.equal(extra.status, 400);
  const mass = await on(anna, '1', 'claim', { version: 1, assignee: 'boss', state: 'closed' });
  assert.equal(mass.status, 400);
  for (const text of [`' or 1=1 --`, `1; drop table alert_case`, `{"$gt":""}`]) {
    for (const field of ['rule', 'rule_group', 'owner', 'insurance', 'person_id']) {
      const answer = good(await anna.post('/api/alerts/search', { filter: { [field]: text } }));
      assert.equal(answer.total, 0, `${field} ${text}`);
    }
  }
  assert.ok(good(await anna.post('/api/alerts/search', {})).total >= 3);
});

test('the command line lists, shows and counts', async () => {
  const lines: string[] = [];
  const out = (text: string) => void lines.push(text);
  const context = {
    terminal: { out, err: out, progress: { start: () => undefined } as never },
    ...{ dataDir: '', json: true, env: {}, workspace: server.workspace },
    carryOut: () => async () => 0,
  };
  const run = async (name: string, options: Record<string, string | string[]>, json = true) => {
    const command = COMMANDS.find((each) => each.name === name);
    assert.equal(await command?.run({ ...context, json }, [], options), 0);
    return lines.pop() ?? '';
  };
  const list = JSON.parse(await run('alerts list', { agency: ['140502'] }));
  assert.equal(list.total, 2);
  const id = String(list.rows[0].case_id);
  assert.equal(JSON.parse(await run('alerts show', { case: id })).case_id, id);
  assert.equal(JSON.parse(await run('alerts stats', {})).total.cases, 3);
  assert.match(await run('alerts show', { case: id }, false), /疑点不等于违规/);
  assert.match(await run('alerts list', {}, false), /共 3 张疑点单/);
  assert.match(await run('alerts stats', {}, false), /疑点单 3 张/);
});
