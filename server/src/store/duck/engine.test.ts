import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import {
  afterwards,
  duckOptions,
  scratchDuck,
  scratchFolder,
  startChild,
} from '../fixtures/scratch.ts';
import { openDuck } from '../index.ts';

const code = (expected: string) => (error: unknown) => isHuiliuError(error, expected);

test('a transaction that throws leaves no row and no table', async (t) => {
  const duck = await scratchDuck(t);
  await duck.write((s) => s.run('create table kept as select 1 as n'));
  await assert.rejects(
    duck.transaction(async (s) => {
      await s.run('insert into kept values (2)');
      await s.run('create table gone (n integer)');
      throw new Error('stop');
    }),
    /stop/,
  );
  assert.deepEqual(await duck.read((s) => s.rows('from kept')), [{ n: 1 }]);
  await assert.rejects(
    duck.read((s) => s.rows('from gone')),
    code('STORE_DUCK_QUERY'),
  );
});

test('a statement that fails and is caught inside the work still undoes the transaction', async (t) => {
  const duck = await scratchDuck(t);
  await duck.write((s) => s.run('create table kept (n integer primary key)'));
  await assert.rejects(
    duck.transaction(async (s) => {
      await s.run('insert into kept values (1)');
      await s.run('insert into kept values (1)').catch(() => undefined);
    }),
    code('STORE_DUCK_QUERY'),
  );
  assert.equal((await duck.read((s) => s.rows('from kept'))).length, 0);
});

test('readers see the state before the commit while a transaction is open', async (t) => {
  const duck = await scratchDuck(t);
  await duck.write((s) => s.run('create table kept as select 1 as n'));
  await duck.transaction(async (s) => {
    await s.run('insert into kept values (2)');
    assert.equal((await duck.read((r) => r.rows('from kept'))).length, 1);
    assert.equal((await s.rows('from kept')).length, 2);
  });
  assert.equal((await duck.read((r) => r.rows('from kept'))).length, 2);
});

test('writes run one after the other in the order asked', async (t) => {
  const duck = await scratchDuck(t);
  await duck.write((s) => s.run('create table counter as select 0::bigint as n'));
  const add = () =>
    duck.transaction(async (s) => {
      const row = await s.first<{ n: bigint }>('from counter');
      await s.run('update counter set n = $n', { n: (row?.n ?? 0n) + 1n });
    });
  await Promise.all(Array.from({ length: 20 }, add));
  assert.deepEqual(await duck.read((s) => s.first('from counter')), { n: 20n });
});

test('forty readers at once all get their answer', async (t) => {
  const duck = await scratchDuck(t);
  const ask = (n: number) => duck.read((s) => s.first<{ n: number }>('select $n as n', { n }));
  const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => ask(n)));
  assert.deepEqual(
    answers.map((row) => row?.n),
    Array.from({ length: 40 }, (_, n) => n),
  );
});

test('run tells the rows changed', async (t) => {
  const duck = await scratchDuck(t);
  await duck.write(async (s) => {
    await s.run('create table kept as select i from range(10) t(i)');
    assert.equal(await s.run('delete from kept where i < $limit', { limit: 4 }), 4);
    assert.equal(await s.run('update kept set i = i + 1 where i > 100'), 0);
  });
});

test('a write inside a write is refused instead of waiting for itself', async (t) => {
  const duck = await scratchDuck(t);
  await assert.rejects(
    duck.write(() => duck.transaction(async () => 1)),
    /wait for itself/,
  );
  assert.equal(await duck.write(async () => 2), 2);
});

test('a write started by finished work and not awaited there is not refused', async (t) => {
  const duck = await scratchDuck(t);
  const started: { later?: Promise<number> } = {};
  const release = Promise.withResolvers<void>();
  await duck.write(async () => {
    started.later = release.promise.then(() => duck.write(async () => 7));
  });
  release.resolve();
  assert.equal(await started.later, 7);
});

test('a session kept beyond its work is refused', async (t) => {
  const duck = await scratchDuck(t);
  const kept = await duck.read(async (s) => s);
  await assert.rejects(kept.rows('select 1'), /has ended/);
});

