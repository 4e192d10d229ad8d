import assert from 'node:assert/strict';
import {
  copyFile,
  cp,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { MunicipalContent } from '../../contract/index.ts';
import { silentProgress } from '../../kernel/index.ts';
import { loadContent } from '../../municipal/index.ts';
import { loadPackages } from '../load-packages.ts';
import { recoverLoads } from '../recover.ts';
import { approveRepair, listRepairs, proposeCodeMap, proposeEdit } from '../repair/index.ts';
import { newDatabase, type OpenedWorld, openWorld, TEST_CONTENT } from '../testing/open-world.ts';
import { buildPackage, type DatasetSpec } from '../testing/package-builder.ts';
import {
  citizenId,
  paymentDataset,
  paymentRow,
  personDataset,
  personRow,
} from '../testing/people.ts';
import type { IngestWorld } from '../world.ts';
import { digestTables, type TableDigest } from './digest.ts';
import { type RebuildReport, rebuildDatabase } from './rebuild-database.ts';

/** One folder for all tests: each harms its database, and the rebuild must make it whole again. */
const dataDir = await mkdtemp(join(tmpdir(), 'huiliu-rebuild-'));
const postgresUrl = await newDatabase();
after(() => rm(dataDir, { recursive: true, force: true }));
const file = join(dataDir, 'city.duckdb');
const who = { reason: '与原件核对', by: '张经办' };

interface Opening {
  readonly forRebuild?: boolean;
  readonly content?: MunicipalContent;
}

async function opened<T>(options: Opening, work: (opened: OpenedWorld) => Promise<T>): Promise<T> {
  const world = await openWorld({ dataDir, postgresUrl, ...options });
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}

const packageId = (seq: number) => `SX-F-20261031-${String(seq).padStart(3, '0')}`;

async function send(world: IngestWorld, seq: number, datasets: readonly DatasetSpec[]) {
  const { dir } = await buildPackage(join(dataDir, 'tmp', `sent-${seq}`), {
    packageId: packageId(seq),
    seq,
    prevPackageId: seq === 1 ? null : packageId(seq - 1),
    datasets,
  });
  const [report] = await loadPackages(world, [dir], silentProgress);
  assert.equal(report?.state, 'published', report?.reason ?? '');
}

const fingerprints = ({ duck, content }: IngestWorld): Promise<TableDigest[]> =>
  digestTables(duck, content.tables.values());

/** Opens for a rebuild, rebuilds and finishes, as the command does. */
function rebuild(options: Opening = {}) {
  return opened({ ...options, forRebuild: true }, async ({ world, setAside }) => {
    const report = await rebuildDatabase(world, silentProgress, { setAside });
    await recoverLoads(world, silentProgress);
    return { report, after: await fingerprints(world) };
  });
}

const refusedStart = (code: string) =>
  assert.rejects(
    opened({}, ({ world }) => recoverLoads(world, silentProgress)),
    { code },
  );

const differing = ({ tables }: RebuildReport) =>
  tables.filter(({ same }) => !same).map(({ table }) => table);

/** Two packages with an edit and a code mapping between them. */
const whole = await opened({}, async ({ world }) => {
  const people = personDataset([personRow(1), personRow(2, { AAC002: '14050219600101000X' })]);
  const payments = paymentDataset([paymentRow(1, { AAE140: '11' }), paymentRow(2)]);
  await send(world, 1, [people, payments]);
  await world.duck.checkpoint();
  await copyFile(file, `${file}.older`);
  const place = { packageId: packageId(1), dataset: 'person', line: 3 };
  const edit = await proposeEdit(world, { ...who, ...place, changes: { AAC002: citizenId(2) } });
  const mapping = { src: 'SX', field: 'AAE140', from: '11', to: '110' };
  const map = await proposeCodeMap(world, { ...who, ...mapping });
  for (const { repairId } of [edit, map]) {
    assert.equal((await approveRepair(world, repairId, '李复核')).state, 'applied');
  }
  await send(world, 2, [paymentDataset([paymentRow(1, { AAE140: '11' }), paymentRow(3)])]);
  return fingerprints(world);
});

test('an intact database is checked and stays in its place', async () => {
  const { report, after } = await rebuild();
  assert.deepEqual(
    [report.reason, report.identical, report.replaced, report.kept, report.packages],
    ['checked', true, false, null, 4],
  );
  assert.deepEqual(after, whole);
});

test('an intact database somebody has changed is found out and replaced', async () => {
  await opened({}, ({ world }) =>
    world.duck.write((session) => session.run(`update rows.person set name = '改' where line = 2`)),
  );
  const { report, after } = await rebuild();
  assert.deepEqual([report.reason, report.identical, report.replaced], ['checked', false, true]);
  assert.equal(report.kept, 'city.duckdb.before-rebuild');
  assert.deepEqual(differing(report), ['person']);
  assert.deepEqual(after, whole);
});

test('a repair whose application was not written down is replayed, not lost', async () => {
  await opened({}, async ({ world }) => {
    await world.db
      .withTables<{ ingest_repair: { state: string; edition: number | null } }>()
      .updateTable('ingest_repair')
      .set({ state: 'approved', edition: null })
      .execute();
  });
  const { report, after } = await rebuild();
  assert.deepEqual([report.reason, report.identical], ['checked', true]);
  assert.deepEqual(after, whole);
  const views = await opened({}, ({ world }) => listRepairs(world));
  assert.deepEqual(views.map(({ state, edition }) => [state, edition]).sort(), [
    ['applied', 2],
    ['applied', 3],
  ]);
});

test('a deleted database stops every start until it is rebuilt from the register', async () => {
  await rm(file);
  await refusedStart('INGEST_DATABASE_BEHIND');
  await refusedStart('INGEST_DATABASE_BEHIND');
  const { report, after } = await rebuild();
  assert.deepEqual(
    [report.reason, report.identical, report.replaced, report.kept, report.packages],
    ['missing', false, true, null, 4],
  );
  const person = report.tables.find(({ table }) => table === 'person');
  assert.deepEqual([person?.rows_before, person?.rows_after], [0, 2]);
  assert.deepEqual(after, whole);
  await opened({}, ({ world }) => recoverLoads(world, silentProgress));
});

test('a database that is not there at all is rebuilt without a start before', async () => {
  await rm(file);
  const { report, after } = await rebuild();
  assert.deepEqual([report.reason, report.tables[0]?.before], ['missing', '']);
  assert.deepEqual(after, whole);
});

test('an older copy put in its place is refused, rebuilt and kept', async () => {
  await copyFile(`${file}.older`, file);
  await refusedStart('INGEST_DATABASE_BEHIND');
  const { report, after } = await rebuild();
  assert.deepEqual([report.reason, report.kept], ['missing', 'city.duckdb.before-rebuild']);
  assert.deepEqual(after, whole);
});

test('a database made with the register empty is not behind', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-rebuild-new-'));
  const world = await openWorld({ dataDir: dir, postgresUrl: await newDatabase() });
  try {
    assert.deepEqual(await recoverLoads(world.world, silentProgress), []);
  } finally {
    await world.close();
    await rm(dir, { recursive: true, force: true });
  }
});

