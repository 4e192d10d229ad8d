import {
  acceptPackage,
  approveBatch,
  approveRepair,
  type ConsentRequest,
  dropUpload,
  holdForReview,
  loadPackages,
  type PackageReport,
  releasePackage,
  sweepUploads,
} from '../ingest/index.ts';
import type { JobKind } from '../jobs/index.ts';
import { followPublication, WHOLE_CITY_WORK } from './after-publication.ts';
import type { Workspace } from './workspace.ts';

export const LOAD_JOB = 'feed.load';
export const CONSENT_JOB = 'feed.consent';
export const APPROVE_JOB = 'feed.approve';
export const SWEEP_JOB = 'feed.sweep';

export interface LoadInput {
  readonly path: string;
  readonly upload_id: string;
  /** Who wants to see the package before it is published. */
  readonly review_by?: string;
}
export interface ConsentInput extends Omit<ConsentRequest, 'packageId'> {
  readonly kind: 'release' | 'accept';
  readonly package_id: string;
}
export interface ApproveInput {
  readonly repair_id?: number;
  readonly workbook?: number;
  readonly by: string;
  readonly origin: string;
}

type PackageOutcome = Pick<PackageReport, 'package_id' | 'state' | 'code' | 'reason'>;

const outcomeOf = ({ package_id, state, code, reason }: PackageReport): PackageOutcome => ({
  ...{ package_id, state, code, reason },
});

/** Loading, letting go on and repairing as background work; each publication starts the pipeline. */
export function feedJobs(workspace: Workspace): {
  readonly load: JobKind<LoadInput, PackageOutcome[]>;
  readonly consent: JobKind<ConsentInput, PackageOutcome>;
  readonly approve: JobKind<ApproveInput, { applied: number; failed: number }>;
  readonly sweep: JobKind;
} {
  const { ingest } = workspace;
  const common = { exclusive: WHOLE_CITY_WORK, retries: 0 } as const;
  return {
    load: {
      ...{ ...common, name: LOAD_JOB, title: '装入数据包' },
      run: async ({ path, upload_id, review_by: by }, { actor, progress }) => {
        const reports =
          by === undefined
            ? await loadPackages(ingest, [path], progress)
            : await holdForReview(ingest, { path, by }, progress);
        // The files are in the raw store now; after a failure they stay to be tried again.
        await dropUpload(ingest, upload_id);
        await follow(workspace, actor, reports);
        return reports.map(outcomeOf);
      },
    },
    consent: {
      ...{ ...common, name: CONSENT_JOB, title: '放行、确认数据包' },
      run: async ({ kind, package_id: packageId, ...given }, { actor, progress }) => {
        const act = kind === 'release' ? releasePackage : acceptPackage;
        const report = await act(ingest, { ...given, packageId }, progress);
        await follow(workspace, actor, [report]);
        return outcomeOf(report);
      },
    },
    approve: {
      ...{ ...common, name: APPROVE_JOB, title: '审核更正并入库' },
      run: async ({ repair_id, workbook, by, origin }, { actor }) => {
        const states =
          workbook === undefined
            ? [(await approveRepair(ingest, repair_id ?? 0, by, origin)).state]
            : (await approveBatch(ingest, workbook, by, origin)).repairs.map(({ state }) => state);
        const applied = states.filter((state) => state === 'applied').length;
        if (applied > 0) await followPublication(workspace, { actor });
        return { applied, failed: states.length - applied };
      },
    },
    sweep: {
      ...{ name: SWEEP_JOB, title: '清除没有提交的上传', exclusive: SWEEP_JOB, retries: 0 },
      run: async () => ({ removed: await sweepUploads(ingest) }),
    },
  };
}

async function follow(
  workspace: Workspace,
  actor: string,
  reports: readonly PackageReport[],
): Promise<void> {
  if (reports.some(({ state }) => state === 'published')) {
    await followPublication(workspace, { actor });
  }
}
