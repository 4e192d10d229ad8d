import type { MunicipalContent } from '../../contract/index.ts';
import { type Clock, isHuiliuError } from '../../kernel/index.ts';
import {
  type AuditDatabase,
  type AuditOutcome,
  keyTag,
  recordAudit,
  requirePurpose,
} from '../../security/index.ts';
import type { DuckEngine } from '../../store/index.ts';
import { personAmbiguous, personUnknown } from './errors.ts';
import { findDossier } from './find-dossier.ts';
import type { Dossier } from './model.ts';
import { comparableKey } from './person-key.ts';

export interface OpenDossierRequest {
  readonly key: string;
  /** Why the record is looked at (查询事由). */
  readonly purpose: string;
  /** Number of the matter it is needed for, where there is one. */
  readonly matterNo?: string;
  readonly asOf?: string;
  /** Who asks: `cli:<account>` or the principal of the request. */
  readonly actor: string;
  /** Where from: `cli`, or the address and id of a request. */
  readonly origin: string;
}

export interface DossierWorld {
  readonly duck: DuckEngine;
  readonly content: MunicipalContent;
  /** The operational database, where the audit log is. */
  readonly db: AuditDatabase;
  readonly clock: Clock;
  /** Key of this installation under which numbers tried in vain are tagged. */
  readonly lookupKey: string;
}

/**
 * Opens a person's dossier (一人一档) for a stated purpose. The audit entry is on disk before the
 * answer is given; failed look-ups leave one too, with a keyed tag in place of the number tried.
 * @throws SECURITY_PURPOSE_INVALID and the errors of `findDossier`; nothing is shown when the
 *   audit log cannot be written
 */
export async function openDossier(
  request: OpenDossierRequest,
  world: DossierWorld,
): Promise<Dossier> {
  const purpose = requirePurpose(request.purpose);
  const { matterNo, asOf, actor, origin } = request;
  const record = (outcome: AuditOutcome, object: string | null, tag: string | null) =>
    recordAudit(
      world.db,
      {
        actor,
        origin,
        action: asOf === undefined ? 'dossier.open' : 'dossier.open_as_of',
        object,
        keyTag: tag,
        purpose,
        outcome,
        matterNo: matterNo ?? null,
      },
      world.clock,
    );
  const query = { key: request.key, content: world.content, duck: world.duck };
  const dossier = await findDossier(asOf === undefined ? query : { ...query, asOf }).catch(
    async (error: unknown) => {
      const tag = keyTag(world.lookupKey, comparableKey(request.key));
      await record(outcomeOf(error), null, tag);
      throw error;
    },
  );
  await record('ok', String(dossier.person.person_id), null);
  return dossier;
}

function outcomeOf(error: unknown): AuditOutcome {
  if (isHuiliuError(error, personUnknown.code)) return 'not_found';
  if (isHuiliuError(error, personAmbiguous.code)) return 'ambiguous';
  return isHuiliuError(error) && error.kind === 'invalid' ? 'invalid' : 'failed';
}
