import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { silentProgress } from '../kernel/index.ts';
import { type AuditDatabase, verifyAudit } from '../security/index.ts';
import { auditedChanges } from '../security/testing/audited-changes.ts';
import { acceptPackage, releasePackage } from './consent.ts';
import { FIRST_PACKAGE, openGates } from './testing/gate-setup.ts';
import { PERSON_COLUMNS, personDataset, personRow } from './testing/people.ts';
import type { IngestWorld } from './world.ts';

interface Entry {
  readonly actor: string;
  readonly origin: string;
  readonly action: string;
  readonly object: string;
  readonly purpose: string;
}

async function audited({ db }: IngestWorld): Promise<Entry[]> {
  const found = await sql<Entry>`select actor, origin, action, object, purpose from audit_entry
    where action like 'feed.%' order by seq`.execute(db);
  return found.rows;
}

const LATER = 'SX-F-20261130-901';
const BROKEN_CHAIN = { packageId: LATER, prevPackageId: 'SX-F-0000' };
const held = { ...BROKEN_CHAIN, datasets: [personDataset([personRow(1)])] };
const request = { packageId: LATER, by: ' 李四 ', reason: '来源确认不再补发', origin: 'cli:clerk' };

test('a release is audited with who, why, from where, and the chain stays sound', async (t) => {
  const { world, build, loadOne } = await openGates(t);
  assert.equal((await loadOne((await build(held)).dir)).state, 'held');
  assert.equal((await releasePackage(world, request, silentProgress)).state, 'published');
  assert.deepEqual(await audited(world), [
    {
      actor: '李四',
      origin: 'cli:clerk',
      action: 'feed.release',
      object: LATER,
      purpose: '来源确认不再补发',
    },
  ]);
  const verdict = await verifyAudit(world.db as unknown as AuditDatabase);
  assert.equal(verdict.sound, true);
  const [change] = await auditedChanges(world.db as never, { object: LATER }, '^feed.release$');
  assert.ok(change?.before, 'how the package stood before is in the log');
});

test('an acceptance is audited', async (t) => {
  const { world, build, loadOne } = await openGates(t);
  const columns = [...PERSON_COLUMNS, 'XYZ999'];
  const datasets = [personDataset([[...personRow(1), '?']], { columns })];
  const built = await build({ packageId: LATER, datasets });
  assert.equal((await loadOne(built.dir)).state, 'awaiting');
  assert.equal((await acceptPackage(world, request, silentProgress)).state, 'published');
  const [entry] = await audited(world);
  assert.deepEqual([entry?.action, entry?.object], ['feed.accept', LATER]);
  const [change] = await auditedChanges(world.db as never, { object: LATER }, '^feed.accept$');
  assert.ok(change?.before, 'how the package stood before is in the log');
});

test('a consent that is refused leaves no audit entry', async (t) => {
  const { world, build, loadOne } = await openGates(t);
  await loadOne((await build(held)).dir);
  const refused: [object, string][] = [
    [{ reason: '好' }, 'INGEST_REASON_MISSING'],
    [{ by: ' ' }, 'INGEST_REASON_MISSING'],
    [{ packageId: 'SX-F-20991231-001' }, 'INGEST_PACKAGE_UNKNOWN'],
    [{ packageId: FIRST_PACKAGE }, 'INGEST_PACKAGE_NOT_WAITING'],
  ];
  for (const [change, code] of refused) {
    await assert.rejects(releasePackage(world, { ...request, ...change }, silentProgress), {
      code,
    });
  }
  await assert.rejects(acceptPackage(world, request, silentProgress), {
    code: 'INGEST_PACKAGE_NOT_WAITING',
  });
  assert.deepEqual(await audited(world), []);
});

test('without the audit log nothing is released', async (t) => {
  const { world, build, loadOne } = await openGates(t);
  await loadOne((await build(held)).dir);
  await sql`alter table audit_entry rename to audit_gone`.execute(world.db);
  await assert.rejects(releasePackage(world, request, silentProgress), {
    code: 'SECURITY_AUDIT_UNAVAILABLE',
  });
  await sql`alter table audit_gone rename to audit_entry`.execute(world.db);
  const row = await world.db
    .selectFrom('ingest_package')
    .select(['state', 'consent'])
    .where('package_id', '=', LATER)
    .executeTakeFirst();
  assert.deepEqual(row, { state: 'held', consent: null });
});
