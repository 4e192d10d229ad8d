import { mkdir } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import type { MunicipalContent } from '../contract/index.ts';
import type { Jobs } from '../jobs/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { DuckEngine } from '../store/index.ts';
import { loadExportLimits } from './limits.ts';
import type { ExportLimits, ExportSource } from './model.ts';
import type { ExportTables } from './register.ts';

/** What exports (导出中心) needs from outside; tests pass real engines on a folder of their own. */
export interface ExportsWorld {
  readonly duck: DuckEngine;
  readonly db: Kysely<ExportTables>;
  readonly content: MunicipalContent;
  readonly clock: Clock;
  /** Folder of the finished files. */
  readonly dir: string;
  readonly limits: ExportLimits;
  /** Lists that can be exported, by name; whoever assembles the process fills it. */
  readonly sources: Map<string, ExportSource>;
  readonly jobs: Pick<Jobs, 'submit' | 'cancel'>;
}

/** Kind of the job that writes the file. */
export const EXPORT_JOB = 'exports.run';
/** Kind of the job that removes files whose time is over. */
export const EXPIRY_JOB = 'exports.expire';

/** Makes the world of exports; `dir` is made when it is missing. */
export async function openExports(
  basics: Pick<ExportsWorld, 'duck' | 'content' | 'clock' | 'dir' | 'jobs'> & {
    readonly db: Kysely<never>;
    readonly roots: readonly string[];
  },
): Promise<ExportsWorld> {
  const { duck, content, clock, dir, jobs, roots } = basics;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const db = basics.db as unknown as Kysely<ExportTables>;
  const limits = loadExportLimits(roots);
  return { duck, content, clock, dir, jobs, db, limits, sources: new Map() };
}
