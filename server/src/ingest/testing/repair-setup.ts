import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { MunicipalContent } from '../../contract/index.ts';
import { silentProgress } from '../../kernel/index.ts';
import { loadPackages } from '../load-packages.ts';
import type { IngestWorld } from '../world.ts';
import { newDatabase, type OpenedWorld, openWorld, TEST_CONTENT } from './open-world.ts';
import { buildPackage, type DatasetSpec } from './package-builder.ts';

/** A source of one test: its packages follow each other, and no other test's source sees them. */
export interface TestFeed {
  readonly src: string;
  /** Loads the next package and returns its id; it must be published. */
  load(datasets: readonly DatasetSpec[], mode?: 'F' | 'I'): Promise<string>;
}

/** One world for a whole test file, with a source for each test. */
export interface SharedWorld {
  readonly opened: OpenedWorld;
  readonly world: IngestWorld;
  feed(name: string): TestFeed;
  /** Rows of a query on the municipal database. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
}

/** Opens the world of a test file; it goes after the last test. `names` are the tests' sources. */
export async function openSharedWorld(names: readonly string[]): Promise<SharedWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-repair-'));
  const opened = await openWorld({
    dataDir: dir,
    postgresUrl: await newDatabase(),
    content: contentWithSources(names),
  });
  after(async () => {
    await opened.close();
    await rm(dir, { recursive: true, force: true });
  });
  const feeds = new Map(names.map((name) => [name, feedOf(opened, name)]));
  return {
    opened,
    world: opened.world,
    feed: (name) => {
      const feed = feeds.get(name);
      assert.ok(feed, `no source ${name} in this test file`);
      return feed;
    },
    rows: (sql) => opened.world.duck.read((session) => session.rows(sql)),
  };
}

/** The content of the tests with more sources like SX. */
export function contentWithSources(names: readonly string[]): MunicipalContent {
  const like = TEST_CONTENT.sources.get('SX');
  assert.ok(like);
  const more = names.map((src) => [src, { ...like, src }] as const);
  return { ...TEST_CONTENT, sources: new Map([...TEST_CONTENT.sources, ...more]) };
}

function feedOf({ world, dir }: OpenedWorld, src: string): TestFeed {
  let seq = 0;
  return {
    src,
    load: async (datasets, mode = 'F') => {
      seq += 1;
      const packageId = `${src}-${mode}-20261031-${String(seq).padStart(3, '0')}`;
      const built = await buildPackage(join(dir, 'tmp', packageId), {
        packageId,
        src,
        mode,
        seq,
        datasets,
      });
      const [report] = await loadPackages(world, [built.dir], silentProgress);
      assert.equal(report?.state, 'published', report?.reason ?? '');
      return packageId;
    },
  };
}
