import { currentView, identifier } from '../../municipal/index.ts';
import type { DuckSession } from '../../store/index.ts';
import type { StagedDataset } from '../stage/stage-dataset.ts';
import { maskNames } from '../stage/staged-columns.ts';
import type { MergeCount } from './merge-dataset.ts';

/**
 * Takes the rows that may not be published out of a table staged in place. Before the transaction
 * of publication: the engine refuses to change the form of a table whose rows it changes.
 */
export async function keepAccepted(
  session: DuckSession,
  { table, plan }: Pick<StagedDataset, 'table' | 'plan'>,
): Promise<void> {
  await session.run(`delete from ${table} where not (${plan.accepted})`);
}

/**
 * Makes a table staged in place the table itself: columns of judging go, those of versions come,
 * and it takes the name. The rows stay where they are, so this takes no longer for many.
 */
export async function adoptStaged(
  session: DuckSession,
  { def, plan, table }: Pick<StagedDataset, 'def' | 'plan' | 'table'>,
  edition: number,
): Promise<MergeCount> {
  const row = await session.first<{ n: bigint }>(`select count(*) as n from ${table}`);
  const alter = `alter table ${table}`;
  const judging = [...maskNames(plan.masks), 'raw'];
  const constant = [...plan.constants.keys(), 'batch'];
  await session.run(
    [
      `drop view main.${def.name}`,
      `drop table rows.${def.name}`,
      ...judging.map((name) => `${alter} drop column ${name}`),
      ...constant.map((name) => `${alter} alter column ${identifier(name)} drop default`),
      `${alter} add column edition_from INTEGER default ${edition}`,
      `${alter} alter column edition_from drop default`,
      `${alter} add column edition_to INTEGER`,
      `${alter} rename to ${identifier(def.name)}`,
      currentView(def),
    ].join(';\n'),
  );
  return { added: Number(row?.n ?? 0n), changed: 0, unchanged: 0, closed: 0 };
}
