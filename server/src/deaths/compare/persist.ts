import { type Kysely, sql } from 'kysely';
import { shanghaiTime } from '../../kernel/index.ts';
import type { RegistryTables } from '../registry/tables.ts';
import type { Assessment } from '../verdict/assess.ts';
import { CONFLICT_TITLES, type ConflictKind } from '../verdict/model.ts';
import { overpaidAfter } from './overpaid.ts';

/** Rows of one INSERT; PostgreSQL takes 65,535 parameters. */
const ROWS_AT_A_TIME = 1_000;

/** What changed when assessments were written down. */
export interface Persisted {
  /** Persons whose overpayment was not known before. */
  readonly newSuspicions: number;
  readonly openedCases: number;
  readonly lapsedCases: number;
}

/**
 * Writes the state of people and their arbitration cases. A row that already stands on newer
 * evidence is left alone, so that a slow run cannot undo a fast one.
 */
export async function persist(
  db: Kysely<RegistryTables>,
  assessments: readonly Assessment[],
  at: { readonly now: Date; readonly edition: number },
): Promise<Persisted> {
  const now = shanghaiTime(at.now);
  const known = await overpaidBefore(db, assessments);
  const written = new Set<string>();
  let newSuspicions = 0;
  for (let from = 0; from < assessments.length; from += ROWS_AT_A_TIME) {
    const some = assessments.slice(from, from + ROWS_AT_A_TIME);
    const rows = some.map((one) => personRow(one, now, at.edition));
    const columns = Object.keys(rows[0] ?? {}).filter((name) => name !== 'subject');
    const stored = await db
      .insertInto('death_person')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .column('subject')
          .doUpdateSet((is) =>
            Object.fromEntries(columns.map((name) => [name, is.ref(`excluded.${name}` as never)])),
          )
          .whereRef('death_person.seen_report', '<=', 'excluded.seen_report' as never)
          .whereRef('death_person.seen_decision', '<=', 'excluded.seen_decision' as never),
      )
      .returning(['subject', 'overpaid_fen'])
      .execute();
    for (const row of stored) {
      written.add(row.subject);
      if (row.overpaid_fen > 0n && (known.get(row.subject) ?? 0n) <= 0n) newSuspicions += 1;
    }
  }
  const current = assessments.filter(({ subject }) => written.has(subject));
  const cases = await persistCases(db, current, now);
  return { newSuspicions, ...cases };
}

