import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import { afterwards, scratchFolder, sharedFolder, startChild } from '../fixtures/scratch.ts';
import { openPostgres, PG_TEMPLATE_VARIABLE } from '../index.ts';

const code = (expected: string) => (error: unknown) => isHuiliuError(error, expected);
const isRoot = process.getuid?.() === 0;

// One cluster for the tests that do not need a new one; they run one after the other.
const dataDir = await sharedFolder();

test('values come as plain values, committed rows are there after a reopen, no TCP port exists', async (t) => {
  const first = await openPostgres({ dataDir });
  await first.pool.query('create table kept (big int8, day date, at timestamptz, rate numeric)');
  await first.pool.query(
    "insert into kept values (9007199254740993, '2024-02-29', '2024-02-29 01:02:03.5+08', 0.0800)",
  );
  await first.close();
  await first.close();
  const second = await openPostgres({ dataDir });
  afterwards(t, () => second.close());
  const { rows } = await second.pool.query(`select kept.*, timestamp '2024-01-02 03:04:05' as wall,
    array[1::int8, null] as bigs, array[date '2024-01-31'] as days, null::int8 as nothing,
    array[timestamptz '2024-02-29 01:02:03+08'] as instants, 7 as whole, '{"a": 1}'::jsonb as json from kept`);
  assert.deepEqual(rows, [
    {
      big: 9007199254740993n,
      day: '2024-02-29',
      at: '2024-02-29T01:02:03.5+08:00',
      rate: '0.0800',
      wall: '2024-01-02T03:04:05',
      bigs: [1n, null],
      days: ['2024-01-31'],
      nothing: null,
      instants: ['2024-02-29T01:02:03+08:00'],
      whole: 7,
      json: { a: 1 },
    },
  ]);
  const shown = await second.pool.query(`select current_setting('listen_addresses') as tcp,
    current_setting('fsync') as fsync, current_setting('synchronous_commit') as sync,
    current_setting('server_encoding') as encoding, current_setting('data_checksums') as sums,
    (select rolsuper from pg_roles where rolname = current_user) as super`);
  assert.deepEqual(shown.rows, [
    { tcp: '', fsync: 'on', sync: 'on', encoding: 'UTF8', sums: 'on', super: false },
  ]);
});

test('kysely reads and writes with the tables a module names', async (t) => {
  const postgres = await openPostgres({ dataDir });
  afterwards(t, () => postgres.close());
  const db = postgres.kysely<{ note: { id: bigint; text: string } }>();
  await postgres.pool.query('create table note (id int8 primary key, text text not null)');
  await db.insertInto('note').values({ id: 1n, text: '珅' }).execute();
  assert.deepEqual(await db.selectFrom('note').selectAll().execute(), [{ id: 1n, text: '珅' }]);
});

test('the log of the server quotes no value of a failed statement', async (t) => {
  const postgres = await openPostgres({ dataDir });
  afterwards(t, () => postgres.close());
  await postgres.pool.query('create table person (id_no text primary key)');
  const insert = () =>
    postgres.pool.query('insert into person values ($1)', ['110101199003070000']);
  await insert();
  await assert.rejects(insert(), /duplicate key/);
  const log = await readFile(join(dataDir, 'log', 'postgres.log'), 'utf8');
  assert.match(log, /duplicate key/);
  assert.doesNotMatch(log, /110101199003070000/);
});

test('the server is started again when it dies', { timeout: 60_000 }, async (t) => {
  const postgres = await openPostgres({ dataDir });
  afterwards(t, () => postgres.close());
  await postgres.pool.query('create table kept_n as select 1 as n');
  const pid = await postmasterOf(dataDir);
  process.kill(pid, 'SIGKILL');
  let rows: unknown[] | undefined;
  // Backends of the dead server may still answer for a moment; only the new one counts.
  while (rows === undefined || (await postmasterOf(dataDir).catch(() => pid)) === pid) {
    rows = await postgres.pool.query('select n from kept_n').then(
      (result) => result.rows,
      () => new Promise((resolve) => setImmediate(resolve, undefined)),
    );
  }
  assert.deepEqual(rows, [{ n: 1 }]);
});

test('where a template is named, a new cluster is a copy of it and stands alone from then on', async (t) => {
  const template = await openPostgres({ dataDir });
  await template.pool.query('create table of_template as select 7 as n');
  await template.close();
  process.env[PG_TEMPLATE_VARIABLE] = join(dataDir, 'postgres');
  afterwards(t, () => delete process.env[PG_TEMPLATE_VARIABLE]);
  const folder = await scratchFolder(t);
  const copy = await openPostgres({ dataDir: folder });
  afterwards(t, () => copy.close());
  assert.deepEqual((await copy.pool.query('select n from of_template')).rows, [{ n: 7 }]);
  await copy.pool.query('drop table of_template');
  const [own, theirs] = [join(folder, 'postgres'), join(dataDir, 'postgres')];
  assert.deepEqual(
    [(await stat(own)).uid, (await stat(own)).mode & 0o777],
    [...[(await stat(theirs)).uid, 0o700]],
  );
  const again = await openPostgres({ dataDir });
  afterwards(t, () => again.close());
  assert.equal((await again.pool.query('select n from of_template')).rowCount, 1);
});

