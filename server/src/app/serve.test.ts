import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  demoPasswords,
  freePort,
  runCommand,
  signInTo,
  startServer,
} from './testing/run-command.ts';

const SAMPLE = join(import.meta.dirname, '../../../tools/sample-package');

describe('a running server', () => {
  let data = '';
  let port = 0;
  let server: Awaited<ReturnType<typeof startServer>>['server'];
  let session: Record<string, string> = {};

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'huiliu-serve-'));
    const passwords = await demoPasswords(data);
    ({ port, server } = await startServer(data));
    session = await signInTo(port, 'xinxi', passwords.get('xinxi') ?? '');
  });
  after(async () => {
    server.child.kill('SIGTERM');
    await server.ended;
    await rm(data, { recursive: true, force: true });
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers });

  it('answers health and serves the page', async () => {
    assert.equal((await get('/api/health')).status, 200);
    const page = await get('/');
    assert.equal(page.status, 200);
    assert.match(await page.text(), /回流/);
  });

  it('shows packages only to who is signed in', async () => {
    assert.equal((await get('/api/feed/packages')).status, 401);
    assert.equal((await get('/api/feed/packages', session)).status, 200);
  });

  it('carries out a command given elsewhere on the same data folder', async () => {
    const loaded = await runCommand(
      'feed',
      'load',
      SAMPLE,
      '--no-pipeline',
      '--data',
      data,
      '--json',
    );
    assert.equal(loaded.code, 0, loaded.err);
    assert.equal((JSON.parse(loaded.out) as { state: string }).state, 'published');
    const listed = (await (await get('/api/feed/packages', session)).json()) as {
      package_id: string;
    }[];
    assert.deepEqual(
      listed.map((item) => item.package_id),
      ['SX-F-20261031-001'],
    );
  });

  it('tells a second server who holds the data folder', async () => {
    const second = await runCommand('serve', '--port', String(await freePort()), '--data', data);
    assert.notEqual(second.code, 0);
    assert.match(second.err, new RegExp(String(server.child.pid)));
  });
});

it('says which port is taken', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  assert.ok(address !== null && typeof address === 'object');
  const data = await mkdtemp(join(tmpdir(), 'huiliu-port-'));
  try {
    const refused = await runCommand('serve', '--port', String(address.port), '--data', data);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /APP_PORT_TAKEN/);
  } finally {
    holder.close();
    await rm(data, { recursive: true, force: true });
  }
});
