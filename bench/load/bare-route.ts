import Fastify from 'fastify';
import { sql } from 'kysely';
import { openPostgres } from '../../server/src/store/index.ts';
import { INBOX_PAGE, INBOX_STATES } from './read-work.ts';

/** The cases without row level security. */
export const BARE_TABLE = 'bench_case';
export const BARE_PATH = '/bare/inbox';
export const END_PATH = '/bare/end';

export interface BareInput {
  readonly postgresUrl: string;
  readonly port: number;
}

/**
 * Serves the query of the inbox and nothing besides: no session, scope, audit, masking, schema or
 * security headers. Runs until it is asked to end.
 */
export async function serveBare({ postgresUrl, port }: BareInput): Promise<{ answered: number }> {
  const postgres = await openPostgres({ dataDir: '', url: postgresUrl });
  const db = postgres.kysely<never>();
  const app = Fastify();
  let answered = 0;
  const states = [...INBOX_STATES];
  app.post(BARE_PATH, async () => {
    const { rows: counted } = await sql<{ total: number }>`select cast(count(*) as integer) as total
      from ${sql.table(BARE_TABLE)} c where c.state = any(${states}::text[])`.execute(db);
    const { rows } = await sql<Record<string, unknown>>`select c.* from ${sql.table(BARE_TABLE)} c
      where c.state = any(${states}::text[])
      order by c.due_on, c.case_id limit ${INBOX_PAGE} offset 0`.execute(db);
    answered += 1;
    return { rows: rows.map(plainRow), total: counted[0]?.total ?? 0 };
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  app.post(END_PATH, async () => {
    setImmediate(end);
    return {};
  });
  try {
    await app.listen({ host: '127.0.0.1', port });
    await ended;
  } finally {
    app.server.closeAllConnections();
    await app.close();
    await postgres.close();
  }
  return { answered };
}

/** Whole numbers of PostgreSQL are bigints here, which JSON does not know. */
function plainRow(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'bigint' ? Number(value) : value,
    ]),
  );
}
