import type { DuckSession } from '../../store/index.ts';
import type { StagedDataset } from '../stage/stage-dataset.ts';

/**
 * Makes the temp tables that tell the agency of a person or unit: the package's own statement
 * where it has one, otherwise what is already known.
 */
export async function prepareOwnerAgencies(
  session: DuckSession,
  staged: readonly StagedDataset[],
): Promise<void> {
  for (const [table, key] of [
    ['person', 'person_id'],
    ['unit', 'unit_id'],
  ] as const) {
    const own = staged.find((item) => item.def.name === table);
    const fromPackage = own
      ? `select ${key} as id, arg_max(agency, line) as agency from ${own.table}
           where ${own.plan.accepted} group by 1 union all`
      : '';
    const unless = own
      ? `where ${key} not in (select ${key} from ${own.table} where ${own.plan.accepted})`
      : '';
    await session.run(
      `create or replace temp table owner_agency_${table} as
       ${fromPackage} select ${key} as id, agency from main.${table} ${unless}`,
    );
  }
}

/** Drops them again. */
export async function dropOwnerAgencies(session: DuckSession): Promise<void> {
  await session.run('drop table owner_agency_person; drop table owner_agency_unit');
}
