import type { DuckEngine } from '../../store/index.ts';

/** One published change, in the order in which it became visible. */
export type ReplayStep =
  | { readonly kind: 'package'; readonly batch: number }
  | { readonly kind: 'repair'; readonly repairId: number };

/** Every edition of the municipal database, oldest first. */
export async function listEditions(duck: DuckEngine): Promise<ReplayStep[]> {
  const rows = await duck.read((session) =>
    session.rows<{ kind: string; batch: number; repair_id: number }>(
      'select kind, batch, repair_id from feed.edition order by edition',
    ),
  );
  return rows.map((row) =>
    row.kind === 'package'
      ? { kind: 'package', batch: row.batch }
      : { kind: 'repair', repairId: row.repair_id },
  );
}
