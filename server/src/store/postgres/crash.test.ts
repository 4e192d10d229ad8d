import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import { afterwards, scratchFolder, sharedFolder, startChild } from '../fixtures/scratch.ts';
import { openPostgres } from '../index.ts';
import { findLauncher } from './account.ts';
import { findBinaries } from './binaries.ts';
import { makePrivate } from './places.ts';

interface Said {
  readonly begun?: number;
  readonly committed?: number;
}

const dataDir = await sharedFolder();

for (const killAfter of [1, 20]) {
  test(`kill -9 inside transaction ${killAfter} keeps every acknowledged commit and no half one`, async (t) => {
    const child = startChild(t, 'postgres-writer.ts', [dataDir]);
    const said: Said[] = [];
    while (said.at(-1)?.begun !== killAfter) said.push((await child.next()) as Said);
    said.push(...((await child.kill()) as Said[]));
    const acknowledged = said.flatMap((line) => line.committed ?? []);
    const begun = Math.max(...said.flatMap((line) => line.begun ?? []));

    const postgres = await openPostgres({ dataDir });
    afterwards(t, () => postgres.close());
    const side = async (name: string): Promise<number[]> =>
      (await postgres.pool.query(`select n from ${name} order by n`)).rows.map((row) => row.n);
    const left = await side('left_side');
    assert.deepEqual(await side('right_side'), left, 'both tables or none');
    assert.deepEqual(left.slice(0, acknowledged.length), acknowledged);
    assert.ok(left.length <= begun);
  });
}

test('a crash while the cluster is being made leaves nothing that stops the next start', async (t) => {
  const fresh = await scratchFolder(t);
  const child = startChild(t, 'postgres-opener.ts', [fresh]);
  for (let names: string[] = []; !names.some((name) => name.startsWith('postgres.new-')); ) {
    names = await readdir(fresh);
  }
  await child.kill();
  const postgres = await openPostgres({ dataDir: fresh });
  afterwards(t, () => postgres.close());
  assert.equal((await postgres.pool.query('select 1')).rowCount, 1);
});

test('a server that outlived its parent is ended and its commits are kept', async (t) => {
  const first = await openPostgres({ dataDir });
  await first.pool.query('create table kept as select 1 as n');
  await first.close();
  const orphan = await startOrphan(dataDir);
  const second = await openPostgres({ dataDir });
  afterwards(t, () => second.close());
  assert.equal((await second.pool.query('select n from kept')).rowCount, 1);
  assert.deepEqual(await orphan.gone, [0, null], 'an orderly shutdown');
});

test('a process number file that points to another program does not stop the start', async (t) => {
  const bystander = spawn('sleep', ['60']);
  afterwards(t, () => bystander.kill());
  const cluster = join(dataDir, 'postgres');
  const lines = [bystander.pid, cluster, 1, 5432, join(dataDir, 'run', 'pg'), '', ' 1 1', 'ready'];
  await writeFile(join(cluster, 'postmaster.pid'), `${lines.join('\n')}\n`);
  const postgres = await openPostgres({ dataDir });
  afterwards(t, () => postgres.close());
  assert.equal((await postgres.pool.query('select 1')).rowCount, 1);
  assert.deepEqual([bystander.exitCode, bystander.signalCode], [null, null]);
});

test('a server whose owner lives is left alone, and the newcomer is told', async (t) => {
  const child = startChild(t, 'postgres-opener.ts', [dataDir, 'hold']);
  await child.next();
  await assert.rejects(openPostgres({ dataDir }), (error) => {
    assert.ok(isHuiliuError(error, 'STORE_POSTGRES_HELD'));
    return error.details.pid === child.process.pid;
  });
  await child.kill();
  const mine = await openPostgres({ dataDir });
  afterwards(t, () => mine.close());
  await assert.rejects(openPostgres({ dataDir }), (error) =>
    isHuiliuError(error, 'STORE_POSTGRES_HELD'),
  );
  assert.equal((await mine.pool.query('select n from kept')).rowCount, 1);
});

/** Starts the server as a parent would that cannot take it along when it dies. */
async function startOrphan(dataDir: string): Promise<{ gone: Promise<unknown[]> }> {
  const cluster = join(dataDir, 'postgres');
  const launcher = await findLauncher(cluster);
  const { postgres } = await findBinaries('');
  const sockets = join(dataDir, 'run', 'pg');
  await makePrivate(sockets, launcher.account);
  const { file, args } = launcher.command(postgres, [
    ...['-D', cluster, '-c', 'listen_addresses='],
    ...['-c', `unix_socket_directories=${sockets}`],
  ]);
  const detached = args.filter((each) => !each.startsWith('--pdeathsig'));
  const child = spawn(file, detached, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(child, 'exit');
  for await (const chunk of child.stderr) if (/ready to accept/.test(String(chunk))) break;
  return { gone };
}
