import { join } from 'node:path';
import { type Progress, systemClock } from '../../server/src/kernel/index.ts';
import { type Dossier, findDossier, openDossier } from '../../server/src/municipal/index.ts';
import { type AuditDatabase, auditMigrations } from '../../server/src/security/index.ts';
import { migrate, openPostgres } from '../../server/src/store/index.ts';
import { type LookupPlan, runSeries, type SeriesResults, type Way } from './series.ts';
import {
  type BenchWorkspace,
  type FolderInput,
  inFolder,
  type OpenBenchWorkspace,
} from './workspace.ts';

export interface DossierSideInput extends FolderInput, LookupPlan {
  /** Folder for the audit log of this run; the city's own must not fill with measurements. */
  readonly auditDir: string;
}

/** Our side: whole dossiers from the municipal database, without and with the audit entry. */
export function measureDossiers(
  input: DossierSideInput,
  progress: Progress,
  open: OpenBenchWorkspace,
): Promise<SeriesResults> {
  return inFolder(open, input, async (workspace) => {
    const audit = await openPostgres({ dataDir: join(input.auditDir) });
    try {
      await migrate(audit.kysely(), [...auditMigrations]);
      return await runSeries(input, waysOf(workspace, audit.kysely()), progress);
    } finally {
      await audit.close();
    }
  });
}

function waysOf(workspace: BenchWorkspace, db: AuditDatabase): Way[] {
  const { content, duck, dossier } = workspace;
  const find = async (key: string) => rowsIn(await findDossier({ key, content, duck }));
  const world = { ...dossier, db, clock: systemClock };
  const open = async (key: string) => {
    const request = { key, purpose: '性能测速', actor: 'cli:bench', origin: 'cli' };
    return rowsIn(await openDossier(request, world));
  };
  return [
    { way: 'find', key: 'person_id', lookUp: find },
    { way: 'open', key: 'person_id', lookUp: open },
    { way: 'open', key: 'id_no', lookUp: open },
  ];
}

/** The person's own row and those of all sections. */
function rowsIn(dossier: Dossier): number {
  return Object.values(dossier.sections).reduce((sum, { total }) => sum + total, 1);
}
