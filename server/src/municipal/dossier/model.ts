/** Where a row came from: the line of the dataset file in the return package (来源). */
export interface Provenance {
  readonly package_id: string;
  readonly dataset: string;
  /** Line number in the data file, the header being line 1. */
  readonly line: number;
}

/** Money is integer fen; months `YYYY-MM`; days ISO; wide decimals stay exact strings. */
export type Cell = string | number | boolean | null;

/** One row of a municipal table with every column of its table definition. */
export interface DossierRow {
  readonly provenance: Provenance;
  readonly [column: string]: Cell | Provenance | FieldSources;
}

/** The source of each field of the person: where its value stands now and since which package. */
export interface FieldSource extends Provenance {
  readonly since_package_id: string;
  /** Computed by the platform from other fields of the same row. */
  readonly derived: boolean;
}

export type FieldSources = Readonly<Record<string, FieldSource>>;

export interface DossierPerson extends DossierRow {
  readonly fields: FieldSources;
}

/** What a section holds; `total` exceeds the rows given when it is `truncated`. */
export interface DossierSection {
  readonly table: string;
  readonly title: string;
  readonly total: number;
  readonly truncated: boolean;
}

/** A stretch of consecutive months, both ends included, `YYYY-MM`. */
export interface MonthSpan {
  readonly from: string;
  readonly to: string;
  readonly months: number;
}

/** Months without a paid contribution between two paid stretches (断缴). */
export interface ContributionGap extends MonthSpan {
  /** Months of the gap for which the province recorded an unpaid due. */
  readonly owed_months: number;
}

export interface EnrolmentPeriod {
  readonly enrolment_id: string | null;
  readonly unit_id: string | null;
  readonly from: string | null;
  /** Null while the enrolment lasts. */
  readonly to: string | null;
  readonly pay_status: string | null;
  readonly enrol_status: string | null;
  readonly change_reason: string | null;
}

export interface BenefitPeriods {
  readonly item: string;
  /** Never paid under an entitlement: gaps mean nothing and are left out. */
  readonly one_off: boolean;
  readonly runs: readonly MonthSpan[];
  readonly gaps: readonly MonthSpan[];
}

export interface StateMark {
  readonly since: string | null;
  readonly kind: 'contribution' | 'benefit';
  readonly state: string;
  readonly reason: string | null;
  /** Row the state was read from. */
  readonly source_id: string | null;
}

/** One insurance (险种) of a person as periods. */
export interface InsuranceTimeline {
  readonly insurance: string;
  readonly enrolments: readonly EnrolmentPeriod[];
  readonly contributions: {
    readonly runs: readonly MonthSpan[];
    readonly gaps: readonly ContributionGap[];
    readonly paid_months: number;
  };
  readonly benefits: readonly BenefitPeriods[];
  readonly states: readonly StateMark[];
  /** False when a section it was made from is truncated. */
  readonly complete: boolean;
}

interface DossierFrame {
  readonly person: DossierPerson;
  /** The package as of which the record is shown; null = what is current. */
  readonly as_of: { readonly package_id: string } | null;
  readonly sections: Readonly<Record<string, DossierSection>>;
  readonly timelines: Readonly<Record<string, InsuranceTimeline>>;
  readonly units: Readonly<Record<string, { readonly unit_name: string | null }>>;
}

/**
 * One person's whole life in the system (一人一档): the frame plus one array of rows per
 * table about persons, under the names of {@link sectionName}.
 */
export type Dossier = DossierFrame & {
  readonly [section: string]: readonly DossierRow[] | DossierFrame[keyof DossierFrame];
};

/** Lists the rows of a section; a section the dossier lacks is empty. */
export function rowsOf(dossier: Dossier, section: string): readonly DossierRow[] {
  const value = section in dossier.sections ? dossier[section] : undefined;
  return Array.isArray(value) ? value : [];
}
