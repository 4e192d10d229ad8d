import type { MunicipalContent, TableDef } from '../../contract/index.ts';

/** How the rows of one table that belong to a person are found. */
export interface SectionPlan {
  /** Name under which the dossier gives the rows. */
  readonly section: string;
  readonly def: TableDef;
  readonly by: 'person' | 'person_or_id' | { readonly column: string; readonly of: SectionPlan };
}

/** Names that are not the plural of their table. */
const NAMES: Readonly<Record<string, string>> = { benefit_payment: 'payments' };

/** Tables that reach the person through rows of another table. */
const LINKED: Readonly<Record<string, { column: string; of: string }>> = {
  claim_item: { column: 'claim_id', of: 'medical_claim' },
};

/** Names the section of a table: `contribution` → `contributions`, `tax_levy` → `tax_levies`. */
export function sectionName(table: string): string {
  return NAMES[table] ?? (table.endsWith('y') ? `${table.slice(0, -1)}ies` : `${table}s`);
}

/** Lists every table of the content that holds rows about a person, the person's own row aside. */
export function planSections(content: MunicipalContent): SectionPlan[] {
  const plans: SectionPlan[] = [];
  for (const def of content.tables.values()) {
    if (def.name === 'person') continue;
    const link = LINKED[def.name];
    const section = sectionName(def.name);
    if (def.person !== null) plans.push({ section, def, by: personAccess(def) });
    else if (link !== undefined) plans.push(...linkedPlan(content, def, link));
  }
  return plans;
}

function linkedPlan(
  content: MunicipalContent,
  def: TableDef,
  link: { column: string; of: string },
): SectionPlan[] {
  const through = content.tables.get(link.of);
  if (through === undefined) return [];
  const of: SectionPlan = { section: sectionName(link.of), def: through, by: 'person' };
  return [{ section: sectionName(def.name), def, by: { column: link.column, of } }];
}

/** Departments name the dead and the imprisoned by id number; the person id may not be matched yet. */
function personAccess(def: TableDef): 'person' | 'person_or_id' {
  return def.columns.some((column) => column.name === 'id_no') ? 'person_or_id' : 'person';
}
