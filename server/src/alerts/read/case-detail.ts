import { sql } from 'kysely';
import type { EvidenceValue, Principal } from '../../contract/index.ts';
import { shanghaiDay } from '../../kernel/index.ts';
import { workingCalendar } from '../../municipal/index.ts';
import { withinScope } from '../../security/index.ts';
import { caseScope } from '../access.ts';
import { auditCase, type Caller } from '../handle/act.ts';
import { type CaseRow, findCase } from '../handle/find-case.ts';
import { standBackReason, standingOf } from '../handle/stand-back.ts';
import { titleOf } from '../handling/handling.ts';
import { conditionsOf } from '../proof/closing.ts';
import type { AlertsTransaction } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';
import { allowedActions } from './allowed-actions.ts';
import { alertsOf } from './case-alerts.ts';
import { lineOf } from './list-cases.ts';
import { maskedNames, paymentsAfter, personCard } from './masked-person.ts';

/**
 * Opens one case (疑点详情): the rules in plain words with the values that made them fire, where they stand
 * in the files, payments after the event, other cases of the person, the timeline, and what the
 * reader may do. The look is audited.
 * @throws ALERTS_CASE_UNKNOWN
 */
export async function openCaseDetail(world: AlertsWorld, caller: Caller, caseId: string) {
  const { principal } = caller;
  const standing = await standingOf(world, principal);
  const read = await withinScope(world.db, principal.scope, async (db) => {
    const found = await findCase(db, principal, caseId);
    const parts = {
      found,
      alerts: await alertsOf(world, db, principal, found),
      disposals: await disposalsOf(world, db, found),
      evidence: await evidenceOf(db, found),
      steps: await stepsOf(db, found),
      recoveries: await recoveriesOf(db, found),
      snoozes: await snoozesOf(db, found),
      others: await othersOf(db, principal, found),
      conditions: await conditionsOf(world, db, found),
      standBack: await standBackReason(standing, db, principal, found),
    };
    await auditCase(world, db, caller, {
      ...{ action: 'alerts.open', caseId: found.case_id, purpose: '查看疑点详情' },
    });
    return parts;
  });
  const { found, alerts, disposals } = read;
  const today = shanghaiDay(world.clock.now());
  const calendar = workingCalendar(world.content);
  const event = eventDay(world, alerts);
  const line = lineOf(found, principal, await maskedNames(world, [found]), (due) =>
    calendar.workingDaysBetween(today, due),
  );
  return {
    ...line,
    ...conclusionOf(world, found),
    person: await personCard(world, found.person_id),
    alerts,
    event_on: event,
    payments: await paymentsAfter(world, found.person_id, event),
    disposals,
    evidence: read.evidence,
    recoveries: read.recoveries,
    snoozes: read.snoozes,
    same_person: read.others,
    timeline: read.steps,
    closing_conditions: read.conditions,
    stand_back: read.standBack,
    ...allowedActions(found, principal, {
      standBack: read.standBack,
      hasProposedDisposals: disposals.some(({ state }) => state === 'proposed'),
      hasDocumentDisposals: disposals.some(
        (d) => d.state === 'approved' && d.proof_kind === 'document',
      ),
      hasAgreedDisposals: disposals.some(({ state }) => state === 'approved' || state === 'proved'),
    }),
  };
}

function conclusionOf({ handling }: AlertsWorld, found: CaseRow) {
  return {
    conclusion_title:
      found.conclusion === null ? null : titleOf(handling.conclusions, found.conclusion),
    conclusion_text: found.conclusion_text,
    nature: found.nature,
    false_reason: found.false_reason,
    confirmed_fen: found.confirmed_fen === null ? null : Number(found.confirmed_fen),
    ...{ exempt_document: found.exempt_document, exempt_until: found.exempt_until },
    ...{ concluded_name: found.concluded_name, concluded_at: found.concluded_at },
    ...{ reviewed_at: found.reviewed_at, closed_on: found.closed_on },
    ...{ exception_document: found.exception_document, exception_reason: found.exception_reason },
    look_back_until: found.look_back_until,
  };
}

