import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { silentProgress } from '../../kernel/index.ts';
import { loadPackages } from '../load-packages.ts';
import { compareTables, openMunicipalDatabase } from '../open-database.ts';
import { digestTables } from '../rebuild/digest.ts';
import { inPlaceTable } from '../stage/in-place.ts';
import { scratchWorld } from '../testing/open-world.ts';
import { publishedState } from '../testing/published-state.ts';
import { buildTwoSources, TWO_SOURCES } from '../testing/two-sources.ts';
import type { IngestWorld } from '../world.ts';

let dir = '';
let packages: string[] = [];
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huiliu-adopt-'));
  packages = [...(await buildTwoSources(join(dir, 'sent')))];
});
after(() => rm(dir, { recursive: true, force: true }));

async function stagedTables({ duck }: IngestWorld): Promise<string[]> {
  const rows = await duck.read((session) =>
    session.rows<{ name: string }>(
      `select table_name as name from information_schema.tables where table_name like '%staged'`,
    ),
  );
  return rows.map(({ name }) => name);
}

/** Everything that must not depend on where the rows were staged. */
async function outcome(world: IngestWorld) {
  return {
    digests: await digestTables(world.duck, world.content.tables.values()),
    seen: await publishedState(world),
    account: await world.duck.read((session) =>
      session.rows('select * from feed.dataset order by batch, dataset'),
    ),
    shape: await world.duck.read((session) =>
      session.rows(
        `select table_name, column_name, data_type, column_default from information_schema.columns
         where table_schema = 'rows' order by all`,
      ),
    ),
  };
}

test('first rows staged in place give the same tables, quarantine and account, package by package', async (t) => {
  const { world: beside } = await scratchWorld(t, { content: TWO_SOURCES });
  const { world: inPlace } = await scratchWorld(t, { content: TWO_SOURCES, inPlaceRows: 1 });
  const adopted = new Set<string>();
  const watched: IngestWorld = {
    ...inPlace,
    duck: {
      ...inPlace.duck,
      transaction: async (work) => {
        for (const name of await stagedTables(inPlace)) adopted.add(name);
        return inPlace.duck.transaction(work);
      },
    },
  };
  for (const path of packages) {
    await loadPackages(beside, [path], silentProgress);
    await loadPackages(watched, [path], silentProgress);
    assert.deepEqual(await outcome(inPlace), await outcome(beside));
    assert.deepEqual(await stagedTables(inPlace), []);
  }
  assert.ok(adopted.size >= 2, `staged in place: ${[...adopted].join(', ')}`);
});

test('a package that is not published leaves nothing staged in place, nor does one that died', async (t) => {
  const { world } = await scratchWorld(t, { content: TWO_SOURCES, inPlaceRows: 1 });
  const failing: IngestWorld = {
    ...world,
    onStep: (step) => {
      if (step === 'checked') throw new Error('stopped here');
    },
  };
  await assert.rejects(loadPackages(failing, packages.slice(0, 1), silentProgress), /stopped here/);
  assert.deepEqual(await stagedTables(world), []);
  await world.duck.write((session) =>
    session.run(`create table ${inPlaceTable({ name: 'person' })} as select 1 as line`),
  );
  assert.deepEqual((await compareTables(world.duck, TWO_SOURCES)).tables, []);
  await openMunicipalDatabase(world.duck, TWO_SOURCES);
  assert.deepEqual(await stagedTables(world), []);
});
