import { maskValue } from '../../security/index.ts';
import type { DeathsWorld } from '../world.ts';

/** Name and number of a person as lists show them. */
export interface ShownPerson {
  readonly name: string | null;
  readonly id_no: string | null;
}

/** Reads names and numbers of persons, masked unless asked otherwise. */
export async function readShownPersons(
  world: Pick<DeathsWorld, 'duck'>,
  personIds: readonly string[],
  masked = true,
): Promise<ReadonlyMap<string, ShownPerson>> {
  if (personIds.length === 0) return new Map();
  const list = [...new Set(personIds)].map((id) => `'${id.replaceAll("'", "''")}'`).join(', ');
  const rows = await world.duck.read((session) =>
    session.rows<{ person_id: string; name: string | null; id_no: string | null }>(
      `select person_id, name, id_no from main.person where person_id in (${list})`,
    ),
  );
  const show = (kind: 'name' | 'id_no', value: string | null) =>
    value === null || !masked ? value : maskValue(kind, value);
  return new Map(
    rows.map(({ person_id, name, id_no }) => [
      person_id,
      { name: show('name', name), id_no: show('id_no', id_no) },
    ]),
  );
}
