import { api } from './http.ts';

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

/** One person's whole life in the system (一人一档), masked. */
export interface Dossier {
  readonly person: DossierRow & { readonly fields: Readonly<Record<string, FieldSource>> };
  readonly as_of: { readonly package_id: string } | null;
  readonly sections: Readonly<Record<string, DossierSection>>;
  readonly timelines: Readonly<Record<string, InsuranceTimeline>>;
  readonly units: Readonly<Record<string, { readonly unit_name: string | null }>>;
  readonly [section: string]: unknown;
}

/** For what somebody looks at a person's record; asked each time and audited. */
export interface LookUp {
  readonly key: string;
  readonly purpose: string;
  readonly matter_no?: string;
  readonly as_of?: string;
}

export const dossierApi = {
  open: (lookUp: LookUp) => api.post<Dossier>('/api/dossier', lookUp),
  /** One field in plain form; needs the right and, once more, who sits here. */
  unmask: async (body: { person_id: string; field: string; purpose: string }): Promise<string> =>
    (await api.post<{ value: string }>('/api/dossier/unmask', body)).value,
};

/** The rows of a section; one the answer lacks is empty. */
export function rowsOf(dossier: Dossier, section: string): readonly DossierRow[] {
  const rows = dossier[section];
  return section in dossier.sections && Array.isArray(rows) ? (rows as DossierRow[]) : [];
}
