import type { JobKind } from '../jobs/index.ts';
import { expireExports, runExport } from './run-export.ts';
import { EXPIRY_JOB, EXPORT_JOB, type ExportsWorld } from './world.ts';

/** Kinds of work the queue does for exports. */
export function exportJobs(world: ExportsWorld): {
  readonly run: JobKind<{ export_id: string }>;
  readonly expire: JobKind;
} {
  return {
    run: {
      ...{ name: EXPORT_JOB, title: '生成导出文件', exclusive: null, retries: 1 },
      run: ({ export_id }, context) => runExport(world, export_id, context),
    },
    expire: {
      ...{ name: EXPIRY_JOB, title: '清理过期的导出文件', exclusive: EXPIRY_JOB, retries: 0 },
      run: async () => ({ expired: await expireExports(world) }),
    },
  };
}
