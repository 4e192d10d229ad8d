import type { Principal } from '../../../contract/index.ts';
import { shanghaiTime } from '../../../kernel/index.ts';
import { digestOf, recordAudit } from '../../../security/index.ts';
import { findCell } from '../find-cell.ts';
import type { Cell } from '../model.ts';
import { fieldUnknown, unmaskRefused } from './errors.ts';
import { type LookWorld, UNMASK_SECONDS } from './look-world.ts';
import { requireReach } from './page-section.ts';
import { checkReason, type Reason } from './reason.ts';
import { requireLook } from './require-look.ts';

export interface UnmaskField {
  readonly personId: string;
  readonly lookId: number;
  /** Table and line the field stands in, as the record names them. */
  readonly dataset: string;
  /** Null for the person's own row, of which there is one. */
  readonly row: { readonly packageId: string; readonly line: number } | null;
  readonly column: string;
  readonly reason: Reason;
  readonly origin: string;
}

export interface UnmaskedField {
  readonly value: Cell;
  /** The page hides the value again after this many seconds. */
  readonly hide_after_s: number;
  readonly shown_at: string;
}

/**
 * Shows one masked field of one person plain (解除遮盖) to somebody whose data scope allows it, for a
 * reason of its own, after the audit entry is written. The rights are checked before anything else,
 * so that a refusal tells nothing of the person.
 * @throws MUNICIPAL_UNMASK_FORBIDDEN, MUNICIPAL_REASON_INVALID, MUNICIPAL_LOOK_UNKNOWN,
 *   MUNICIPAL_PERSON_UNKNOWN, MUNICIPAL_FIELD_UNKNOWN
 * @source requirement R29
 */
export async function unmaskField(
  world: LookWorld,
  principal: Principal,
  input: UnmaskField,
): Promise<UnmaskedField> {
  const { personId, dataset, column, origin } = input;
  const record = (outcome: 'ok' | 'refused', purpose: string, matterNo: string | null) => ({
    ...{ actor: principal.actor, origin, object: personId, keyTag: null, matterNo, outcome },
    ...{ action: 'dossier.unmask', purpose: `${purpose}（字段 ${dataset}.${column}）` },
  });
  if (!principal.permissions.has('dossier.unmask') || !principal.scope.unmask) {
    await recordAudit(world.db, record('refused', '没有解除遮盖的授权', null), world.clock);
    throw unmaskRefused({});
  }
  const { purpose, matterNo } = checkReason(world.purposes, input.reason);
  await requireLook(world, principal, input);
  await requireReach(world, principal, personId);
  const { insurances } = principal.scope;
  const cell = await findCell(world, { ...input, insurances });
  if (cell === null) throw fieldUnknown({});
  const entry = { ...record('ok', purpose, matterNo), resultDigest: digestOf(cell.value) };
  await recordAudit(world.db, entry, world.clock);
  return {
    value: cell.value,
    hide_after_s: UNMASK_SECONDS,
    shown_at: shanghaiTime(world.clock.now()),
  };
}
