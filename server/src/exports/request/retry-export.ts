import type { Principal } from '../../contract/index.ts';
import { withinScope } from '../../security/index.ts';
import { exportUnknown, stateConflict } from '../errors.ts';
import { EXPORT_STATES } from '../model.ts';
import { type ExportRequest, findVisible } from '../register.ts';
import type { ExportsWorld } from '../world.ts';
import { startExport } from './request-export.ts';

/** Tries a failed export of one's own again. @throws EXPORTS_UNKNOWN, EXPORTS_STATE */
export async function retryExport(
  world: ExportsWorld,
  principal: Principal,
  exportId: string,
): Promise<ExportRequest> {
  const found = await withinScope(world.db, principal.scope, (transaction) =>
    findVisible(transaction, principal, exportId),
  );
  if (found.asked_by !== principal.actor) throw exportUnknown({});
  if (found.state !== 'failed') throw stateConflict({ state: EXPORT_STATES[found.state] });
  return startExport(world, principal, found);
}
