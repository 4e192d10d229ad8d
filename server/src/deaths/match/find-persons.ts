import type { DuckSession } from '../../store/index.ts';
import type { NameTable } from '../content/model.ts';
import { standardName } from '../registry/identity.ts';

/** A person of the municipal database, as far as matching needs him. */
export interface CityPerson {
  readonly personId: string;
  readonly idNo: string | null;
  readonly name: string | null;
  readonly sex: string;
  readonly birthDate: string | null;
  readonly agency: string;
}

/** Named one by one in SQL up to this many, so that the engine finds their blocks. */
const NAMED = 200;

interface Row {
  readonly person_id: string;
  readonly id_no: string | null;
  readonly name: string | null;
  readonly sex: string;
  readonly birth_date: string | null;
  readonly agency: string;
}

const COLUMNS = `p.person_id, p.id_no, p.name, p.sex, cast(p.birth_date as varchar) as birth_date, p.agency`;

/** Finds current persons by citizen number (18 characters); several may have the same. */
export async function findByNumber(
  session: DuckSession,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, readonly CityPerson[]>> {
  const found = new Map<string, CityPerson[]>();
  if (numbers.length === 0) return found;
  for (const person of await query(session, numbers)) {
    const key = person.idNo ?? '';
    found.set(key, [...(found.get(key) ?? []), person]);
  }
  return found;
}

async function query(session: DuckSession, numbers: readonly string[]): Promise<CityPerson[]> {
  if (numbers.length > NAMED) {
    await session.run(
      'create or replace temp table wanted_number as select distinct unnest($n::VARCHAR[]) as id_no',
      { n: numbers },
    );
    return people(
      await session.rows<Row>(`select ${COLUMNS} from wanted_number w
        join rows.person p on p.id_no = w.id_no where p.edition_to is null order by p.person_id`),
    );
  }
  const keys = await session.rows<{ person_id: string }>(
    `select distinct person_id from feed.person_key where id_no in (${literals(numbers)})`,
  );
  if (keys.length === 0) return [];
  const ids = keys.map(({ person_id }) => person_id);
  return people(
    await session.rows<Row>(`select ${COLUMNS} from rows.person p
      where p.edition_to is null and p.person_id in (${literals(ids)}) order by p.person_id`),
  );
}

/** Finds the current person of a person number; none or one. */
export async function findByPersonId(
  session: DuckSession,
  personId: string,
): Promise<readonly CityPerson[]> {
  return people(
    await session.rows<Row>(`select ${COLUMNS} from rows.person p
      where p.edition_to is null and p.person_id in (${literals([personId])})`),
  );
}

/** A name and a birth date, as one text. */
export const nameAndBirthKey = (names: NameTable, name: string, birthDate: string): string =>
  `${standardName(names, name)
    .filter((char) => char !== '·')
    .join('')}|${birthDate}`;

/**
 * Finds current persons by name, in any writing of it, and birth date; keys are `nameAndBirthKey`.
 * Reads the people born on those days: some sixty a day in a city of 1.76 million.
 */
export async function findByNameAndBirth(
  session: DuckSession,
  names: NameTable,
  wanted: readonly { readonly name: string; readonly birthDate: string }[],
): Promise<ReadonlyMap<string, readonly CityPerson[]>> {
  const found = new Map<string, CityPerson[]>();
  if (wanted.length === 0) return found;
  const rows = await session.rows<Row>(
    `select ${COLUMNS} from rows.person p
     where p.edition_to is null and p.name is not null
       and p.birth_date in (select unnest($births::VARCHAR[])::DATE) order by p.person_id`,
    { births: [...new Set(wanted.map(({ birthDate }) => birthDate))] },
  );
  for (const person of people(rows)) {
    const key = nameAndBirthKey(names, person.name ?? '', person.birthDate ?? '');
    const before = found.get(key);
    if (before === undefined) found.set(key, [person]);
    else before.push(person);
  }
  return found;
}

function people(rows: readonly Row[]): CityPerson[] {
  return rows.map((row) => ({
    ...{ personId: row.person_id, idNo: row.id_no, name: row.name, sex: row.sex },
    ...{ birthDate: row.birth_date, agency: row.agency },
  }));
}

function literals(values: readonly string[]): string {
  return values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ');
}