test('temporary tables of one write are gone in the next', async (t) => {
  const duck = await scratchDuck(t);
  await duck.write((s) => s.run('create temp table raw (line varchar)'));
  await duck.write((s) => s.run('create temp table raw (line varchar)'));
});

test('an interrupted query says so and the engine serves on', async (t) => {
  const duck = await scratchDuck(t);
  const heavy = 'select count(*) from range(100000000) a(i), range(1000) b(j) where i * j % 7 = 3';
  await assert.rejects(
    duck.read(async (s) => {
      const answer = s.rows(heavy);
      // One that comes before the query has begun is lost, so it is asked until it is heard.
      const asking = setInterval(() => s.interrupt(), 5);
      await answer.finally(() => clearInterval(asking));
    }),
    code('STORE_DUCK_INTERRUPTED'),
  );
  assert.deepEqual(await duck.read((s) => s.rows('select 1 as n')), [{ n: 1 }]);
});

test('work too large for memory and for the spill folder says so and the engine serves on', async (t) => {
  const dir = await scratchFolder(t);
  const duck = await openDuck({ ...duckOptions(dir), memoryLimit: '40MiB' });
  afterwards(t, () => duck.close());
  const hoard = "select list(md5(i::varchar) || repeat('x', 200)) as l from range(2000000) t(i)";
  await assert.rejects(
    duck.read((s) => s.rows(`select len(l) from (${hoard})`)),
    code('STORE_DUCK_MEMORY'),
  );
  assert.deepEqual(await duck.read((s) => s.rows('select 1 as n')), [{ n: 1 }]);
});

test('messages of failed statements quote no value', async (t) => {
  const duck = await scratchDuck(t);
  const secret = '张三丰110101';
  await assert.rejects(
    duck.read((s) => s.rows(`select '${secret}'::integer`)),
    (error) => {
      assert.ok(isHuiliuError(error, 'STORE_DUCK_QUERY'));
      assert.equal(error.details.reason, '值的类型不符');
      return !error.message.includes(secret);
    },
  );
});

test('a file held by another process is refused with a name for it', async (t) => {
  const dir = await scratchFolder(t);
  const child = startChild(t, 'duck-writer.ts', [dir]);
  await child.next();
  await assert.rejects(openDuck(duckOptions(dir)), code('STORE_DUCK_HELD'));
  await child.kill();
  const duck = await openDuck(duckOptions(dir));
  await duck.close();
});

test('a file that is no database is refused and left as it is', async (t) => {
  const dir = await scratchFolder(t);
  await writeFile(join(dir, 'city.duckdb'), 'x'.repeat(20_000));
  await assert.rejects(openDuck(duckOptions(dir)), code('STORE_DUCK_UNREADABLE'));
});

test('a file whose blocks were changed opens, and says what is wrong when they are read', async (t) => {
  const dir = await scratchFolder(t);
  const first = await openDuck(duckOptions(dir));
  await first.write((s) =>
    s.run('create table kept as select md5(i::varchar) h from range(90000) t(i)'),
  );
  await first.checkpoint();
  await first.close();
  const bytes = await readFile(first.file);
  await writeFile(first.file, bytes.fill(0xa5, bytes.length / 4, (bytes.length / 4) * 3));
  const second = await openDuck(duckOptions(dir));
  afterwards(t, () => second.close());
  const read = () => second.read((s) => s.rows('select max(h) from kept'));
  await assert.rejects(read, code('STORE_DUCK_UNREADABLE'));
  await assert.rejects(read, code('STORE_DUCK_UNREADABLE'));
});

test('a closed engine refuses work, and closing twice is fine', async (t) => {
  const duck = await scratchDuck(t);
  await duck.close();
  await duck.close();
  await assert.rejects(
    duck.read((s) => s.rows('select 1')),
    /is closed/,
  );
});

test('what is checkpointed and closed is there when opened again', async (t) => {
  const dir = await scratchFolder(t);
  const first = await openDuck(duckOptions(dir));
  await first.write((s) => s.run("create table kept as select '珅' as name"));
  await first.checkpoint();
  await first.close();
  const second = await openDuck(duckOptions(dir));
  afterwards(t, () => second.close());
  assert.deepEqual(await second.read((s) => s.rows('from kept')), [{ name: '珅' }]);
});
