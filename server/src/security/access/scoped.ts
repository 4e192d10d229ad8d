import { type Kysely, sql, type Transaction } from 'kysely';
import { type DataScope, WHOLE_CITY } from '../../contract/index.ts';

/**
 * Runs work in one transaction as the application role with somebody's data scope: rows of other
 * agencies are invisible to it, and writing one fails. Inside a transaction the scope is set for
 * the rest of that transaction.
 */
export async function withinScope<DB, T>(
  db: Kysely<DB>,
  scope: DataScope,
  work: (transaction: Transaction<DB>) => Promise<T>,
): Promise<T> {
  const agencies = scope.agencies === 'all' ? '*' : scope.agencies.join(',');
  return db.transaction().execute(async (transaction) => {
    await sql`set local role huiliu_app`.execute(transaction);
    await sql`select set_config('app.agencies', ${agencies}, true)`.execute(transaction);
    return work(transaction);
  });
}

/** Runs work that belongs to nobody (pipeline, scheduled runs) with the whole city in scope. */
export function forWholeCity<DB, T>(
  db: Kysely<DB>,
  work: (transaction: Transaction<DB>) => Promise<T>,
): Promise<T> {
  return withinScope(db, WHOLE_CITY, work);
}

/**
 * SQL that puts a table under the policy; `agency` must be a column of it. FORCE makes it hold for
 * the owner too, and the application role gets only the rights named.
 */
export function scopedTable(table: string, rights = 'select, insert, update'): string {
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy ${table}_scope on ${table} using (in_scope(agency)) with check (in_scope(agency));
    grant ${rights} on ${table} to huiliu_app;
  `;
}
