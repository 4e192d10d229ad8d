import type { MunicipalContent, TableDef } from '../../contract/index.ts';
import type { DuckEngine } from '../../store/index.ts';
import { personAmbiguous, personUnknown, sectionUnknown } from './errors.ts';
import type { Dossier, DossierPerson, DossierRow, DossierSection } from './model.ts';
import { type PersonKey, parsePersonKey } from './person-key.ts';
import { type Owner, personIdQueries, personVersionsQuery, unitNamesQuery } from './queries.ts';
import { readPage, readSection, type SectionRows } from './read-section.ts';
import { planSections } from './sections.ts';
import { oldestFirst, shapePerson } from './shape-row.ts';
import { inSnapshot, openSnapshot, runQuery, type Snapshot } from './snapshot.ts';
import { buildDossierTimelines } from './timelines.ts';

/** More rows of one table than this are given page by page. */
export const ROWS_PER_SECTION = 5_000;

export interface DossierQuery {
  /** Id number (18 or 15 characters) or person id. */
  readonly key: string;
  /** Package as of whose publication the record is wanted; absent = current. */
  readonly asOf?: string;
  /** Rows given of each table, default {@link ROWS_PER_SECTION}. */
  readonly limit?: number;
  readonly content: MunicipalContent;
  readonly duck: DuckEngine;
}

/**
 * Finds everything the city knows of one person (一人一档), each row with its source.
 * All tables are read in one read-only transaction, so a publication is seen whole or not at all.
 * @throws MUNICIPAL_PERSON_KEY_INVALID, MUNICIPAL_PERSON_UNKNOWN, MUNICIPAL_PERSON_AMBIGUOUS,
 *   MUNICIPAL_PACKAGE_UNKNOWN
 */
export async function findDossier(query: DossierQuery): Promise<Dossier> {
  const key = parsePersonKey(query.key);
  const asOf = query.asOf ?? null;
  return query.duck.read((session) =>
    inSnapshot(session, async () => {
      const snapshot = await openSnapshot(session, asOf);
      const personId = await findPersonId(snapshot, query.content, key);
      return readDossier(snapshot, query, personId, asOf);
    }),
  );
}

/**
 * Lists one page of one section, for persons with more rows than a dossier carries.
 * @throws the errors of {@link findDossier}
 */
export async function listDossierRows(
  query: DossierQuery & {
    readonly section: string;
    readonly offset: number;
    /** Insurances whose rows are wanted; absent = all. */
    readonly insurances?: readonly string[];
  },
): Promise<SectionRows> {
  const plan = planSections(query.content).find(({ section }) => section === query.section);
  if (plan === undefined) throw sectionUnknown({ section: query.section });
  const key = parsePersonKey(query.key);
  const { offset, insurances } = query;
  const page = {
    ...{ limit: query.limit ?? ROWS_PER_SECTION, offset },
    ...(insurances === undefined ? {} : { insurances }),
  };
  return query.duck.read((session) =>
    inSnapshot(session, async () => {
      const snapshot = await openSnapshot(session, query.asOf ?? null);
      const personId = await findPersonId(snapshot, query.content, key);
      const owner = ownerOf(await readPerson(snapshot, query.content, personId));
      return readPage(snapshot, plan, owner, page);
    }),
  );
}

async function findPersonId(
  snapshot: Snapshot,
  content: MunicipalContent,
  key: PersonKey,
): Promise<string> {
  const found = new Set<string>();
  for (const query of personIdQueries(tableOf(content, 'person'), snapshot.edition, key)) {
    for (const row of await runQuery(snapshot.session, query)) found.add(String(row.person_id));
  }
  const [only, ...others] = found;
  if (only === undefined) throw personUnknown({ check_digit_wrong: key.checkDigitWrong });
  if (others.length > 0) throw personAmbiguous({ person_ids: [only, ...others].sort() });
  return only;
}

async function readDossier(
  snapshot: Snapshot,
  query: DossierQuery,
  personId: string,
  asOf: string | null,
): Promise<Dossier> {
  const person = await readPerson(snapshot, query.content, personId);
  const owner = ownerOf(person);
  const lists: Record<string, readonly DossierRow[]> = {};
  const sections: Record<string, DossierSection> = {};
  for (const plan of planSections(query.content)) {
    const list = await readSection(snapshot, plan, owner, query.limit ?? ROWS_PER_SECTION);
    lists[plan.section] = list.rows;
    sections[plan.section] = {
      table: plan.def.name,
      title: plan.def.title,
      total: list.total,
      truncated: list.total > list.rows.length,
    };
  }
  return {
    person,
    ...lists,
    as_of: asOf === null ? null : { package_id: asOf },
    sections,
    timelines: buildDossierTimelines(lists, sections),
    units: await readUnits(snapshot, query.content, lists),
  };
}

async function readPerson(
  snapshot: Snapshot,
  content: MunicipalContent,
  personId: string,
): Promise<DossierPerson> {
  const def = tableOf(content, 'person');
  const { edition, session, packageOf } = snapshot;
  const versions = oldestFirst(
    await runQuery(session, personVersionsQuery(def, edition, personId)),
  );
  const valid = versions.findLastIndex(
    ({ edition_to: to }) => to === null || (edition !== null && Number(to) > edition),
  );
  return shapePerson(def, versions.slice(0, valid + 1), packageOf);
}

async function readUnits(
  snapshot: Snapshot,
  content: MunicipalContent,
  lists: Readonly<Record<string, readonly DossierRow[]>>,
): Promise<Record<string, { unit_name: string | null }>> {
  const ids = new Set<string>();
  for (const plan of planSections(content)) {
    const column = plan.def.unit;
    if (column === null) continue;
    for (const row of lists[plan.section] ?? []) {
      const value = row[column];
      if (typeof value === 'string') ids.add(value);
    }
  }
  if (ids.size === 0) return {};
  const query = unitNamesQuery(tableOf(content, 'unit'), snapshot.edition, [...ids].sort());
  const units: Record<string, { unit_name: string | null }> = {};
  for (const row of await runQuery(snapshot.session, query)) {
    const name = row.unit_name;
    units[String(row.unit_id)] = { unit_name: typeof name === 'string' ? name : null };
  }
  return units;
}

function ownerOf(person: DossierPerson): Owner {
  const { person_id: personId, id_no: idNo } = person;
  return { personId: String(personId), idNo: typeof idNo === 'string' ? idNo : null };
}

function tableOf(content: MunicipalContent, name: string): TableDef {
  const def = content.tables.get(name);
  if (def === undefined) throw new Error(`the content has no table ${name}`);
  return def;
}
