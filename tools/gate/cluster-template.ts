import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgres, PG_TEMPLATE_VARIABLE } from '../../server/src/store/index.ts';

/** For fewer files a template costs more than it saves. */
const FEWEST_FILES = 4;

/**
 * Makes one PostgreSQL cluster for the tests of `work` to copy: making one writes three hundred
 * files through to the disk, and a hundred test files each need one.
 */
export async function withClusterTemplate<T>(files: number, work: () => Promise<T>): Promise<T> {
  if (files < FEWEST_FILES) return work();
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-gate-cluster-'));
  try {
    await (await openPostgres({ dataDir: dir })).close();
    process.env[PG_TEMPLATE_VARIABLE] = join(dir, 'postgres');
    return await work();
  } finally {
    delete process.env[PG_TEMPLATE_VARIABLE];
    await rm(dir, { recursive: true, force: true });
  }
}