async function damagedFiles(): Promise<string[]> {
  return (await readdir(dataDir)).filter((name) => name.startsWith('city.duckdb.damaged-')).sort();
}

const DAMAGES: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'overwritten in the middle': (bytes) =>
    Buffer.from(bytes).fill(0xa5, bytes.length * 0.25, bytes.length * 0.75),
  'cut in half': (bytes) => bytes.subarray(0, bytes.length / 2),
  'cut within its head': (bytes) => bytes.subarray(0, 5000),
};

for (const [name, damage] of Object.entries(DAMAGES)) {
  test(`a database ${name} is moved aside, never deleted, and rebuilt`, async () => {
    const before = await damagedFiles();
    const bytes = damage(await readFile(file));
    await writeFile(file, bytes);
    const { report, after } = await rebuild();
    assert.deepEqual([report.reason, report.identical], ['damaged', false]);
    assert.deepEqual(after, whole);
    const kept = (await damagedFiles()).filter((item) => !before.includes(item));
    assert.deepEqual(kept, [report.kept]);
    assert.ok((await readFile(join(dataDir, kept[0] ?? ''))).equals(bytes));
  });
}

test('a damaged database is named so at the start, and left as it is', async () => {
  const good = await readFile(file);
  await truncate(file, 5000);
  const before = await damagedFiles();
  await refusedStart('STORE_DUCK_UNREADABLE');
  assert.equal((await readFile(file)).length, 5000);
  assert.deepEqual(await damagedFiles(), before);
  await writeFile(file, good);
});

async function changedContent(change: (yaml: string) => string): Promise<MunicipalContent> {
  const root = await mkdtemp(join(tmpdir(), 'huiliu-content-'));
  await cp(join(import.meta.dirname, '../../../../content/base'), root, { recursive: true });
  const path = join(root, 'tables', 'person.table.yaml');
  const yaml = await readFile(path, 'utf8');
  const changed = change(yaml);
  assert.notEqual(changed, yaml);
  await writeFile(path, changed);
  const content = loadContent([root]);
  await rm(root, { recursive: true });
  return content;
}

test('a column added to the content stops the start, and a rebuild takes it in', async () => {
  const content = await changedContent((yaml) =>
    yaml.replace(/^columns:\n/m, (head) => `${head}${ADDED_COLUMN}`),
  );
  await assert.rejects(
    opened({ content }, async () => undefined),
    { code: 'INGEST_SCHEMA_DIFFERS' },
  );
  const { report } = await rebuild({ content });
  assert.deepEqual([report.reason, report.replaced], ['reshaped', true]);
  assert.deepEqual(differing(report), ['person']);
  await opened({ content }, async ({ world }) => {
    await recoverLoads(world, silentProgress);
    const rows = await world.duck.read((session) =>
      session.rows('select person_id, nickname from person order by 1'),
    );
    assert.deepEqual(rows, [
      { person_id: 'P1', nickname: null },
      { person_id: 'P2', nickname: null },
    ]);
  });
});

const ADDED_COLUMN = `  - { name: nickname, title: 别名, type: text50 }\n`;

test('a column taken out of the content again stops the start and goes with the next rebuild', async () => {
  await refusedStart('INGEST_SCHEMA_DIFFERS');
  const { report, after } = await rebuild({ content: TEST_CONTENT });
  assert.deepEqual([report.reason, report.replaced], ['reshaped', true]);
  assert.deepEqual(after, whole);
});

test('columns that change places stop the start: values would land in the wrong one', async () => {
  const content = await changedContent((yaml) =>
    yaml.replace(/^( {2}- \{ name: hukou_addr,.*\n)(.*\n)/m, '$2$1'),
  );
  await assert.rejects(
    opened({ content }, async () => undefined),
    { code: 'INGEST_SCHEMA_DIFFERS' },
  );
  await opened({}, ({ world }) => recoverLoads(world, silentProgress));
});