test('a data folder with a very long path works', async (t) => {
  const dataDir = join(await scratchFolder(t), '数据'.repeat(20), 'x'.repeat(60));
  const postgres = await openPostgres({ dataDir });
  afterwards(t, () => postgres.close());
  assert.equal((await postgres.pool.query('select 1')).rowCount, 1);
});

test('a folder of somebody else in the place of the cluster is refused and left alone', async (t) => {
  const dataDir = await scratchFolder(t);
  await mkdir(join(dataDir, 'postgres'));
  await writeFile(join(dataDir, 'postgres', 'letter.txt'), '重要');
  await assert.rejects(openPostgres({ dataDir }), code('STORE_POSTGRES_START'));
  assert.deepEqual(await readdir(join(dataDir, 'postgres')), ['letter.txt']);
});

test('an external server that does not answer is named without its password', async () => {
  const url = 'postgres://huiliu:secret@127.0.0.1:1/huiliu';
  await assert.rejects(openPostgres({ dataDir: '/nowhere', url }), (error) => {
    assert.ok(isHuiliuError(error, 'STORE_POSTGRES_UNREACHABLE'));
    assert.match(error.message, /127\.0\.0\.1:1\/huiliu/);
    return !error.message.includes('secret');
  });
});

test('an external server is used through its url and left running', async (t) => {
  const server = await openPostgres({ dataDir });
  afterwards(t, () => server.close());
  const host = encodeURIComponent(join(dataDir, 'run', 'pg'));
  const outside = await openPostgres({ dataDir, url: `postgres://huiliu@${host}/huiliu` });
  const { rows } = await outside.pool.query('select 1::int8 as n');
  assert.deepEqual(rows, [{ n: 1n }]);
  assert.equal(outside.embedded, false);
  await outside.close();
  assert.equal((await server.pool.query('select 1')).rowCount, 1);
});

test('as root the server runs under an unprivileged account below folders closed to it', {
  skip: isRoot ? false : 'needs root',
}, async (t) => {
  const postgres = await openPostgres({ dataDir });
  afterwards(t, () => postgres.close());
  const above = await stat(dataDir);
  assert.deepEqual([above.uid, above.mode & 0o777], [0, 0o700]);
  const owner = await stat(join(dataDir, 'postgres'));
  assert.notEqual(owner.uid, 0);
  assert.equal(owner.mode & 0o777, 0o700);
  const status = await readFile(`/proc/${await postmasterOf(dataDir)}/status`, 'utf8');
  assert.match(status, new RegExp(`^Uid:\\s+${owner.uid}\\s+${owner.uid}\\s`, 'm'));
  const capabilities = BigInt(`0x${/^CapPrm:\s*(\w+)/m.exec(status)?.[1]}`);
  assert.ok(capabilities <= 4n, 'at most the capability to walk through folders');
});

test('a cluster that root copied back from a backup works again', {
  skip: isRoot ? false : 'needs root',
}, async (t) => {
  execFileSync('chown', ['-R', '0:0', join(dataDir, 'postgres')]);
  const second = await openPostgres({ dataDir });
  afterwards(t, () => second.close());
  assert.equal((await second.pool.query('select n from kept_n')).rowCount, 1);
});

test('an ordinary user runs the server as himself, and is told when the data is not his', {
  skip: isRoot ? false : 'needs root to become an ordinary user',
}, async (t) => {
  const dir = await scratchFolder(t);
  await chmod(dir, 0o711);
  const dataDir = join(dir, 'data');
  await mkdir(dataDir, { mode: 0o700 });
  const nobody = Number(execFileSync('id', ['-u', 'nobody']));
  await chown(dataDir, nobody, nobody);
  const own = startChild(t, 'postgres-opener.ts', [dataDir], { uid: nobody, gid: nobody });
  assert.deepEqual(await own.next(), { opened: 'huiliu', uid: nobody });
  await own.ended();
  execFileSync('chown', ['-R', '0:0', join(dataDir, 'postgres')]);
  const foreign = startChild(t, 'postgres-opener.ts', [dataDir], { uid: nobody, gid: nobody });
  assert.deepEqual(await foreign.next(), { code: 'STORE_POSTGRES_ACCOUNT' });
});

async function postmasterOf(folder: string): Promise<number> {
  return Number.parseInt(await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8'), 10);
}
