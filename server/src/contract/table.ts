/**
 * The shape of a municipal table (市人社数据库表) as content declares it.
 * One `<table>.table.yaml` file becomes one {@link TableDef}.
 */

/** A feed type of the data dictionary §5; `id20`, `text50`, `code3` carry their length. */
export type ColumnType =
  | `id${number}`
  | `text${number}`
  | `code${number}`
  | 'ym'
  | 'date'
  | 'ts'
  | 'money'
  | 'money4'
  | 'dec4'
  | 'rate'
  | 'int'
  | 'int4';

/** How a value is shown to somebody without the right to see it plain. */
export type MaskKind = 'none' | 'id_no' | 'name' | 'mobile' | 'account' | 'address' | 'hidden';

/** 1 open, 2 internal, 3 sensitive (death, custody, injury, medical, household), 4 identifying. */
export type Sensitivity = 1 | 2 | 3 | 4;

export interface ColumnDef {
  /** `snake_case` name in the municipal database. */
  readonly name: string;
  /** LD/T 92 code (e.g. `AAC001`); null where the dictionary has none. */
  readonly code: string | null;
  /** Chinese name shown to officials. */
  readonly title: string;
  readonly type: ColumnType;
  /** An empty value in a supplied column quarantines the row (REQ01), unless `default` is given. */
  readonly required: boolean;
  /** SQL condition over this table's columns under which the value is required. */
  readonly requiredWhen: string | null;
  /** A file without this column is refused (G6). */
  readonly essential: boolean;
  /** Canonical value taken when the source is empty or does not supply the column (缺→v). */
  readonly default: string | null;
  /** Code list id; values are mapped by the source's code map, unmapped ones are CODE01. */
  readonly codes: string | null;
  /** A value that names nobody we know is REF01 (person) or REF02 (unit). */
  readonly references: 'person' | 'unit' | null;
  /** Inclusive bounds in the feed's unit (yuan, months, dates as YYYY-MM-DD); outside is NUM02 or DATE02. */
  readonly min: string | null;
  readonly max: string | null;
  readonly sensitivity: Sensitivity;
  readonly mask: MaskKind;
  /** Filled by the platform, never read from a file. */
  readonly derived: boolean;
  readonly note: string | null;
}

export interface TableDef {
  readonly name: string;
  readonly title: string;
  /** LD/T table label (e.g. `AC43`); null where none. */
  readonly standard: string | null;
  readonly description: string;
  /** The module that writes the table. */
  readonly owner: string;
  /** Primary key columns. */
  readonly key: readonly string[];
  /** Physical order of the rows: what is looked up together lies together. */
  readonly cluster: readonly string[];
  /** Column that says whose row it is (dossier, scope); null for tables about no person. */
  readonly person: string | null;
  /** Column naming the unit, where there is one. */
  readonly unit: string | null;
  /** Month column that says which period a row belongs to. */
  readonly period: string | null;
  readonly retention: { readonly years: number | 'permanent'; readonly source: string };
  readonly columns: readonly ColumnDef[];
}

export interface CodeValue {
  readonly value: string;
  readonly label: string;
  /** Standard or system in which the pair was seen. */
  readonly source: string;
}

export interface CodeList {
  readonly id: string;
  readonly title: string;
  readonly values: readonly CodeValue[];
}

/** One foreign value of one field of one source and what it means here. */
export interface CodeMapping {
  readonly code: string;
  readonly from: string;
  readonly to: string;
  readonly note: string | null;
}

/** A province core system or department that sends return packages (来源). */
export interface SourceProfile {
  readonly src: string;
  readonly title: string;
  readonly unsignedAllowed: boolean;
  /** Demonstration keys, used only while no key is configured for this source. */
  readonly demoKeys: readonly { readonly keyId: string; readonly secret: string }[];
  /** What values mean in this source; an entry goes before the canonical reading of the same value. */
  readonly codeMap: readonly CodeMapping[];
  /** Field codes that mean another of our columns in this source: table → file column → our column. */
  readonly columnMap: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** G8: shares (0–1) by which rows or sums may differ from the previous period, per agency. */
  readonly plausibility: {
    readonly rowShare: number;
    readonly sumShare: number;
    /** Increments vary by nature: they may grow or shrink by this factor (≥ 1) instead. */
    readonly incrementFactor: number;
    /** Agencies with fewer rows than this in both periods are not compared. */
    readonly minRows: number;
  };
  /** G6: refuse the whole package when one dataset is refused. */
  readonly refuseWhole: boolean;
}

/** A code of GB/T 2260 that was in force at some time (历史行政区划). */
export interface Region {
  readonly code: string;
  readonly name: string;
  readonly from: number | null;
  readonly to: number | null;
}

/** One year's notice of the State Council on holidays (放假通知): days off and days worked instead. */
export interface HolidayYear {
  readonly year: number;
  /** Number of the notice (文号). */
  readonly source: string;
  /** Inclusive ranges of days off. */
  readonly off: readonly { readonly from: string; readonly to: string; readonly name: string }[];
  /** Weekend days worked instead (调休). */
  readonly work: readonly { readonly day: string; readonly name: string }[];
}

/** All content an installation runs on, checked and frozen. */
export interface MunicipalContent {
  readonly tables: ReadonlyMap<string, TableDef>;
  readonly codeLists: ReadonlyMap<string, CodeList>;
  readonly sources: ReadonlyMap<string, SourceProfile>;
  /** Every region code an id number may begin with. */
  readonly idRegions: ReadonlySet<string>;
  /** Agencies of the city: code → name. */
  readonly agencies: ReadonlyMap<string, string>;
  /** Notices on holidays by year; a year without one is judged by weekdays alone. */
  readonly holidays: ReadonlyMap<number, HolidayYear>;
}