async function overpaidBefore(
  db: Kysely<RegistryTables>,
  assessments: readonly Assessment[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db
    .selectFrom('death_person')
    .select(['subject', 'overpaid_fen'])
    .where((is) => is('subject', '=', is.fn.any(is.val(assessments.map((one) => one.subject)))))
    .execute();
  return new Map(rows.map((row) => [row.subject, row.overpaid_fen]));
}

function personRow(one: Assessment, now: string, edition: number) {
  const { match, judgement, facts, state } = one;
  const { standing, verdict, lastMonth } = judgement;
  const counts = verdict !== null && verdict !== '2' && match.grade !== '3';
  const overpaid = counts && lastMonth !== null ? overpaidAfter(facts, lastMonth) : null;
  return {
    ...{ subject: one.subject, person_id: match.person?.personId ?? null, agency: one.agency },
    ...{ grade: match.grade, match_reason: match.reason, standing, verdict },
    died_on: judgement.diedOn,
    earliest_on: judgement.earliestOn,
    latest_on: judgement.latestOn,
    sources: state.live.map(({ source }) => source),
    conflicts: JSON.stringify(
      judgement.conflicts.map((kind) => ({ kind, title: CONFLICT_TITLES[kind] })),
    ),
    signs: JSON.stringify(signsOf(one)),
    overpaid: JSON.stringify({
      items: overpaid?.items ?? [],
      grants: facts.grants.map(({ insurance, item, kind, amountFen, paidOn }) => ({
        ...{ insurance, item, kind, paid_on: paidOn, amount_fen: Number(amountFen) },
      })),
      by_source: bySource(one),
      in_progress: facts.inProgress,
    }),
    overpaid_fen: overpaid?.totalFen ?? 0n,
    name_keys: [...one.nameKeys],
    last_received_at: one.lastReceivedAt,
    matched_edition: edition,
    updated_at: now,
    seen_report: one.seen.report,
    seen_decision: one.seen.decision,
  };
}

function signsOf({ facts }: Assessment) {
  return facts.signs.map(({ kind, title, strength, seenOn }) => ({
    ...{ kind, title, strength, seen_on: seenOn },
  }));
}

/** What would be overpaid if each department alone were right: shown, never acted on. */
function bySource({ statements, facts }: Assessment) {
  return statements.flatMap(({ event, day }) => {
    if (typeof day === 'string') return [];
    const { totalFen } = overpaidAfter(facts, `${day.to.slice(0, 7)}-01`);
    return [{ source: event.source, died_on: day.to, amount_fen: Number(totalFen) }];
  });
}

interface OpenCase {
  readonly case_no: bigint;
  readonly agency: string;
}

interface KnownCase extends OpenCase {
  readonly covers: readonly string[];
  readonly state: string;
}

interface CaseStepText extends OpenCase {
  readonly action: string;
  readonly text: string;
}

/** Opens, brings up to date or lets lapse the arbitration case of each person, all in few statements. */
async function persistCases(
  db: Kysely<RegistryTables>,
  assessments: readonly Assessment[],
  now: string,
): Promise<{ openedCases: number; lapsedCases: number }> {
  const before = await openCasesOf(db, assessments);
  const contradictory = assessments.filter(({ judgement }) => judgement.verdict === '3');
  const fresh = contradictory.filter(({ subject }) => !before.has(subject));
  const changed = contradictory.flatMap((one) => {
    const known = before.get(one.subject);
    const same = known?.covers.join() === [...one.judgement.evidence].join();
    return known === undefined || same ? [] : [{ known, one }];
  });
  const lapsed = assessments.flatMap(({ judgement, subject }) =>
    judgement.verdict === '3' ? [] : (before.get(subject) ?? []),
  );
  const opened: CaseStepText[] = [];
  for (let from = 0; from < fresh.length; from += ROWS_AT_A_TIME) {
    opened.push(...(await openCases(db, fresh.slice(from, from + ROWS_AT_A_TIME), now)));
  }
  for (let from = 0; from < changed.length; from += ROWS_AT_A_TIME) {
    await refreshCases(db, changed.slice(from, from + ROWS_AT_A_TIME));
  }
  await lapseCases(db, lapsed, now);
  await addSteps(db, now, [
    ...opened,
    ...changed.map(({ known }) => ({ ...known, ...EVIDENCE_CHANGED(known.state) })),
    ...lapsed.map((known) => ({ ...known, ...LAPSED })),
  ]);
  return { openedCases: opened.length, lapsedCases: lapsed.length };
}

const LAPSED = { action: 'lapsed', text: '来源更正或撤回后，各方说法已一致，矛盾消失' };
const EVIDENCE_CHANGED = (state: string) => ({
  action: 'evidence_changed',
  text: state === 'opinion' ? '证据有变，已提的意见退回重提' : '证据有变',
});

async function openCasesOf(
  db: Kysely<RegistryTables>,
  assessments: readonly Assessment[],
): Promise<ReadonlyMap<string, KnownCase>> {
  const rows = await db
    .selectFrom('death_case')
    .select(['subject', 'case_no', 'covers', 'agency', 'state'])
    .where((is) => is('subject', '=', is.fn.any(is.val(assessments.map((one) => one.subject)))))
    .where('state', 'in', ['open', 'opinion'])
    .execute();
  return new Map(rows.map((row) => [row.subject, row]));
}

async function openCases(
  db: Kysely<RegistryTables>,
  fresh: readonly Assessment[],
  now: string,
): Promise<CaseStepText[]> {
  const known = fresh.flatMap((one) => {
    const personId = one.match.person?.personId;
    return personId === undefined ? [] : [{ one, personId }];
  });
  if (known.length === 0) return [];
  const rows = await db
    .insertInto('death_case')
    .values(
      known.map(({ one, personId }) => ({
        ...{ subject: one.subject, person_id: personId, agency: one.agency },
        ...{ state: 'open' as const, opened_at: now, facts: JSON.stringify(factsOf(one)) },
        kinds: [...one.judgement.conflicts],
        covers: [...one.judgement.evidence],
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning(['case_no', 'agency', 'kinds'])
    .execute();
  return rows.map(({ case_no, agency, kinds }) => {
    const text = kinds.map((kind) => CONFLICT_TITLES[kind as ConflictKind]).join('；');
    return { case_no, agency, action: 'opened', text };
  });
}

/** New evidence puts an opinion that was given without it back: it must be given again. */
async function refreshCases(
  db: Kysely<RegistryTables>,
  changed: readonly { readonly known: KnownCase; readonly one: Assessment }[],
): Promise<void> {
  const rows = changed.map(({ known, one }) => ({
    case_no: String(known.case_no),
    kinds: one.judgement.conflicts,
    facts: factsOf(one),
    covers: one.judgement.evidence,
  }));
  await sql`update death_case c set kinds = n.kinds, facts = n.facts, covers = n.covers,
      state = 'open', opinion_verdict = null, opinion_died_on = null, opinion_text = null,
      opinion_covers = null, opinion_by = null, opinion_at = null
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as n (case_no bigint, kinds text[], facts jsonb, covers text[])
    where c.case_no = n.case_no and c.state in ('open', 'opinion')`.execute(db);
}

async function lapseCases(
  db: Kysely<RegistryTables>,
  lapsed: readonly OpenCase[],
  now: string,
): Promise<void> {
  if (lapsed.length === 0) return;
  const numbers = lapsed.map(({ case_no }) => case_no);
  await db
    .updateTable('death_case')
    .set({ state: 'lapsed', closed_at: now })
    .where((is) => is('case_no', '=', is.fn.any(is.val(numbers))))
    .where('state', 'in', ['open', 'opinion'])
    .execute();
}

async function addSteps(
  db: Kysely<RegistryTables>,
  at: string,
  steps: readonly CaseStepText[],
): Promise<void> {
  for (let from = 0; from < steps.length; from += ROWS_AT_A_TIME) {
    const rows = steps.slice(from, from + ROWS_AT_A_TIME).map((step) => {
      const { case_no, agency, action, text } = step;
      return { case_no, agency, at, actor: 'system', action, text };
    });
    await db.insertInto('death_case_step').values(rows).execute();
  }
}

/** What stands side by side on the page; dates and sources, no name and no number. */
function factsOf({ statements, facts, judgement, match }: Assessment) {
  return {
    statements: statements.map(({ event, day, likenessReason, mismatch }) => ({
      ...{ source: event.source, event_id: event.eventId, occurred_at: event.occurredAt },
      ...(typeof day === 'string'
        ? { died_from: null, died_to: null, basis: day }
        : { died_from: day.from, died_to: day.to, basis: day.basis }),
      ...{ name: likenessReason, mismatch },
    })),
    signs: facts.signs.map(({ kind, title, strength, seenOn }) => ({
      ...{ kind, title, strength, seen_on: seenOn },
    })),
    died_on: judgement.diedOn,
    match: { grade: match.grade, reason: match.reason },
  };
}
