import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { migrate, openPostgres } from '../../../store/index.ts';
import { accessMigrations } from '../../access/index.ts';
import {
  type AuditTables,
  auditMigrations,
  checkAudit,
  confirmArchive,
  listAccesses,
  listArchived,
  listArchives,
  recordAudit,
} from '../index.ts';
import { ASKER, ask, CONFIRMER, LOOK, OLD } from '../testing/old-log.ts';
import { worldOf } from '../testing/world-of.ts';

const ENTRIES = 12;
const WORKER = join(import.meta.dirname, '../testing/archive-worker.ts');
const root = await mkdtemp(join(tmpdir(), 'archive-kill-'));
after(() => rm(root, { recursive: true, force: true }));

/** Confirms the request in a process of its own that is killed after a statement. */
async function confirmAndKill(dataDir: string, statement: number): Promise<'killed' | 'done'> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', WORKER, dataDir, String(statement)],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const [code, signal] = await once(child, 'exit');
  assert.ok(code === 0 || signal === 'SIGKILL', `${code} ${signal}`);
  return signal === 'SIGKILL' ? 'killed' : 'done';
}

async function inFolder<T>(
  dataDir: string,
  work: (world: Awaited<ReturnType<typeof worldOf>>) => Promise<T>,
): Promise<T> {
  const engine = await openPostgres({ dataDir });
  try {
    return await work(await worldOf(engine.kysely<AuditTables>(), dataDir));
  } finally {
    await engine.close();
  }
}

/** Every entry is in exactly one place, and the whole is one chain. */
async function lookAt(dataDir: string): Promise<number> {
  return inFolder(dataDir, async (world) => {
    const report = await checkAudit(world);
    assert.deepEqual([report.sound, report.bad_archives], [true, []]);
    const search = { page: 1, pageSize: 100, action: LOOK.action };
    const online = await listAccesses(world.db, search);
    const archived = await listArchived(world, search);
    const seqs = [...online.rows, ...archived.rows].map(({ seq }) => seq).sort((a, b) => a - b);
    assert.deepEqual(
      seqs,
      Array.from({ length: ENTRIES + 1 }, (_, index) => index + 1),
    );
    const { requests } = await listArchives(world.db);
    assert.equal(requests.find(({ state }) => state === 'done') !== undefined, archived.total > 0);
    return archived.total;
  });
}

test('killed after any statement, archiving has lost and doubled nothing, and the next try ends it', async (t) => {
  const dataDir = join(root, 'city');
  await mkdir(dataDir);
  await inFolder(dataDir, async (world) => {
    await migrate(world.db as never, [...accessMigrations, ...auditMigrations]);
    const old = { now: () => new Date(OLD) };
    for (let i = 0; i < ENTRIES; i += 1) await recordAudit(world.db, LOOK, old);
    await recordAudit(world.db, LOOK, world.clock);
    await ask(world);
  });
  let kills = 0;
  let left = 0;
  while ((await confirmAndKill(dataDir, kills + 1)) === 'killed') {
    kills += 1;
    const archived = await lookAt(dataDir);
    if (archived === ENTRIES) break;
    assert.equal(archived, 0, `after statement ${kills}`);
    if ((await readdir(dataDir)).includes('archive')) {
      left = Math.max(left, (await readdir(join(dataDir, 'archive'))).length);
    }
  }
  assert.equal(await lookAt(dataDir), ENTRIES);
  t.diagnostic(`${kills} kills, up to ${left} files left behind by them`);
  assert.ok(kills >= 10 && left === 2, `${kills} kills, ${left} files`);
});

test('files an interrupted try left, whole or half, are replaced and never counted', async () => {
  const dataDir = join(root, 'left');
  await mkdir(join(dataDir, 'archive'), { recursive: true });
  await inFolder(dataDir, async (world) => {
    await migrate(world.db as never, [...accessMigrations, ...auditMigrations]);
    const old = { now: () => new Date(OLD) };
    for (let i = 0; i < ENTRIES; i += 1) await recordAudit(world.db, LOOK, old);
    await recordAudit(world.db, LOOK, world.clock);
    for (const name of [
      ...['audit-000001.jsonl.gz.new', 'audit-000001.jsonl.gz', 'audit-000001.json.new'],
      'audit-000001.json',
    ]) {
      await writeFile(join(world.archiveDir, name), 'half');
      const report = await checkAudit(world);
      assert.deepEqual([report.sound, report.archives], [true, 0], name);
    }
    const decision = { by: CONFIRMER, requestId: await ask(world), opinion: null };
    assert.notEqual(decision.by.actor, ASKER.actor);
    await confirmArchive(world, decision);
  });
  assert.equal(await lookAt(dataDir), ENTRIES);
});
