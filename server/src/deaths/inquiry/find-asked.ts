import type { DataScope } from '../../contract/index.ts';
import { withinScope } from '../../security/index.ts';
import { personUnknownHere } from '../errors.ts';
import { type CityPerson, findByNumber, findByPersonId } from '../match/find-persons.ts';
import type { Asker } from '../registry/audit.ts';
import { readIdNumber, subjectOfId } from '../registry/identity.ts';
import type { RegistryDb } from '../registry/tables.ts';
import { openReport } from '../registry/take-in.ts';
import type { DeathsWorld } from '../world.ts';

/** Whom a department is to be asked about. */
export interface Asked {
  readonly subject: string;
  readonly personId: string | null;
  readonly agency: string;
  readonly idNo: string;
  readonly name: string | null;
}

const RECORD = /^[0-9a-f]{64}$/;

/**
 * Finds a person by record of the registry, citizen number or person number within the asker's data
 * scope. Somebody of another county is as unknown as nobody. @throws DEATHS_PERSON_UNKNOWN
 */
export async function findAsked(world: DeathsWorld, asker: Asker, key: string): Promise<Asked> {
  const text = key.trim();
  const { scope } = asker.principal;
  const asked = RECORD.test(text)
    ? await ofRecord(world, scope, text)
    : await ofCity(world, scope, text);
  if (asked === null || readIdNumber(asked.idNo).problem !== null) throw personUnknownHere({});
  return asked;
}

async function ofCity(world: DeathsWorld, scope: DataScope, text: string): Promise<Asked | null> {
  const number = readIdNumber(text);
  const found = await world.duck.read(async (session) =>
    number.problem === null
      ? ((await findByNumber(session, [number.value])).get(number.value) ?? [])
      : findByPersonId(session, text),
  );
  const person = found.find(({ agency }) => isWithin(scope, agency));
  if (person !== undefined) return ofPerson(world, person);
  // Somebody departments reported whom the city does not know, or knows under another number.
  return number.problem === null
    ? ofRecord(world, scope, subjectOfId(world.keys, number.value))
    : null;
}

function ofPerson({ keys }: DeathsWorld, person: CityPerson): Asked | null {
  const { personId, agency, idNo, name } = person;
  if (idNo === null) return null;
  return { subject: subjectOfId(keys, idNo), personId, agency, idNo, name };
}

async function ofRecord(
  { db, keys }: DeathsWorld,
  scope: DataScope,
  subject: string,
): Promise<Asked | null> {
  return withinScope(db as RegistryDb, scope, async (transaction) => {
    const person = await transaction
      .selectFrom('death_person')
      .select(['person_id', 'agency'])
      .where('subject', '=', subject)
      .union(
        transaction
          .selectFrom('custody_person')
          .select(['person_id', 'agency'])
          .where('subject', '=', subject),
      )
      .executeTakeFirst();
    if (person === undefined) return null;
    for (const table of ['death_report', 'custody_report'] as const) {
      const reports = await transaction
        .selectFrom(table)
        .select(['source', 'event_id', 'sealed'])
        .where('subject', '=', subject)
        .orderBy('report_no', 'desc')
        .execute();
      for (const report of reports) {
        const { id_no, name } = openReport(keys, report, table);
        if (id_no === null) continue;
        const idNo = readIdNumber(id_no).value;
        return { subject, personId: person.person_id, agency: person.agency, idNo, name };
      }
    }
    return null;
  });
}

function isWithin({ agencies }: DataScope, agency: string): boolean {
  return agencies === 'all' || agencies.includes(agency);
}
