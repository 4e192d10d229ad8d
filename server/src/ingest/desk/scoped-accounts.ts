import type { DataScope } from '../../contract/index.ts';
import type { AgencyAccount } from '../ledger/queries.ts';
import { findLedger } from '../overview.ts';
import type { IngestWorld } from '../world.ts';

/** What came in for some agencies of one package and data set. */
export interface PartAccount {
  readonly package_id: string;
  readonly dataset: string;
  readonly landed: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly issues: number;
}

/** Sums the ledger of every published package over the agencies in scope (本县区的账). */
export async function listPartAccounts(
  { duck }: Pick<IngestWorld, 'duck'>,
  agencies: readonly string[],
): Promise<PartAccount[]> {
  const rows = await duck.read((session) =>
    session.rows<Record<string, unknown>>(
      `select b.package_id, l.dataset, sum(l.landed)::BIGINT as landed,
         sum(l.accepted)::BIGINT as accepted, sum(l.quarantined)::BIGINT as quarantined,
         sum(l.issues)::BIGINT as issues
       from feed.ledger l join feed.batch b using (batch)
       where l.agency in (select unnest($agencies::VARCHAR[]))
       group by all order by b.package_id, l.dataset`,
      { agencies },
    ),
  );
  return rows.map((row) => ({
    ...{ package_id: String(row.package_id), dataset: String(row.dataset) },
    ...{ landed: Number(row.landed), accepted: Number(row.accepted) },
    ...{ quarantined: Number(row.quarantined), issues: Number(row.issues) },
  }));
}

/**
 * The ledger of a package by data set and agency within somebody's scope, with the change since the
 * period before. @throws INGEST_PACKAGE_UNKNOWN
 */
export async function findScopedLedger(
  world: IngestWorld,
  packageId: string,
  { agencies }: DataScope,
): Promise<AgencyAccount[]> {
  const ledger = await findLedger(world, packageId);
  return agencies === 'all' ? ledger : ledger.filter(({ agency }) => agencies.includes(agency));
}
