import type { MunicipalContent } from '../../../contract/index.ts';
import { maskRow } from '../../../security/index.ts';
import type { DuckSession } from '../../../store/index.ts';

/** A person in the list of a search, masked. */
export interface FoundPerson {
  readonly person_id: string;
  readonly name: string;
  readonly id_no: string | null;
  readonly sex: string;
  readonly birth_date: string | null;
  readonly agency: string | null;
  readonly agency_title: string | null;
  readonly life_status: string;
  readonly person_status: string;
  /** What the row says at a glance: `deceased`, `retired`, `insured`, `paid`, `suspended`. */
  readonly flags: readonly string[];
  readonly insurances: readonly string[];
  readonly allowed_actions: readonly string[];
}

interface StoredPerson {
  readonly person_id: string;
  readonly name: string | null;
  readonly id_no: string | null;
  readonly sex: string | null;
  readonly birth_date: string | null;
  readonly agency: string | null;
  readonly life_status: string | null;
  readonly person_status: string | null;
  readonly retired_flag: string | null;
  readonly insured: readonly string[] | null;
  readonly pay_states: readonly string[] | null;
}

const COLUMNS = [
  { name: 'name', mask: 'name' },
  { name: 'id_no', mask: 'id_no' },
  { name: 'birth_date', mask: 'none' },
] as const;

/** Reads the persons of a page of results, in the order of their numbers, and masks them. */
export async function readFoundPersons(
  session: DuckSession,
  content: MunicipalContent,
  personIds: readonly string[],
): Promise<FoundPerson[]> {
  if (personIds.length === 0) return [];
  const rows = await session.rows<StoredPerson>(
    `select person_id, name, id_no, sex, birth_date, agency, life_status, person_status, retired_flag,
       (select list(distinct insurance order by insurance) from rows.enrolment e
        where e.edition_to is null and e.person_id = p.person_id and e.pay_status = '1') as insured,
       (select list(distinct pay_state) from rows.entitlement t
        where t.edition_to is null and t.person_id = p.person_id) as pay_states
     from rows.person p where edition_to is null and person_id = any ($ids) order by person_id`,
    { ids: [...personIds] },
  );
  return rows.map((row) => shapeFound(content, row));
}

function shapeFound(content: MunicipalContent, row: StoredPerson): FoundPerson {
  // Who searches by number or birth knows the birth date: no digit of the tail may show.
  const masked = maskRow(COLUMNS, { ...row }, { birthKnown: true });
  const label = (list: string, value: string | null): string =>
    content.codeLists.get(list)?.values.find((code) => code.value === value)?.label ?? value ?? '';
  return {
    person_id: row.person_id,
    name: String(masked.name ?? ''),
    id_no: row.id_no === null ? null : String(masked.id_no),
    sex: label('CL_SEX', row.sex),
    birth_date: row.birth_date,
    agency: row.agency,
    agency_title: row.agency === null ? null : (content.agencies.get(row.agency) ?? row.agency),
    life_status: label('CL_LIFE', row.life_status),
    person_status: label('CL_PERSON_STATUS', row.person_status),
    flags: flagsOf(row),
    insurances: (row.insured ?? []).map((value) => label('CL_INS', value)),
    allowed_actions: ['open'],
  };
}

function flagsOf(row: StoredPerson): string[] {
  const states = row.pay_states ?? [];
  return [
    ...(row.life_status === '2' ? ['deceased'] : []),
    ...(row.retired_flag === '1' ? ['retired'] : []),
    ...((row.insured ?? []).length > 0 ? ['insured'] : []),
    ...(states.includes('1') ? ['paid'] : []),
    ...(states.includes('2') ? ['suspended'] : []),
  ];
}
