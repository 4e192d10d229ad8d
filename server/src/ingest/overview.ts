import { packageUnknown } from './errors.ts';
import {
  type AgencyAccount,
  countRowFaults,
  listAgencyAccounts,
  listRowFaults,
  type RowFault,
} from './ledger/queries.ts';
import type { RegisteredPackage } from './register/model.ts';
import { findByPackageId, listPackages } from './register/queries.ts';
import { type PackageReport, reportRegistered } from './report.ts';
import type { IngestWorld } from './world.ts';

/** Every package that ever came, newest first. */
export async function listPackageReports(world: IngestWorld): Promise<PackageReport[]> {
  const packages = await listPackages(world.db);
  return Promise.all(packages.reverse().map((item) => reportRegistered(world, item)));
}

/** One package's report. @throws INGEST_PACKAGE_UNKNOWN */
export async function findPackageReport(
  world: IngestWorld,
  packageId: string,
): Promise<PackageReport> {
  return reportRegistered(world, await find(world, packageId));
}

/** Faulty rows of a package in file order. @throws INGEST_PACKAGE_UNKNOWN */
export async function findRowFaults(
  world: IngestWorld,
  packageId: string,
  kind: 'quarantine' | 'issue',
  page: { offset: number; limit: number },
): Promise<{ rows: RowFault[]; total: number }> {
  const { batch } = await find(world, packageId);
  return world.duck.read(async (session) => ({
    rows: await listRowFaults(session, batch, kind, page),
    total: await countRowFaults(session, batch, kind),
  }));
}

/** The ledger of a package by dataset and agency (回流率账). @throws INGEST_PACKAGE_UNKNOWN */
export async function findLedger(world: IngestWorld, packageId: string): Promise<AgencyAccount[]> {
  const { batch } = await find(world, packageId);
  return world.duck.read((session) =>
    listAgencyAccounts(session, batch, world.registeredPopulation),
  );
}

async function find(world: IngestWorld, packageId: string): Promise<RegisteredPackage> {
  const found = await findByPackageId(world.db, packageId);
  if (found === null) throw packageUnknown({ packageId });
  return found;
}
