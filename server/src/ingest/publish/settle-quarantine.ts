import type { DuckSession } from '../../store/index.ts';
import { recordKey } from '../ledger/write-account.ts';
import { quarantineSource } from '../stage/chunk-source.ts';
import type { StagePlan } from '../stage/plan.ts';
import { textLiteral } from '../stage/sql-text.ts';
import type { StagedDataset } from '../stage/stage-dataset.ts';
import type { PublishContext } from './context.ts';
import { mergeDataset } from './merge-dataset.ts';
import { acceptedRows } from './staged-rows.ts';

/** Closes quarantined records whose key this package states again, and correctly (更正包). */
export async function supersedeQuarantine(
  session: DuckSession,
  staged: StagedDataset,
  context: PublishContext,
  edition: number,
): Promise<void> {
  const { def } = staged;
  const mine = `dataset = ${textLiteral(def.name)} and state = 'open' and batch <> ${context.batch}
    and batch in (select batch from feed.batch where src = ${textLiteral(context.src)})`;
  const open = await session.first<{ n: bigint }>(
    `select count(*) as n from feed.quarantine_row where ${mine}`,
  );
  if ((open?.n ?? 0n) === 0n) return;
  await session.run(
    `update feed.quarantine_row set state = 'superseded', closed_edition = ${edition}
     where ${mine} and record_key in (select ${recordKey(def, 's')} from ${acceptedRows(staged)} s)`,
  );
}

/**
 * Publishes quarantined rows whose only fault was an unknown person or unit, once that person or
 * unit is known; so the order in which packages of different sources arrive does not matter.
 */
export async function releaseKnownReferences(
  session: DuckSession,
  context: PublishContext,
  edition: number,
): Promise<void> {
  const groups = await session.rows<{ batch: number; dataset: string }>(
    `select distinct batch, dataset from feed.quarantine_row q
     where state = 'open' and batch in (select batch from feed.batch) and ${ONLY_REFERENCES}
     order by batch, dataset`,
  );
  for (const { batch, dataset } of groups) {
    const plan = await context.planOf(batch, dataset);
    if (plan !== null) await releaseGroup(session, { batch, dataset, plan, edition });
  }
}

const ONLY_REFERENCES = `not exists (select 1 from feed.quarantine f
  where f.batch = q.batch and f.dataset = q.dataset and f.line = q.line and f.code not in ('REF01', 'REF02'))`;

async function releaseGroup(
  session: DuckSession,
  group: { batch: number; dataset: string; plan: StagePlan; edition: number },
): Promise<void> {
  const { batch, dataset, plan, edition } = group;
  const open = `select line, raw from feed.quarantine_row q
    where batch = ${batch} and dataset = ${textLiteral(dataset)} and state = 'open' and ${ONLY_REFERENCES}`;
  await restage(session, plan, quarantineSource(open, plan.fields.length));
  const source = await session.first<{ src: string }>(
    `select src from feed.batch where batch = ${batch}`,
  );
  const released = await publishRestaged(session, { plan, batch, edition, src: source?.src ?? '' });
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
  await session.run(plan.insert(RESTAGED, source));
}

/** Merges the accepted restaged rows under their own batch and line; returns how many there were. */
export async function publishRestaged(
  session: DuckSession,
  input: { plan: StagePlan; batch: number; edition: number; src: string },
): Promise<number> {
  const { plan, batch, edition, src } = input;
  const row = await session.first<{ n: bigint }>(
    `select count(*) as n from ${RESTAGED} where ${plan.accepted}`,
  );
  const count = Number(row?.n ?? 0n);
  if (count === 0) return 0;
  const staged = { def: plan.def, plan, table: RESTAGED };
  await mergeDataset(session, {
    def: plan.def,
    mode: 'I', // never closes what these few rows do not name
    src,
    batch,
    edition,
    rows: acceptedRows(staged),
    namedKeys: `(select 1)`,
  });
  return count;
}