/** The day something happened, by the first field of the content that an alert gives. */
function eventDay(
  { handling }: AlertsWorld,
  alerts: readonly { readonly evidence: Readonly<Record<string, EvidenceValue>> }[],
): string | null {
  for (const field of handling.event_fields) {
    for (const { evidence } of alerts) {
      const value = evidence[field];
      if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value)) return value.slice(0, 10);
    }
  }
  return null;
}

async function disposalsOf({ handling }: AlertsWorld, db: AlertsTransaction, found: CaseRow) {
  const rows = await db
    .selectFrom('alert_disposal')
    .selectAll()
    .where('case_id', '=', found.case_id)
    .orderBy('disposal_id')
    .execute();
  return rows.map((row) => ({
    disposal_id: String(row.disposal_id),
    ...{ kind: row.kind, title: titleOf(handling.disposals, row.kind), proof_kind: row.proof_kind },
    ...{ occurrence: row.occurrence, reason: row.reason, state: row.state },
    amount_fen: row.amount_fen === null ? null : Number(row.amount_fen),
    ...{
      order_text: row.order_text,
      proposed_name: row.proposed_name,
      proposed_at: row.proposed_at,
    },
    ...{ reviewed_at: row.reviewed_at, review_remark: row.review_remark, proved_on: row.proved_on },
  }));
}

async function evidenceOf(db: AlertsTransaction, found: CaseRow) {
  const rows = await db
    .selectFrom('alert_evidence')
    .select([
      'evidence_id',
      'kind',
      'name',
      'media_type',
      'bytes',
      'sm3',
      'remark',
      'added_name',
      'added_at',
    ])
    .where('case_id', '=', found.case_id)
    .orderBy('added_at')
    .execute();
  return rows.map((row) => ({ ...row, bytes: row.bytes === null ? null : Number(row.bytes) }));
}

async function stepsOf(db: AlertsTransaction, found: CaseRow) {
  const rows = await db
    .selectFrom('alert_step')
    .select(['step_no', 'action', 'from_state', 'to_state', 'actor_name', 'at', 'remark', 'data'])
    .where('case_id', '=', found.case_id)
    .orderBy('step_no')
    .execute();
  return rows.map((row) => ({ ...row, step_no: Number(row.step_no) }));
}

async function recoveriesOf(db: AlertsTransaction, found: CaseRow) {
  const rows = await db
    .selectFrom('recovery')
    .selectAll()
    .where('case_id', '=', found.case_id)
    .orderBy('recovery_id')
    .execute();
  return rows.map((row) => ({
    recovery_id: String(row.recovery_id),
    due_fen: Number(row.due_fen),
    received_fen: Number(row.received_fen),
    offset_fen: Number(row.offset_fen),
    written_off_fen: Number(row.written_off_fen),
    balance_fen: Number(row.balance_fen),
  }));
}

/** Snoozes asked for or running for the person; whoever reviews decides them from here. */
async function snoozesOf(db: AlertsTransaction, found: CaseRow) {
  if (found.person_id === null) return [];
  const rows = await db
    .selectFrom('alert_snooze')
    .select(['snooze_id', 'until', 'reason', 'state', 'asked_name', 'asked_on'])
    .where('person_id', '=', found.person_id)
    .where('agency', '=', found.agency)
    .orderBy('snooze_id', 'desc')
    .limit(20)
    .execute();
  return rows.map((row) => ({ ...row, snooze_id: String(row.snooze_id) }));
}

/** Other cases of the same person within the reader's scope. */
async function othersOf(db: AlertsTransaction, principal: Principal, found: CaseRow) {
  if (found.person_id === null) return [];
  const { rows } = await sql<CaseRow>`select c.* from alert_case c
    where c.person_id = ${found.person_id} and c.case_id <> ${found.case_id} and ${caseScope(principal)}
    order by c.case_id desc limit 50`.execute(db);
  return rows.map((row) => ({
    ...{ case_id: String(row.case_id), title: row.title, level: row.level, state: row.state },
    ...{ conclusion: row.conclusion, opened_on: row.opened_on },
  }));
}
