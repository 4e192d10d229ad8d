import type { Principal } from '../../contract/index.ts';
import type { Workspace } from '../workspace.ts';
import type { DatasetAccount, PackageRow, PackageRowKind, PackageSummary } from './shapes.ts';

/** Worlds of the modules whose use cases routes call directly. */
export type Modules = Pick<
  Workspace,
  | 'alerts'
  | 'audit'
  | 'deaths'
  | 'dossier'
  | 'exports'
  | 'identity'
  | 'ingest'
  | 'interfaces'
  | 'jobs'
  | 'process'
  | 'rules'
>;

/** One page of a list; pages are counted from 1. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly page: number;
  readonly page_size: number;
  readonly total: number;
}

/**
 * What the routes can do, as plain functions: the server imports no module's inside, and tests
 * pass a plain object. Whoever assembles the process (`app`) provides it.
 */
export interface World {
  readonly modules: Modules;
  /** Tells whether somebody's session still stands; who needs none always stands. */
  readonly sessionStands: (principal: Principal) => Promise<boolean>;
  /** Tells whether both engines answer; never says why not to the outside. */
  readonly isHealthy: () => Promise<boolean>;
  /** Lists packages, the newest first. */
  readonly listPackages: () => Promise<readonly PackageSummary[]>;
  /** Finds one package. @throws a registered `not_found` error */
  readonly findPackage: (packageId: string) => Promise<PackageSummary>;
  /** Lists quarantined rows or issues of a package. @throws a registered `not_found` error */
  readonly listPackageRows: (query: {
    readonly packageId: string;
    readonly kind: PackageRowKind;
    readonly page: number;
  }) => Promise<Page<PackageRow>>;
}

export type { DatasetAccount, PackageRow, PackageRowKind, PackageSummary };
