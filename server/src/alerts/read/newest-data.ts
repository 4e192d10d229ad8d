import { sql } from 'kysely';
import type { AlertsTransaction } from '../tables.ts';

/** The day up to which the newest findings speak; null before the first. */
export async function newestData(db: AlertsTransaction): Promise<string | null> {
  const { rows } = await sql<{
    as_of: string | null;
  }>`select max(as_of) as as_of from alert_delivery`.execute(db);
  return rows[0]?.as_of ?? null;
}
