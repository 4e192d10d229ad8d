import {
  findPackageReport,
  findRowFaults,
  listPackageReports,
  type PackageReport,
} from '../ingest/index.ts';
import { sessionStands } from '../security/index.ts';
import type { PackageSummary, World } from './http/index.ts';
import type { Workspace } from './workspace.ts';

const PAGE_SIZE = 100;

/** Makes of an open workspace what the routes work with. */
export function httpWorld(workspace: Workspace): World {
  const { ingest, duck, postgres } = workspace;
  const summary = (report: PackageReport): PackageSummary => summaryOf(workspace, report);
  return {
    modules: workspace,
    sessionStands: async ({ sessionId }) =>
      sessionId === null || sessionStands(workspace.identity, sessionId),
    isHealthy: async () => {
      try {
        await Promise.all([
          duck.read((session) => session.first('select 1')),
          postgres.pool.query('select 1'),
        ]);
        return true;
      } catch {
        return false;
      }
    },
    listPackages: async () => (await listPackageReports(ingest)).map(summary),
    findPackage: async (packageId) => summary(await findPackageReport(ingest, packageId)),
    listPackageRows: async ({ packageId, kind, page }) => {
      const offset = (page - 1) * PAGE_SIZE;
      const found = await findRowFaults(ingest, packageId, kind, { offset, limit: PAGE_SIZE });
      return {
        rows: found.rows.map(({ raw_value: _raw, ...rest }) => rest),
        page,
        page_size: PAGE_SIZE,
        total: found.total,
      };
    },
  };
}

function summaryOf(workspace: Workspace, report: PackageReport): PackageSummary {
  const { package_id, src, as_of, seq, gate, code, reason, return_rate, acceptance_rate } = report;
  // A package that waits for a person says why; one that says nothing is being loaded or will be.
  const state = report.state === 'awaiting' && code === null ? 'received' : report.state;
  return {
    package_id,
    src,
    mode: report.datasets[0]?.mode ?? null,
    as_of,
    seq,
    state,
    gate,
    code,
    reason,
    return_rate,
    acceptance_rate,
    datasets: report.datasets.map(({ dataset, declared, accepted, quarantined, issues }) => ({
      dataset,
      title: workspace.content.tables.get(dataset)?.title ?? dataset,
      declared,
      accepted,
      quarantined,
      issues,
    })),
  };
}
