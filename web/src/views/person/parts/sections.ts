import type { Dossier } from '../../../api/dossier.ts';

/** How the tables of a dossier are grouped under tabs; what is named nowhere goes to 其他. */
const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ['参保缴费', ['enrolment', 'contribution', 'account_year', 'tax_levy', 'subsidy_payment']],
  ['待遇', ['entitlement', 'benefit_payment', 'payee_account']],
  ['就业工伤', ['employment', 'injury_case', 'medical_claim', 'claim_item']],
  ['生存与家庭', ['death_event', 'custody_event', 'household_member']],
  ['办件档案', ['biz_case', 'biz_event', 'archive_item']],
];

export interface SectionGroup {
  readonly title: string;
  readonly total: number;
  readonly sections: readonly {
    readonly name: string;
    readonly table: string;
    readonly title: string;
    readonly total: number;
    readonly truncated: boolean;
  }[];
}

/** Groups the sections of a dossier, those with records first. */
export function groupSections(dossier: Dossier): SectionGroup[] {
  const all = Object.entries(dossier.sections).map(([name, section]) => ({ name, ...section }));
  const named = new Set(GROUPS.flatMap(([, tables]) => tables));
  const groups = GROUPS.map(([title, tables]) => ({
    title,
    sections: tables.flatMap((table) => all.filter((section) => section.table === table)),
  }));
  groups.push({ title: '其他', sections: all.filter((section) => !named.has(section.table)) });
  return groups
    .filter(({ sections }) => sections.length > 0)
    .map(({ title, sections }) => ({
      title,
      sections: [...sections].sort((a, b) => Number(b.total > 0) - Number(a.total > 0)),
      total: sections.reduce((sum, { total }) => sum + total, 0),
    }));
}
