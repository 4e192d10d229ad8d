import { refreshPersonKeys } from '../../municipal/index.ts';
import type { DuckSession } from '../../store/index.ts';

/** Brings what hangs on persons up to date after every publication, inside its transaction. */
export async function settlePersons(session: DuckSession): Promise<void> {
  await session.run(refreshPersonKeys);
  await matchEvents(session);
}

/**
 * Links events of other departments to persons by citizen number (匹配级别): 1 number and name
 * agree, 2 the number agrees but the name differs, 0 nobody has the number. Runs after every
 * publication, so that a person who arrives later is found too.
 */
async function matchEvents(session: DuckSession): Promise<void> {
  for (const table of ['death_event', 'custody_event']) {
    if (!(await hasRows(session, table))) continue;
    await session.run(unlink(table));
    await session.run(
      `update rows.${table} set person_id = p.person_id
       from main.person p
       where rows.${table}.person_id is null and rows.${table}.edition_to is null
         and p.id_no = rows.${table}.id_no`,
    );
  }
  if (!(await hasRows(session, 'death_event'))) return;
  await session.run(
    `update rows.death_event set match_level = case
         when p.name_norm = ${NORMAL_NAME} then '1' else '2' end
       from main.person p
       where rows.death_event.edition_to is null and p.person_id = rows.death_event.person_id
         and p.id_no = rows.death_event.id_no
         and rows.death_event.match_level is distinct from
           case when p.name_norm = ${NORMAL_NAME} then '1' else '2' end`,
  );
  await session.run(
    `update rows.death_event set match_level = '0'
     where edition_to is null and person_id is null and match_level is null`,
  );
}

/** Most cities' first packages come long before any department reports: no join for nothing. */
async function hasRows(session: DuckSession, table: string): Promise<boolean> {
  return (await session.first(`select 1 from rows.${table} limit 1`)) !== undefined;
}

const NORMAL_NAME = `translate(regexp_replace(rows.death_event.name, '[\\s　]', '', 'g'), '•．‧・', '····')`;

/**
 * Undoes a link whose person no longer has the number: a corrected number must not leave a death
 * with the wrong person. Links that the source itself states are not ours to undo.
 */
function unlink(table: string): string {
  return `update rows.${table} set person_id = null${table === 'death_event' ? ', match_level = null' : ''}
    where edition_to is null and person_id is not null
      and batch in (select batch from feed.dataset
        where dataset = '${table}' and list_contains(absent_columns, 'AAC001'))
      and not exists (select 1 from main.person p
        where p.person_id = rows.${table}.person_id and p.id_no = rows.${table}.id_no)`;
}
