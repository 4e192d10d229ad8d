import type { MunicipalContent } from '../../server/src/contract/index.ts';
import type { DossierWorld } from '../../server/src/municipal/index.ts';
import type { DuckEngine } from '../../server/src/store/index.ts';

/** What this benchmark needs of an opened data folder. */
export interface BenchWorkspace {
  readonly dir: string;
  readonly content: MunicipalContent;
  readonly duck: DuckEngine;
  readonly dossier: DossierWorld;
  close(): Promise<void>;
}

/** Opens the data folder as the application does. @throws STORE_FOLDER_HELD */
export type OpenBenchWorkspace = (options: {
  readonly dataDir: string;
  readonly purpose: string;
  readonly postgresUrl?: string;
}) => Promise<BenchWorkspace>;

/** The data folder that is measured. */
export interface FolderInput {
  readonly dataDir: string;
  readonly postgresUrl: string | null;
}

/** Lends the opened data folder and closes it whatever happens. */
export async function inFolder<T>(
  open: OpenBenchWorkspace,
  { dataDir, postgresUrl }: FolderInput,
  work: (workspace: BenchWorkspace) => Promise<T>,
): Promise<T> {
  const url = postgresUrl === null ? {} : { postgresUrl };
  const workspace = await open({ dataDir, purpose: '测速', ...url });
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}
