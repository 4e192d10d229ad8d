import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test, { before, type TestContext } from 'node:test';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { isHuiliuError } from '../../kernel/index.ts';
import { afterwards, sharedFolder } from '../fixtures/scratch.ts';
import { type Migration, migrate, openPostgres, type PostgresEngine } from '../index.ts';
import { kyselyOf, makePool } from './pool.ts';

const code = (expected: string) => (error: unknown) => isHuiliuError(error, expected);

const one = {
  name: 'demo/0001-first',
  sql: 'create table first (n int); insert into first values (1)',
};
const two = { name: 'demo/0002-second', sql: 'create table second (n int)' };
const other = { name: 'other/0001-third', sql: 'create table third (n int)' };

let server: PostgresEngine;
const dataDir = await sharedFolder(() => server.close());
before(async () => {
  server = await openPostgres({ dataDir });
});

interface Database {
  readonly db: Kysely<unknown>;
  readonly engine: { readonly pool: pg.Pool };
}

/** Every test has a schema of its own in the one server. */
async function database(t: TestContext): Promise<Database> {
  const schema = `test_${randomUUID().replaceAll('-', '')}`;
  await server.pool.query(`create schema ${schema}`);
  const { host, user, database: name } = server.pool.options;
  const pool = makePool({ host, user, database: name, options: `-c search_path=${schema}` });
  afterwards(t, () => pool.end());
  return { db: kyselyOf(pool), engine: { pool } };
}

const tables = async ({ pool }: Database['engine']): Promise<string[]> =>
  (
    await pool.query(
      'select tablename::text as name from pg_tables where schemaname = current_schema() order by 1',
    )
  ).rows.map((row) => row.name);

test('new steps are applied once, in order, and later ones are added', async (t) => {
  const { db, engine } = await database(t);
  assert.deepEqual(await migrate(db, [one]), [one.name]);
  assert.deepEqual(await migrate(db, [one]), []);
  assert.deepEqual(await migrate(db, [one, two, other]), [two.name, other.name]);
  assert.deepEqual(await tables(engine), ['first', 'second', 'store_migration', 'third']);
  assert.equal((await engine.pool.query('select * from first')).rowCount, 1);
});

test('lists of several modules may be given together or one after the other', async (t) => {
  const { db } = await database(t);
  assert.deepEqual(await migrate(db, [other]), [other.name]);
  assert.deepEqual(await migrate(db, [one]), [one.name]);
  assert.deepEqual(await migrate(db, [one, two, other]), [two.name]);
});

test('an edited step is refused, other line endings are no edit', async (t) => {
  const { db } = await database(t);
  const lines = { name: 'demo/0001-first', sql: 'create table\nfirst (n int)' };
  await migrate(db, [lines]);
  assert.deepEqual(await migrate(db, [{ ...lines, sql: 'create table\r\nfirst (n int)' }]), []);
  const edited: Migration = { ...lines, sql: 'create table\nfirst (n int8)' };
  await assert.rejects(migrate(db, [edited, two]), code('STORE_MIGRATION_CHANGED'));
});

test('a step put before applied ones is refused', async (t) => {
  const { db, engine } = await database(t);
  await migrate(db, [two]);
  await assert.rejects(migrate(db, [one, two]), code('STORE_MIGRATION_CHANGED'));
  assert.deepEqual(await tables(engine), ['second', 'store_migration']);
});

test('an older program is refused on a newer database', async (t) => {
  const { db } = await database(t);
  await migrate(db, [one, two]);
  await assert.rejects(migrate(db, [one]), code('STORE_MIGRATION_AHEAD'));
});

test('a step that fails half way leaves nothing, the steps before it stay', async (t) => {
  const { db, engine } = await database(t);
  const bad = {
    name: 'demo/0002-bad',
    sql: 'create table half (n int); insert into nowhere values (1)',
  };
  await assert.rejects(migrate(db, [one, bad]), code('STORE_MIGRATION_FAILED'));
  assert.deepEqual(await tables(engine), ['first', 'store_migration']);
  assert.deepEqual(await migrate(db, [one, two]), [two.name]);
});

test('two processes that migrate at once apply each step once', async (t) => {
  const { db, engine } = await database(t);
  const rival = kyselyOf<unknown>(engine.pool);
  const done = (await Promise.all([migrate(db, [one, two]), migrate(rival, [one, two])])).flat();
  assert.deepEqual(done.sort(), [one.name, two.name]);
});

test('names that are not module/0001-what or occur twice are our bug', async (t) => {
  const { db } = await database(t);
  await assert.rejects(migrate(db, [{ name: 'first', sql: 'select 1' }]), /module\/0001-what/);
  await assert.rejects(migrate(db, [one, one]), /listed twice/);
});
