import type { Answer, Row } from './answers.ts';
import { api, type Page } from './http.ts';

/** Where a row came from: a line of a dataset file in a return package (来源). */
export interface Provenance {
  readonly package_id: string;
  readonly dataset: string;
  readonly line: number;
}

export type Cell = string | number | boolean | null;

export interface DossierRow {
  readonly provenance: Provenance;
  readonly [column: string]: unknown;
}

export interface FieldSource extends Provenance {
  readonly since_package_id: string;
  readonly derived: boolean;
}

export interface MonthSpan {
  readonly from: string;
  readonly to: string;
  readonly months: number;
}

/** One insurance (险种) of a person as periods. */
export interface InsuranceTimeline {
  readonly insurance: string;
  readonly enrolments: readonly {
    readonly unit_id: string | null;
    readonly from: string | null;
    readonly to: string | null;
    readonly pay_status: string | null;
  }[];
  readonly contributions: {
    readonly runs: readonly MonthSpan[];
    readonly gaps: readonly (MonthSpan & { readonly owed_months: number })[];
    readonly paid_months: number;
  };
  readonly benefits: readonly {
    readonly item: string;
    readonly one_off: boolean;
    readonly runs: readonly MonthSpan[];
    readonly gaps: readonly MonthSpan[];
  }[];
  readonly complete: boolean;
}

export interface DossierSection {
  readonly table: string;
  readonly title: string;
  readonly total: number;
  readonly truncated: boolean;
}

/** Why somebody asks for a person: chosen purpose, number of the matter, and in own words. */
export interface Reason {
  readonly purpose_code: string;
  readonly matter_no?: string;
  readonly note: string;
}

export type Purpose = Answer<'/api/dossier/purposes'>[number];

/** One person's whole life in the system (一人一档), masked, as it was opened. */
export interface Dossier {
  readonly person: DossierRow & { readonly fields: Readonly<Record<string, FieldSource>> };
  readonly as_of: { readonly package_id: string } | null;
  readonly sections: Readonly<Record<string, DossierSection>>;
  readonly timelines: Readonly<Record<string, InsuranceTimeline>>;
  readonly units: Readonly<Record<string, { readonly unit_name: string | null }>>;
  /** Names this opening; pages, prints and the list of accesses refer to it. */
  readonly look_id: number;
  /** Sections whose table the province has never returned. */
  readonly not_returned: readonly string[];
  readonly allowed_actions: readonly string[];
  readonly [section: string]: unknown;
}

export type SearchKind = 'id_no' | 'name' | 'person_id' | 'account';

export interface Search {
  readonly kind: SearchKind;
  readonly value: string;
  readonly birth_date?: string;
}

export type FoundPerson = Row<'/api/dossier/search', 'post'>;
export type SearchAnswer = Answer<'/api/dossier/search', 'post'>;

/** One look at a record as the audit log keeps it (访问记录). */
export type Access = Row<'/api/audit/search', 'post'>;

interface Look {
  readonly person_id: string;
  readonly look_id: number;
}

export const dossierApi = {
  purposes: () => api.get<readonly Purpose[]>('/api/dossier/purposes'),
  search: (search: Search, reason: Reason, page = 1) =>
    api.post<SearchAnswer>('/api/dossier/search', { ...search, ...reason, page, page_size: 50 }),
  open: (key: string, reason: Reason, asOf: string | null) =>
    api.post<Dossier>('/api/dossier/open', {
      key,
      ...reason,
      ...(asOf === null ? {} : { as_of: asOf }),
    }),
  section: (look: Look & { section: string; as_of?: string }, page: number) =>
    api.post<Page<DossierRow>>('/api/dossier/section', { ...look, page, page_size: 200 }),
  /** One field in plain form; needs the right and, once more, who sits here. */
  unmask: (field: Look & { dataset: string; column: string } & Reason) =>
    api.post<{ value: Cell; hide_after_s: number }>('/api/dossier/unmask', field),
  /** Printing is an act of its own in the audit log. */
  summary: (look: Look) =>
    api.post<{ printed_at: string; watermark: string }>('/api/dossier/summary', look),
  access: (look: Look, page: number) =>
    api.post<Page<Access> & { readonly others: number }>('/api/dossier/access', {
      ...look,
      page,
      page_size: 50,
    }),
};

/** The rows of a section; one the answer lacks is empty. */
export function rowsOf(dossier: Dossier, section: string): readonly DossierRow[] {
  const rows = dossier[section];
  return section in dossier.sections && Array.isArray(rows) ? (rows as DossierRow[]) : [];
}
