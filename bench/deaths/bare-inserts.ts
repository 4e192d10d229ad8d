import { type Kysely, sql } from 'kysely';

/** What one event of ours weighs in the inbox. */
const BODY = 'x'.repeat(700);

/**
 * The least any system needs on this PostgreSQL: one committed insert and one select that sees it.
 * Gives each pair's time in milliseconds.
 */
export async function measureBareInserts(
  db: Kysely<never>,
  count: number,
): Promise<readonly number[]> {
  await sql`create table bench_event (id bigint generated always as identity primary key,
    event_id text not null unique, body text not null)`.execute(db);
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const started = performance.now();
    await sql`insert into bench_event (event_id, body) values (${`e-${at}`}, ${BODY})`.execute(db);
    await sql`select body from bench_event where event_id = ${`e-${at}`}`.execute(db);
    times.push(performance.now() - started);
  }
  return times;
}
