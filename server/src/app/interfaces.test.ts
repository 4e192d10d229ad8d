import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { signRequest } from '../../../tools/client-example/index.ts';
import { runCommand, startServer } from './testing/run-command.ts';

const EXAMPLES = join(import.meta.dirname, '../../../tools/client-example');
const run = promisify(execFile);

const data = await mkdtemp(join(tmpdir(), 'huiliu-interfaces-'));
let { port, server } = await startServer(data);
after(async () => {
  server.child.kill('SIGTERM');
  await server.ended;
  await rm(data, { recursive: true, force: true });
});

interface Issued {
  readonly app_id: string;
  readonly secret: string;
}
const addApp = async (...words: string[]): Promise<Issued> => {
  const added = await runCommand('apps', 'add', ...words, '--data', data, '--json');
  assert.equal(added.code, 0, added.err);
  return JSON.parse(added.out) as Issued;
};
const civil = await addApp(
  '民政局',
  '--source',
  '01',
  '--agency',
  '140500',
  '--per-second',
  '10000',
);

const eventOf = (id: string) => ({
  ...{ event_id: id, occurred_at: '2026-11-05T09:30:00+08:00', agency: '140502' },
  ...{ id_no: '140502195611030019', name: '王测试', death_date: '2026-11-03' },
});

async function post(id: string): Promise<number> {
  const body = JSON.stringify(eventOf(id));
  const key = { algorithm: 'HMAC-SM3', secret: civil.secret } as const;
  const headers = signRequest({
    app: civil.app_id,
    key,
    path: '/open/v1/deaths',
    eventId: id,
    body,
  });
  const answer = await fetch(`http://127.0.0.1:${port}/open/v1/deaths`, {
    method: 'POST',
    headers,
    body,
  });
  await answer.arrayBuffer();
  return answer.status;
}

interface Board {
  readonly rows: readonly {
    readonly title: string;
    readonly backlog: number;
    readonly received_today: number;
    readonly dead_letters: number;
  }[];
}
const board = async (): Promise<Board> => {
  const shown = await runCommand('interfaces', 'status', '--data', data, '--json');
  assert.equal(shown.code, 0, shown.err);
  return JSON.parse(shown.out) as Board;
};
const settled = async (): Promise<Board> => {
  for (;;) {
    const shown = await board();
    if (shown.rows.every((row) => row.backlog === 0)) return shown;
  }
};

test('the TypeScript and the shell client send an event, signed with a secret and with SM2', async () => {
  const pem = join(data, 'private.pem');
  spawnSync('openssl', ['genpkey', '-algorithm', 'SM2', '-out', pem]);
  const shown = spawnSync('openssl', ['pkey', '-in', pem, '-noout', '-text']).stdout.toString();
  const hexAfter = (name: string) =>
    (new RegExp(`${name}:\\s*((?:[0-9a-f]{2}[:\\s]*)+)`).exec(shown)?.[1] ?? '').replace(
      /[:\s]/g,
      '',
    );
  const privateKey = hexAfter('priv').slice(-64).padStart(64, '0');
  const police = await addApp(
    '公安局',
    '--source',
    '03',
    '--agency',
    '140502',
    '--public-key',
    hexAfter('pub'),
  );
  const file = join(data, 'event.json');
  await writeFile(file, JSON.stringify(eventOf('example-1')));
  const base = { PATH: process.env.PATH, HL_URL: `http://127.0.0.1:${port}` };
  const ways = [
    [process.execPath, ['send-deaths.ts', file], { HL_APP: civil.app_id, HL_SECRET: civil.secret }],
    [
      'sh',
      ['send-deaths.sh', file, 'example-1'],
      { HL_APP: civil.app_id, HL_SECRET: civil.secret },
    ],
    [
      process.execPath,
      ['send-deaths.ts', file],
      { HL_APP: police.app_id, HL_SM2_PRIVATE_KEY: privateKey },
    ],
    ['sh', ['send-deaths.sh', file, 'example-1'], { HL_APP: police.app_id, HL_SM2_KEY: pem }],
  ] as const;
  const receipts: string[] = [];
  for (const [program, words, env] of ways) {
    const { stdout } = await run(program, [...words], { cwd: EXAMPLES, env: { ...base, ...env } });
    assert.match(stdout, /\b202\b/, stdout);
    receipts.push(/"receipt":"(HL\d{12})"/.exec(stdout)?.[1] ?? '');
  }
  const [first, again, second, repeated] = receipts;
  assert.deepEqual([again, repeated], [first, second]);
  assert.notEqual(first, second);
});

test('a department without a signature learns nothing but how to sign', async () => {
  const url = `http://127.0.0.1:${port}/open/v1/deaths`;
  const bare = await fetch(url, { method: 'POST', body: JSON.stringify(eventOf('x')) });
  assert.equal(bare.status, 400);
  assert.equal(((await bare.json()) as { code: string }).code, 'OPEN_HEADERS_INVALID');
  const huge = await fetch(url, { method: 'POST', body: 'x'.repeat(3 * 1024 * 1024) }).catch(
    () => null,
  );
  assert.ok(huge === null || huge.status === 413);
  const described = await fetch(`http://127.0.0.1:${port}/open/v1/openapi.json`);
  const { paths } = (await described.json()) as { paths: object };
  assert.deepEqual(Object.keys(paths), ['/open/v1/deaths', '/open/v1/custody']);
  assert.equal((await fetch(`http://127.0.0.1:${port}/api/interfaces/board`)).status, 401);
});

test('everything acknowledged is there once after the server is killed in the middle of a burst', async () => {
  const before = (await settled()).rows.find((row) => row.title === '民政局')?.received_today ?? 0;
  const ids = Array.from({ length: 200 }, (_, at) => `burst-${at}`);
  const acknowledged = new Set<string>();
  // Few connections, so that most events are still to come when the server dies.
  const left = [...ids];
  const send = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const status = await post(id).catch(() => 0);
      if (status === 202) acknowledged.add(id);
      if (acknowledged.size === 50) server.child.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: 8 }, send));
  await server.ended;
  assert.ok(acknowledged.size >= 50 && acknowledged.size < 200, String(acknowledged.size));
  ({ port, server } = await startServer(data));
  const afterwards = (await settled()).rows.find((row) => row.title === '民政局');
  assert.ok((afterwards?.received_today ?? 0) - before >= acknowledged.size);
  assert.deepEqual([...new Set(await Promise.all(ids.map(post)))], [202]);
  const whole = (await settled()).rows.find((row) => row.title === '民政局');
  assert.equal((whole?.received_today ?? 0) - before, 200, 'none lost, none doubled');
  assert.equal(whole?.dead_letters, 0);
});

test('an application that is revoked at the command line is refused by the running server at once', async () => {
  assert.equal(await post('before'), 202);
  const revoked = await runCommand('apps', 'revoke', '--app', civil.app_id, '--data', data);
  assert.equal(revoked.code, 0, revoked.err);
  assert.equal(await post('after'), 401);
});
