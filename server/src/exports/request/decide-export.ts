import { rm } from 'node:fs/promises';
import type { Principal } from '../../contract/index.ts';
import { shanghaiTime } from '../../kernel/index.ts';
import { requirePurpose, withinScope } from '../../security/index.ts';
import { exportUnknown, ownRequest } from '../errors.ts';
import type { ExportState } from '../model.ts';
import { auditExport, type ExportRequest, findVisible, moveRequest } from '../register.ts';
import { fileOf } from '../run-export.ts';
import type { ExportsWorld } from '../world.ts';
import { startExport } from './request-export.ts';

export interface ExportDecision {
  readonly exportId: string;
  readonly reason: string;
  readonly origin: string;
}

/**
 * Agrees to somebody else's export and starts it, or refuses it (批准导出).
 * @throws EXPORTS_UNKNOWN, EXPORTS_OWN_REQUEST, EXPORTS_STATE, SECURITY_PURPOSE_INVALID
 */
export async function decideExport(
  world: ExportsWorld,
  principal: Principal,
  decision: ExportDecision & { readonly agree: boolean },
): Promise<ExportRequest> {
  const { exportId, agree, origin } = decision;
  const opinion = requirePurpose(decision.reason);
  const decided = await withinScope(world.db, principal.scope, async (transaction) => {
    const found = await findVisible(transaction, principal, exportId);
    if (found.asked_by === principal.actor) throw ownRequest({});
    const moved = await moveRequest(transaction, exportId, ['asked'], {
      state: agree ? 'approved' : 'refused',
      ...{ decided_by: principal.actor, opinion, decided_at: shanghaiTime(world.clock.now()) },
    });
    const action = agree ? 'exports.approve' : 'exports.refuse';
    const act = { actor: principal.actor, origin, object: exportId, purpose: opinion };
    await auditExport(transaction, world, {
      ...act,
      action,
      changed: { before: found, after: moved },
    });
    return moved;
  });
  return agree ? startExport(world, principal, decided) : decided;
}

/** Takes back one's own request before it is decided. @throws EXPORTS_UNKNOWN, EXPORTS_STATE */
export function withdrawExport(
  world: ExportsWorld,
  principal: Principal,
  decision: ExportDecision,
): Promise<ExportRequest> {
  return endExport(world, principal, decision, {
    ...{ from: ['asked'], state: 'withdrawn', action: 'exports.withdraw', ownOnly: true },
  });
}

/**
 * Makes a finished export undownloadable at once and deletes its file (撤销导出); the entry stays.
 * @throws EXPORTS_UNKNOWN, EXPORTS_STATE
 */
export async function revokeExport(
  world: ExportsWorld,
  principal: Principal,
  decision: ExportDecision,
): Promise<ExportRequest> {
  const revoked = await endExport(world, principal, decision, {
    ...{ from: ['ready'], state: 'revoked', action: 'exports.revoke', ownOnly: false },
  });
  await rm(fileOf(world, revoked), { force: true });
  return revoked;
}

function endExport(
  world: ExportsWorld,
  principal: Principal,
  { exportId, reason, origin }: ExportDecision,
  end: {
    readonly from: readonly ExportState[];
    readonly state: ExportState;
    readonly action: string;
    readonly ownOnly: boolean;
  },
): Promise<ExportRequest> {
  const why = requirePurpose(reason);
  return withinScope(world.db, principal.scope, async (transaction) => {
    const found = await findVisible(transaction, principal, exportId);
    if (end.ownOnly && found.asked_by !== principal.actor) throw exportUnknown({});
    const moved = await moveRequest(transaction, exportId, end.from, {
      ...{ state: end.state, ended_by: principal.actor, end_reason: why },
      ended_at: shanghaiTime(world.clock.now()),
    });
    const act = { actor: principal.actor, origin, object: exportId, purpose: why };
    await auditExport(transaction, world, {
      ...{ ...act, action: end.action },
      changed: { before: found, after: moved },
    });
    return moved;
  });
}
