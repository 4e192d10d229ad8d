import type { Transaction } from 'kysely';
import type { FindingDelivery } from '../../contract/index.ts';
import { shanghaiDay, shanghaiTime } from '../../kernel/index.ts';
import { withinScope } from '../../security/index.ts';
import { afterReports } from '../compare/after-reports.ts';
import { caseMoved, caseUnknown, decisionInvalid, sameDecider } from '../errors.ts';
import { type Asker, auditAct } from '../registry/audit.ts';
import type { RegistryDb, RegistryTables } from '../registry/tables.ts';
import type { DeathsWorld } from '../world.ts';
import { caseNumber } from './list-cases.ts';

const STATES = { open: '待提意见', opinion: '待确认', decided: '已裁决', lapsed: '矛盾已消失' };
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface Opinion {
  readonly caseNo: string;
  /** `1` dead, `2` alive. */
  readonly verdict: '1' | '2';
  readonly diedOn: string | null;
  readonly text: string;
}

/**
 * Gives an opinion on a case (提出裁决意见). Nothing changes until somebody else confirms it.
 * @throws DEATHS_CASE_UNKNOWN, DEATHS_CASE_MOVED, DEATHS_DECISION_INVALID
 */
export async function giveOpinion(
  world: DeathsWorld,
  asker: Asker,
  opinion: Opinion,
): Promise<void> {
  const { verdict, diedOn } = opinion;
  const text = opinion.text.trim();
  if ([...text].length < 4) throw decisionInvalid({ what: '请写明理由（至少 4 个字）。' });
  if ((verdict === '1') !== (diedOn !== null)) {
    throw decisionInvalid({ what: '裁决为死亡须给死亡日期，裁决为健在不给。' });
  }
  const today = shanghaiDay(world.clock.now());
  if (
    diedOn !== null &&
    (!DAY.test(diedOn) || Number.isNaN(Date.parse(diedOn)) || diedOn > today)
  ) {
    throw decisionInvalid({ what: '死亡日期应为今天或以前的一天，写作 2026-03-10。' });
  }
  const db: RegistryDb = world.db;
  await withinScope(db, asker.principal.scope, async (transaction) => {
    const row = await lockCase(transaction, opinion.caseNo);
    const done = await transaction
      .updateTable('death_case')
      .set({
        ...{ state: 'opinion', opinion_verdict: verdict, opinion_died_on: diedOn },
        ...{ opinion_text: text, opinion_covers: row.covers, opinion_by: asker.principal.actor },
        opinion_at: shanghaiTime(world.clock.now()),
      })
      .where('case_no', '=', row.case_no)
      .where('state', '=', 'open')
      .returningAll()
      .executeTakeFirst();
    if (done === undefined) throw caseMoved({ state: STATES[row.state] });
    const what = verdict === '1' ? `意见：死亡，死亡日 ${diedOn}` : '意见：健在';
    const step = { before: row, after: done, action: 'opinion', text: `${what}。${text}` };
    await addStep(world, transaction, asker, step);
  });
}

/**
 * Confirms or refuses an opinion (第二人确认); never the person who gave it, and only on the
 * evidence it was given on. A confirmed one becomes an event of the registry and the person is
 * compared again at once; no payment is touched.
 * @throws DEATHS_CASE_UNKNOWN, DEATHS_CASE_MOVED, DEATHS_SAME_DECIDER
 */
export async function confirmOpinion(
  world: DeathsWorld,
  asker: Asker,
  answer: { readonly caseNo: string; readonly agree: boolean; readonly text: string },
): Promise<FindingDelivery | null> {
  const text = answer.text.trim();
  if ([...text].length < 2) throw decisionInvalid({ what: '请写明确认或退回的理由。' });
  const db: RegistryDb = world.db;
  const subject = await withinScope(db, asker.principal.scope, async (transaction) => {
    const row = await lockCase(transaction, answer.caseNo);
    if (row.state !== 'opinion') throw caseMoved({ state: STATES[row.state] });
    if (row.opinion_by === asker.principal.actor) throw sameDecider({ what: '裁决确认' });
    if (!answer.agree) {
      const after = await sendBack(transaction, row.case_no);
      const step = { before: row, after, action: 'refused', text: `退回：${text}` };
      await addStep(world, transaction, asker, step);
      return null;
    }
    await decide(world, transaction, asker, row, text);
    return row.subject;
  });
  return subject === null ? null : afterReports(world, [subject], asker.principal.actor);
}

type LockedCase = Awaited<ReturnType<typeof lockCase>>;

async function lockCase(db: Transaction<RegistryTables>, caseNo: string) {
  const row = await db
    .selectFrom('death_case')
    .selectAll()
    .where('case_no', '=', caseNumber(caseNo))
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw caseUnknown({});
  return row;
}

function sendBack(db: Transaction<RegistryTables>, caseNo: bigint): Promise<LockedCase> {
  return db
    .updateTable('death_case')
    .set({
      ...{ state: 'open', opinion_verdict: null, opinion_died_on: null, opinion_text: null },
      ...{ opinion_covers: null, opinion_by: null, opinion_at: null },
    })
    .where('case_no', '=', caseNo)
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function decide(
  world: DeathsWorld,
  db: Transaction<RegistryTables>,
  asker: Asker,
  row: LockedCase,
  text: string,
): Promise<void> {
  const { case_no, subject, agency, opinion_verdict: verdict, opinion_by: by } = row;
  if (verdict === null || by === null) throw caseMoved({ state: STATES[row.state] });
  const at = shanghaiTime(world.clock.now());
  const who = { confirmed_by: asker.principal.actor };
  const after = await db
    .updateTable('death_case')
    .set({ ...who, state: 'decided', closed_at: at, confirmed_text: text })
    .where('case_no', '=', case_no)
    .returningAll()
    .executeTakeFirstOrThrow();
  await db
    .insertInto('death_decision')
    .values({
      ...{ subject, case_no, agency, verdict, died_on: row.opinion_died_on, ...who },
      ...{ covers: row.opinion_covers ?? [], decided_at: at, opinion_by: by },
    })
    .execute();
  const step = { before: row, after, action: 'confirmed', text: `确认：${text}` };
  await addStep(world, db, asker, step);
}

/** What people decide of a case; the rest of it follows the evidence without anybody's act. */
function decided(row: LockedCase): object {
  const { case_no, state, closed_at, confirmed_by, confirmed_text } = row;
  const { opinion_verdict, opinion_died_on, opinion_text, opinion_covers } = row;
  const { opinion_by, opinion_at } = row;
  return {
    ...{ case_no, state, closed_at, confirmed_by, confirmed_text, opinion_verdict },
    ...{ opinion_died_on, opinion_text, opinion_covers, opinion_by, opinion_at },
  };
}

async function addStep(
  { clock }: DeathsWorld,
  db: Transaction<RegistryTables>,
  asker: Asker,
  done: {
    readonly before: LockedCase;
    readonly after: LockedCase;
    readonly action: string;
    readonly text: string;
  },
): Promise<void> {
  const { before, after, action, text } = done;
  const { case_no, agency, person_id } = before;
  const at = shanghaiTime(clock.now());
  const step = { case_no, agency, at, actor: asker.principal.actor, action, text };
  await db.insertInto('death_case_step').values(step).execute();
  const purpose = `冲突裁决：${text}`.slice(0, 500);
  const act = { action: `deaths.case_${action}`, object: person_id, purpose };
  const changed = { before: decided(before), after: decided(after) };
  await auditAct(db, asker, { ...act, matterNo: `C${case_no}`, changed }, clock);
}
