import type { DuckSession } from '../../store/index.ts';
import { faultRows, recordKey } from '../ledger/write-account.ts';
import { quarantineSource } from '../stage/chunk-source.ts';
import type { StagePlan } from '../stage/plan.ts';
import { textLiteral } from '../stage/sql-text.ts';
import type { StagedDataset } from '../stage/stage-dataset.ts';
import { instantOf } from '../stage/values.ts';
import type { PublishContext } from './context.ts';
import { mergeDataset } from './merge-dataset.ts';
import { markPublishedKeys } from './published-keys.ts';
import { acceptedRows } from './staged-rows.ts';

/**
 * Closes older quarantined records of this source that the package settles: it states the key again
 * and correctly (更正包); or again wrongly, then the newer statement is the one to repair, unless the
 * older one only waits for its person or unit; or, being full, it names the record no more.
 */
export async function supersedeQuarantine(
  session: DuckSession,
  staged: StagedDataset,
  context: PublishContext,
  edition: number,
): Promise<void> {
  const { def, plan, table } = staged;
  await supersedeOvertaken(session, staged, context.batch, edition);
  const mine = `dataset = ${textLiteral(def.name)} and state = 'open' and batch <> ${context.batch}
    and batch in (select batch from feed.batch where src = ${textLiteral(context.src)})`;
  const open = await session.first<{ n: bigint }>(
    `select count(*) as n from feed.quarantine_row where ${mine}`,
  );
  if ((open?.n ?? 0n) === 0n) return;
  const key = recordKey(def, 's');
  const conditions = [
    `q.record_key in (select ${key} from ${acceptedRows(staged)} s)`,
    `(q.record_key in (select ${key} from ${table} s where not (${plan.accepted}))
       and not (${ONLY_REFERENCES}))`,
  ];
  if (plan.mode === 'F') {
    conditions.push(`q.record_key is null or q.record_key not in (select ${key} from ${table} s)`);
  }
  await session.run(
    `update feed.quarantine_row q set state = 'superseded', closed_edition = ${edition}
     where ${mine} and (${conditions.join(' or ')})`,
  );
}

/** Closes quarantined changes which a later, correct change of the same file has overtaken. */
async function supersedeOvertaken(
  session: DuckSession,
  { def, plan, table }: Pick<StagedDataset, 'def' | 'plan' | 'table'>,
  batch: number,
  edition: number,
): Promise<void> {
  if (plan.mode === 'F') return; // names every record once
  await session.run(
    `update feed.quarantine_row q set state = 'superseded', closed_edition = ${edition}
     where q.batch = ${batch} and q.dataset = ${textLiteral(def.name)} and q.state = 'open'
       and exists (
         select 1 from (select ${recordKey(def, 's')} as key, s.op_time, s.line from ${table} s
           where ${plan.accepted}) later
         where later.key = q.record_key
           and (later.op_time, later.line) > (${instantOf('q.raw[2]')}, q.line))`,
  );
}

/** Closes open statements on the records just released which stand in earlier packages. */
async function supersedeEarlier(
  session: DuckSession,
  { plan, batch, src, edition }: { plan: StagePlan; batch: number; src: string; edition: number },
): Promise<void> {
  const { def } = plan;
  await session.run(
    `update feed.quarantine_row q set state = 'superseded', closed_edition = ${edition}
     where q.dataset = ${textLiteral(def.name)} and q.state = 'open'
       and q.batch in (select batch from feed.batch where src = ${textLiteral(src)}
         and edition < (select edition from feed.batch where batch = ${batch}))
       and q.record_key in (select ${recordKey(def, 's')} from ${RESTAGED} s where ${plan.accepted})`,
  );
}

/**
 * Publishes quarantined rows whose only fault was an unknown person or unit, once that person or
 * unit is known; so the order in which packages of different sources arrive does not matter.
 */
export async function releaseKnownReferences(
  session: DuckSession,
  context: Pick<PublishContext, 'planOf'>,
  edition: number,
): Promise<void> {
  // In published order: of two statements on one record the newer must win.
  const groups = await session.rows<{ batch: number; dataset: string; src: string }>(
    `select distinct q.batch, q.dataset, b.src, b.edition from feed.quarantine_row q
       join feed.batch b using (batch)
     where q.state = 'open' and ${ONLY_REFERENCES} order by b.edition, q.dataset`,
  );
  for (const { batch, dataset, src } of groups) {
    const plan = await context.planOf(batch, dataset);
    if (plan !== null) await releaseGroup(session, { batch, dataset, src, plan, edition });
  }
}

const ONLY_REFERENCES = `not exists (select 1 from feed.quarantine f
  where f.batch = q.batch and f.dataset = q.dataset and f.line = q.line and f.code not in ('REF01', 'REF02'))`;

async function releaseGroup(
  session: DuckSession,
  group: { batch: number; dataset: string; src: string; plan: StagePlan; edition: number },
): Promise<void> {
  const { batch, dataset, src, plan, edition } = group;
  const open = `select line, raw from feed.quarantine_row q
    where batch = ${batch} and dataset = ${textLiteral(dataset)} and state = 'open' and ${ONLY_REFERENCES}`;
  await restage(session, plan, quarantineSource(open, plan.fields.length));
  const released = await publishRestaged(session, { plan, batch, edition, src });
  if (released > 0) {
    await session.run(
      `update feed.quarantine_row set state = 'released', closed_edition = ${edition}
       where batch = ${batch} and dataset = ${textLiteral(dataset)} and state = 'open'
         and line in (select line from ${RESTAGED} where ${plan.accepted})`,
    );
  }
  await session.run(`drop table ${RESTAGED}`);
}

/** Temp table of rows that are judged again. */
export const RESTAGED = 'restaged';

/** Types and judges rows again, from a FROM item giving `line` and `c1…cn`. */
export async function restage(
  session: DuckSession,
  plan: StagePlan,
  source: string,
): Promise<void> {
  await session.run(`drop table if exists ${RESTAGED}`);
  await session.run(plan.createTable(RESTAGED, 'temp table'));
  await session.run(plan.insert(RESTAGED, source, 'any'));
}

/**
 * Merges the accepted restaged rows under their own batch and line and lists their issues; what
 * collides with a published row (KEY01, ID08) is marked and stays. Returns how many were accepted.
 */
export async function publishRestaged(
  session: DuckSession,
  input: { plan: StagePlan; batch: number; edition: number; src: string },
): Promise<number> {
  const { plan, batch, edition, src } = input;
  const staged = { def: plan.def, plan, table: RESTAGED };
  await markPublishedKeys(session, staged, batch);
  const row = await session.first<{ n: bigint }>(
    `select count(*) as n from ${RESTAGED} where ${plan.accepted}`,
  );
  const count = Number(row?.n ?? 0n);
  if (count === 0) return 0;
  await mergeDataset(session, {
    def: plan.def,
    mode: 'I', // never closes what these few rows do not name
    src,
    batch,
    edition,
    rows: acceptedRows(staged),
    namedKeys: `(select 1)`,
  });
  await session.run(faultRows('issue', batch, staged, plan.accepted));
  await supersedeEarlier(session, input);
  await supersedeOvertaken(session, staged, batch, edition);
  return count;
}
