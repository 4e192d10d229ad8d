import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openSignedInServer, type SignedInServer } from './testing/signed-in-server.ts';

let server: SignedInServer<'admin' | 'officer' | 'clerk'>;
before(async () => {
  server = await openSignedInServer({
    admin: { roles: ['system_admin'] },
    officer: { roles: ['information_officer'] },
    clerk: { roles: ['window_clerk'] },
  });
});
after(() => server.close());

const NEW_APP = { name: '市民政局', death_source: '01', agencies: ['140502'] };
interface Issued {
  readonly app_id: string;
  readonly key_no: number;
  readonly secret: string;
}

test('the administrator registers an application; its secret is shown this once and never again', async () => {
  const { admin } = server.clients;
  const added = await admin.post('/api/interfaces/apps', NEW_APP);
  assert.equal(added.status, 200, JSON.stringify(added.body));
  const issued = added.body as unknown as Issued;
  assert.match(issued.secret, /^[\w-]{43}$/);
  const listed = await admin.get('/api/interfaces/apps');
  assert.doesNotMatch(JSON.stringify(listed.body), new RegExp(issued.secret));
  const { rows } = listed.body as unknown as {
    rows: { app_id: string; allowed_actions: string[] }[];
  };
  assert.deepEqual(rows[0]?.allowed_actions, ['rotate', 'revoke']);
  assert.ok(server.log.every((line) => !line.includes(issued.secret)));

  const rotated = await admin.post('/api/interfaces/apps/rotate', { app_id: issued.app_id });
  assert.equal((rotated.body as unknown as Issued).key_no, 2);
  const revoked = await admin.post('/api/interfaces/apps/revoke', { app_id: issued.app_id });
  assert.equal(revoked.status, 200);
  const late = await admin.post('/api/interfaces/apps/rotate', { app_id: issued.app_id });
  assert.equal(late.status, 409);
});

test('what is wrong with an application is told all at once, what does not exist is not found', async () => {
  const { admin } = server.clients;
  const wrong = await admin.post('/api/interfaces/apps', {
    ...NEW_APP,
    death_source: '77',
    agencies: ['110000'],
  });
  assert.equal(wrong.status, 400);
  assert.match(String(wrong.body?.message), /死亡来源 77.*110000/);
  for (const path of ['rotate', 'revoke']) {
    const absent = await admin.post(`/api/interfaces/apps/${path}`, {
      app_id: 'app-0000000000000000',
    });
    assert.equal(absent.status, 404);
  }
  const letters = { 'dead-letters': { inbox_no: '1' }, letters: { letter_no: '1' } };
  for (const [path, body] of Object.entries(letters)) {
    const absent = await admin.post(`/api/interfaces/${path}/replay`, body);
    assert.equal(absent.status, 404, path);
  }
});

test('who may only look sees the board without actions and changes nothing; others see nothing', async () => {
  const { admin, officer, clerk } = server.clients;
  await admin.post('/api/interfaces/apps', { ...NEW_APP, name: '卫健委', death_source: '02' });
  const board = await officer.get('/api/interfaces/board');
  assert.equal(board.status, 200);
  const { rows, total } = board.body as unknown as {
    rows: { title: string; state: string; allowed_actions: string[] }[];
    total: number;
  };
  assert.equal(total, 2);
  assert.deepEqual(
    rows.map((row) => [row.title, row.state, row.allowed_actions]),
    [
      ['卫健委', 'idle', []],
      ['市民政局', 'ended', []],
    ],
  );
  for (const path of ['alarms', 'dead-letters', 'apps']) {
    assert.equal((await officer.get(`/api/interfaces/${path}`)).status, 200, path);
    assert.equal((await clerk.get(`/api/interfaces/${path}`)).status, 403, path);
  }
  assert.equal((await officer.post('/api/interfaces/apps', NEW_APP)).status, 403);
  assert.equal((await officer.get('/api/interfaces/letters')).status, 403);
  assert.equal((await server.nobody.get('/api/interfaces/board')).status, 401);
});
