import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openDuck, openPostgres, type PostgresEngine } from '../store/index.ts';
import { runCommand } from './testing/run-command.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SAMPLE = join(ROOT, 'tools/sample-package');
/** What a clerk finds for the person in line 1209, whose id number came broken. */
const CORRECTED = { id_no: '140502199608091150', mobile: '19912345670' };

/** Id numbers and telephones of the sample's people. */
async function knownNumbers(): Promise<Set<string>> {
  const lines = (await readFile(join(SAMPLE, 'person.txt'), 'latin1')).split('\n');
  const cells = lines.flatMap((line) => line.split('|'));
  return new Set(cells.filter((cell) => /^(\d{17}[\dX]|1[3-9]\d{9})$/.test(cell)));
}

/** Names of three characters; shorter ones are words of the language too. */
async function knownNames(): Promise<string[]> {
  const bytes = await readFile(join(SAMPLE, 'person.txt'));
  const lines = new TextDecoder('gb18030').decode(bytes).split('\n');
  return lines
    .flatMap((line) => line.split('|')[3] ?? [])
    .filter((name) => /^\p{sc=Han}{3}$/u.test(name));
}

/** Columns of PostgreSQL that hold one of these texts, as `table.column`. */
async function columnsWith(
  { pool }: PostgresEngine,
  sought: ReadonlySet<string>,
): Promise<string[]> {
  const columns = await pool.query<{ place: string; read: string }>(
    `select format('%s.%s', table_name, column_name) as place,
       format('select %I::text as value from %I.%I', column_name, table_schema, table_name) as read
     from information_schema.columns join information_schema.tables
       using (table_catalog, table_schema, table_name)
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
       and data_type in ('text', 'jsonb', 'json', 'ARRAY', 'character varying')`,
  );
  assert.ok(columns.rows.length > 200);
  const found: string[] = [];
  for (const { place, read } of columns.rows) {
    const { rows } = await pool.query<{ value: string | null }>(read);
    // Overlapping, so that a name is found inside a sentence too.
    const runs = (value: string) =>
      [...value.matchAll(/(?=(\d{17}[\dX]|\d{11}|\p{sc=Han}{3}))/gu)].map(
        (match) => match[1] ?? '',
      );
    if (rows.some(({ value }) => runs(value ?? '').some((run) => sought.has(run))))
      found.push(place);
  }
  return found;
}

/** What a file holds; nothing of a folder, a socket, and what a dying server takes away meanwhile. */
async function bytesOf(path: string): Promise<Buffer> {
  try {
    return (await stat(path)).isFile() ? await readFile(path) : Buffer.alloc(0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** Files below a folder that hold one of the numbers in plain text. */
async function filesWith(dir: string, numbers: ReadonlySet<string>): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(dir, { recursive: true })) {
    const bytes = await bytesOf(join(dir, name));
    const text = bytes.toString('latin1');
    const runs = text.match(/\d{17}[\dX]|1[3-9]\d{9}/g) ?? [];
    if (runs.some((run) => numbers.has(run))) found.push(name);
  }
  return found;
}

describe('what lies on the disk', () => {
  let numbers: Set<string>;
  let data = '';
  before(async () => {
    numbers = await knownNumbers();
    data = await mkdtemp(join(tmpdir(), 'huiliu-at-rest-'));
  });
  after(() => rm(data, { recursive: true, force: true }));

  it('the search itself finds a number that lies in plain text', async () => {
    assert.ok(numbers.size > 2_000);
    assert.notDeepEqual(await filesWith(SAMPLE, numbers), []);
  });

  it('shows no number after a load, a rule run and a look at a person', async () => {
    const loaded = await runCommand('feed', 'load', SAMPLE, '--data', data, '--json');
    assert.equal(loaded.code, 0, loaded.err);
    await runCommand('dossier', 'P000000901', '--purpose', '核实退休待遇资格', '--data', data);
    assert.deepEqual(await filesWith(data, numbers), []);
  });

  it('shows no number and no name in any column of PostgreSQL, where compression could hide them', async () => {
    const sought = new Set([...numbers, ...(await knownNames())]);
    assert.ok(sought.size > numbers.size + 100);
    const postgres = await openPostgres({ dataDir: data });
    try {
      assert.deepEqual(await columnsWith(postgres, sought), []);
      await postgres.pool.query(
        `create table planted as select jsonb_build_array($1::text) as note`,
        [[...sought].at(-1)],
      );
      assert.deepEqual(await columnsWith(postgres, sought), ['planted.note']);
      await postgres.pool.query('drop table planted');
    } finally {
      await postgres.close();
    }
  });

  it('shows none after a load that was killed', async () => {
    const killed = await mkdtemp(join(tmpdir(), 'huiliu-at-rest-killed-'));
    try {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'main.ts'), 'feed', 'load', SAMPLE, '--data', killed],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      // Staging is under way as soon as the first table is named.
      for await (const piece of child.stderr) if (/人员|参保|缴费/.test(String(piece))) break;
      child.kill('SIGKILL');
      await once(child, 'close');
      assert.deepEqual(await filesWith(killed, numbers), []);
      const again = await runCommand('feed', 'load', SAMPLE, '--data', killed, '--json');
      assert.equal(again.code, 0, again.err);
      assert.deepEqual(await filesWith(killed, numbers), []);
    } finally {
      await rm(killed, { recursive: true, force: true });
    }
  });

  it('shows no corrected number of a repair, proposed or approved', async () => {
    const sought = new Set([...numbers, ...Object.values(CORRECTED)]);
    const { id_no, mobile } = CORRECTED;
    const row = ['--package', 'SX-F-20261031-001', '--dataset', 'person', '--line', '1209'];
    const set = ['--set', `AAC002=${id_no}`, '--set', `AAC067=${mobile}`, '--reason', '按户籍更正'];
    const proposed = await repair('edit', ...row, ...set, '--by', 'wang');
    const { repairId, changes } = JSON.parse(proposed.out);
    assert.deepEqual(
      changes.map(({ after }: { after: string }) => after),
      [id_no, mobile],
    );
    assert.deepEqual(await filesWith(data, sought), []);
    const approved = await repair('approve', '--id', String(repairId), '--by', 'li');
    assert.equal(JSON.parse(approved.out).state, 'applied', approved.out);
    assert.deepEqual(await filesWith(data, sought), []);
    const shown = await repair('list');
    assert.match(shown.out, /AAC002/);
  });

  async function repair(...words: string[]) {
    const result = await runCommand('feed', 'repair', ...words, '--data', data, '--json');
    assert.equal(result.code, 0, result.err);
    return result;
  }

  it('moves a folder of before by a rebuild and leaves no plain copy behind', async () => {
    const file = join(data, 'city.duckdb');
    await rm(file);
    const plain = await openDuck({
      file,
      stagingDir: join(data, 'staging'),
      tempDir: join(data, 'tmp'),
      keys: [],
    });
    await plain.write((session) =>
      session.run(`create table person as select '${[...numbers][0]}' as id_no`),
    );
    await plain.close();
    assert.deepEqual(await filesWith(data, numbers), ['city.duckdb']);
    const refused = await runCommand('feed', 'status', '--data', data);
    assert.match(refused.err, /feed rebuild.*STORE_DUCK_PLAIN/);
    const rebuilt = await runCommand('feed', 'rebuild', '--data', data);
    assert.equal(rebuilt.code, 0, rebuilt.err);
    assert.match(rebuilt.out, /没有加密/);
    assert.deepEqual(await filesWith(data, numbers), []);
    assert.equal((await runCommand('feed', 'status', '--data', data)).code, 0);
  });
});
