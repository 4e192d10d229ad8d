import { rm } from 'node:fs/promises';
import { WHOLE_CITY } from '../contract/index.ts';
import type { JobKind } from '../jobs/index.ts';
import { type FormatName, importLog, type LogInfo } from '../process/index.ts';
import type { Workspace } from './workspace.ts';

export const PROCESS_IMPORT_JOB = 'process.import';

export interface ProcessImportInput {
  /** Uploaded file in the staging folder; removed when the job ends. */
  readonly path: string;
  readonly fileName: string;
  readonly log: string | null;
  readonly format: FormatName | null;
  readonly map: Readonly<Record<string, string>>;
  readonly objectType: string | null;
}

/** Imports an uploaded log in the background: a log of ten million events outlasts a request. */
export function processImportJob({
  process,
}: Pick<Workspace, 'process'>): JobKind<ProcessImportInput, LogInfo> {
  return {
    ...{ name: PROCESS_IMPORT_JOB, title: '导入流程日志', exclusive: 'process', retries: 0 },
    run: async (input, { actor, progress }) => {
      const principal = {
        ...{ accountId: null, actor, name: actor, department: null, roles: [], operatorId: null },
        ...{ permissions: new Set(['process.import']), scope: WHOLE_CITY, sessionId: null },
      };
      try {
        return await importLog(process, principal, { ...input, progress, origin: 'job' });
      } finally {
        await rm(input.path, { force: true });
      }
    },
  };
}
