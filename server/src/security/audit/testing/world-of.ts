import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { openKeyStore } from '../../crypto/index.ts';
import { type AuditTables, type AuditWorld, openAnchor } from '../index.ts';

/** Half a year and more after what tests archive. */
const clock = { now: () => new Date('2026-11-05T01:00:00.000Z') };

/** The audit world of a folder whose keys and files outlive a process, as in production. */
export async function worldOf(db: Kysely<AuditTables>, dataDir: string): Promise<AuditWorld> {
  const keys = await openKeyStore({ dir: join(dataDir, 'keys'), clock });
  const anchor = await openAnchor(join(dataDir, 'anchor'), keys);
  return { db, clock, anchor, archiveDir: join(dataDir, 'archive') };
}
