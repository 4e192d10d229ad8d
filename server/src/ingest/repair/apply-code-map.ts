import type { DuckSession } from '../../store/index.ts';
import { faultRows } from '../ledger/write-account.ts';
import { publishRestaged, RESTAGED, restage } from '../publish/settle-quarantine.ts';
import type { CodeMapRepair } from '../register/repair-model.ts';
import { quarantineSource } from '../stage/chunk-source.ts';
import type { StagePlan } from '../stage/plan.ts';
import { textLiteral } from '../stage/sql-text.ts';
import { closeRepaired } from './republish-rows.ts';

/** Rows that an approved code mapping let in, and rows it left with other faults. */
export interface MappedRows {
  readonly published: number;
  readonly left: number;
}

/**
 * Judges every open quarantined row of the source that has the foreign code in this field again,
 * with plans that know the mapping, and publishes those that pass.
 */
export async function applyCodeMap(
  session: DuckSession,
  planOf: (batch: number, dataset: string) => Promise<StagePlan | null>,
  repair: CodeMapRepair,
  edition: number,
): Promise<MappedRows> {
  const groups = await session.rows<{ batch: number; dataset: string }>(
    `select distinct q.batch, q.dataset, b.edition,
       case q.dataset when 'unit' then 0 when 'person' then 1 else 2 end as rank
     from feed.quarantine_row q join feed.batch b using (batch)
       join feed.quarantine f on f.batch = q.batch and f.dataset = q.dataset and f.line = q.line
     where q.state = 'open' and b.src = $src and f.code = 'CODE01' and f.raw_value = $foreign
     order by rank, b.edition, q.dataset`,
    { src: repair.src, foreign: repair.from },
  );
  let published = 0;
  let left = 0;
  for (const { batch, dataset } of groups) {
    const plan = await planOf(batch, dataset);
    if (plan === null) continue;
    const found = await mapGroup(session, { batch, plan, repair, edition });
    published += found.published;
    left += found.left;
  }
  return { published, left };
}

interface MapGroup {
  readonly batch: number;
  readonly plan: StagePlan;
  readonly repair: CodeMapRepair;
  readonly edition: number;
}

async function mapGroup(session: DuckSession, group: MapGroup): Promise<MappedRows> {
  const { batch, plan, repair, edition } = group;
  const labels = [...plan.supplied]
    .filter(([, column]) => column.codes !== null && (column.code ?? column.name) === repair.field)
    .map(([label]) => textLiteral(label));
  if (labels.length === 0) return { published: 0, left: 0 };
  const dataset = textLiteral(plan.def.name);
  const open = `select line, raw from feed.quarantine_row
    where batch = ${batch} and dataset = ${dataset} and state = 'open' and line in (
      select line from feed.quarantine where batch = ${batch} and dataset = ${dataset}
        and code = 'CODE01' and raw_value = ${textLiteral(repair.from)}
        and label in (${labels.join(', ')}))`;
  await restage(session, plan, quarantineSource(open, plan.fields.length));
  const judged = await session.first<{ n: bigint }>(`select count(*) as n from ${RESTAGED}`);
  const published = await publishRestaged(session, { plan, batch, edition, src: repair.src });
  if (published > 0) {
    await closeRepaired(session, { plan, batch, src: repair.src, edition });
    await session.run(
      `insert into feed.repaired select ${repair.repairId}, ${batch}, ${dataset}, line, ${edition}, false
       from ${RESTAGED} where ${plan.accepted}`,
    );
  }
  await rewriteFaults(session, plan, batch);
  await session.run(`drop table ${RESTAGED}`);
  return { published, left: Number(judged?.n ?? 0n) - published };
}

/** What is still open lists what is still wrong: the mapped code is no fault any more. */
async function rewriteFaults(session: DuckSession, plan: StagePlan, batch: number): Promise<void> {
  const staged = { def: plan.def, plan, table: RESTAGED };
  await session.run(
    `delete from feed.quarantine where batch = ${batch} and dataset = ${textLiteral(plan.def.name)}
       and line in (select line from ${RESTAGED} where not (${plan.accepted}))`,
  );
  await session.run(faultRows('quarantine', batch, staged, `not (${plan.accepted})`));
}
