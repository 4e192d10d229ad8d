import assert from 'node:assert/strict';
import { type Kysely, sql } from 'kysely';

/** What an act says of the row it changed. */
export interface AuditedChange {
  readonly action: string;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * Changes in the audit log by object or matter number, the oldest first. Each must say how the row
 * stands after it, and that this is another than before.
 */
export async function auditedChanges(
  db: Kysely<never>,
  of: { readonly object: string } | { readonly matterNo: string },
  actions: string,
): Promise<AuditedChange[]> {
  const which = 'object' in of ? sql`object = ${of.object}` : sql`matter_no = ${of.matterNo}`;
  const { rows } = await sql<AuditedChange>`
    select action, before_digest as before, after_digest as after from audit_entry
    where ${which} and action ~ ${actions} order by id`.execute(db);
  for (const { action, before, after } of rows) {
    assert.match(after ?? '', /^[0-9a-f]{64}$/, `${action} says what it left`);
    assert.notEqual(before, after, `${action} changed something`);
  }
  return rows;
}

/** The row was left by each act as the next one found it. */
export function assertUnbroken(changes: readonly AuditedChange[]): void {
  for (const [index, { action, before }] of changes.entries()) {
    assert.equal(before, changes[index - 1]?.after ?? null, `${action} continues the act before`);
  }
}
