import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import { shanghaiTime } from '../../kernel/index.ts';
import { withinScope } from '../../security/index.ts';
import { whoIs } from '../access.ts';
import { actionForbidden, actionIllegal, mustStandBack } from '../errors.ts';
import { auditCase, type Caller } from '../handle/act.ts';
import { type CaseRow, findCase } from '../handle/find-case.ts';
import { type Standing, standBackReason, standingOf } from '../handle/stand-back.ts';
import { requireText } from '../handle/text.ts';
import { FINAL_STATES, STATE_TITLES } from '../model.ts';
import type { AlertsTables, AlertsTransaction } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';

export type EvidenceRow = Selectable<AlertsTables['alert_evidence']>;

/** Adds a written record of verification (核查记录) to a case that is being worked on. */
export async function addNote(
  world: AlertsWorld,
  caller: Caller,
  input: { readonly case_id: string; readonly remark: string },
): Promise<{ readonly evidence_id: string }> {
  const remark = requireText(input.remark, '核查记录', 4);
  const standing = await standingOf(world, caller.principal);
  return withinScope(world.db, caller.principal.scope, async (db) => {
    const found = await evidenceTarget(standing, db, caller, input.case_id);
    const evidence_id = randomUUID();
    await insertEvidence(world, db, caller, found, {
      ...{ evidence_id, kind: 'note', name: '核查记录', remark },
      ...{ media_type: null, bytes: null, sm3: null },
    });
    return { evidence_id };
  });
}

/** The case evidence is added to, by somebody who may: right, state, standing back. */
export async function evidenceTarget(
  standing: Standing,
  db: AlertsTransaction,
  { principal }: Caller,
  caseId: string,
): Promise<CaseRow> {
  const found = await findCase(db, principal, caseId);
  if (!principal.permissions.has('alerts.verify')) {
    throw actionForbidden({ action: '添加证据', why: '您没有核查权限（alerts.verify）。' });
  }
  if (FINAL_STATES.includes(found.state)) {
    throw actionIllegal({ action: '添加证据', state: STATE_TITLES[found.state] });
  }
  const why = await standBackReason(standing, db, principal, found);
  if (why !== null) throw mustStandBack({ action: '添加证据', why });
  return found;
}

type NewEvidence = Pick<
  EvidenceRow,
  'evidence_id' | 'kind' | 'name' | 'remark' | 'media_type' | 'bytes' | 'sm3'
>;

export async function insertEvidence(
  world: AlertsWorld,
  db: AlertsTransaction,
  caller: Caller,
  found: CaseRow,
  evidence: NewEvidence,
): Promise<void> {
  const at = shanghaiTime(world.clock.now());
  const { principal } = caller;
  const after = {
    ...evidence,
    ...{ case_id: found.case_id, agency: found.agency, added_at: at },
    ...{ added_by: whoIs(principal), added_name: principal.name },
  };
  await db.insertInto('alert_evidence').values(after).execute();
  await auditCase(world, db, caller, {
    ...{ action: 'alerts.add_evidence', caseId: found.case_id, purpose: null },
    changed: { before: null, after },
  });
}
