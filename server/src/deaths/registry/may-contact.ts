import { forWholeCity } from '../../security/index.ts';
import type { DeathsWorld } from '../world.ts';
import type { RegistryDb } from './tables.ts';

/** Why a person is not written to or called. */
export type NoContact = 'reported_dead' | 'suspected_dead' | 'registered_dead';

/** Named one by one in SQL up to this many, so that the engine finds their blocks. */
const NAMED = 200;

/**
 * Tells who of these must not be contacted (不给逝者发信): everybody some department reports dead
 * and nobody has decided alive, somebody known by name and birth date only included, and those the
 * municipal data register as dead. Who is not in the answer may be contacted.
 * Every sender of messages asks this before sending. @source requirement R92
 */
export async function mayContact(
  world: Pick<DeathsWorld, 'db' | 'duck'>,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, NoContact>> {
  const silent = new Map<string, NoContact>();
  const asked = [...new Set(personIds)];
  if (asked.length === 0) return silent;
  for (const personId of await registeredDead(world, asked)) {
    silent.set(personId, 'registered_dead');
  }
  const db: RegistryDb = world.db;
  const rows = await forWholeCity(db, (transaction) =>
    transaction
      .selectFrom('death_person')
      .select(['person_id', 'verdict'])
      .where((is) => is('person_id', '=', is.fn.any(is.val(asked))))
      .where('standing', '=', 'reported')
      .where('verdict', 'in', ['0', '1', '3'])
      .execute(),
  );
  for (const { person_id, verdict } of rows) {
    if (person_id === null) continue;
    const known = silent.get(person_id) === 'reported_dead';
    if (!known) silent.set(person_id, verdict === '1' ? 'reported_dead' : 'suspected_dead');
  }
  return silent;
}

async function registeredDead(
  { duck }: Pick<DeathsWorld, 'duck'>,
  asked: readonly string[],
): Promise<readonly string[]> {
  const many = asked.length > NAMED;
  const list = many
    ? 'select unnest($asked::VARCHAR[])'
    : asked.map((id) => `'${id.replaceAll("'", "''")}'`).join(', ');
  const rows = await duck.read((session) =>
    session.rows<{ person_id: string }>(
      `select person_id from main.person where person_id in (${list})
        and (life_status = '2' or death_date is not null)`,
      many ? { asked } : {},
    ),
  );
  return rows.map(({ person_id }) => person_id);
}
