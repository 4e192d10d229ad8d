import { sql } from 'kysely';
import type { CodeMapping } from '../../contract/index.ts';
import type { RegisterDb } from './queries.ts';

/** Code mappings of a source that two people have agreed on, newest first. */
export async function listCodeMappings(db: RegisterDb, src: string): Promise<CodeMapping[]> {
  const found = await sql<{ field: string; changes: { from: string; to: string }; reason: string }>`
    select field, changes, reason from ingest_repair
    where kind = 'code_map' and src = ${src} and state in ('approved', 'applied')
    order by repair_id desc`.execute(db);
  return found.rows.map(({ field, changes, reason }) => ({
    code: field,
    from: changes.from,
    to: changes.to,
    note: reason,
  }));
}
