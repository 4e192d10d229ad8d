import type {
  CodeList,
  ColumnDef,
  MunicipalContent,
  SourceProfile,
  TableDef,
} from '../../contract/index.ts';
import { identifier, sqlType } from '../../municipal/index.ts';
import type { Spelling } from '../decode/index.ts';
import { type DerivedColumns, derivedColumns } from './derive.ts';
import { textLiteral } from './sql-text.ts';
import { type Fault, typedValue } from './values.ts';

/** Where the reference sets lie while staging. */
export interface ReferenceSets {
  readonly persons: string;
  readonly units: string;
  readonly regions: string;
}

/** A column of the table that the file supplies, and where. */
export interface SuppliedColumn {
  readonly column: ColumnDef;
  readonly label: string;
  readonly position: number;
}

/** A fault and the column it is found in. */
export type ConditionalFault = Fault & { readonly label: string; readonly position: number };

/** A fault a row of this dataset can have, and where its bit stands. */
export interface PlannedFault {
  readonly mask: number;
  readonly bit: number;
  readonly code: string;
  readonly kind: Fault['kind'];
  /** Column label as the file has it; `ROW01` has none. */
  readonly label: string;
  /** Position of the column in the record (from 1), for its raw value. */
  readonly position: number;
}

/** What judging a record needs to know. */
export interface JudgingInput {
  readonly def: TableDef;
  readonly profile: SourceProfile;
  readonly content: MunicipalContent;
  readonly references: ReferenceSets;
  readonly asOf: string;
}

/** How one record is typed and judged, column by column. */
export interface JudgedColumns {
  /** `expression as name` layers; each may use the names of the layers before it. */
  readonly layers: readonly (readonly string[])[];
  readonly faults: readonly ConditionalFault[];
  /** Final SQL expression per column name. */
  readonly values: ReadonlyMap<string, string>;
  /** Columns the file does not supply: the same value in every row, so it is not stored. */
  readonly constants: ReadonlyMap<string, string>;
}

/** Types and judges the supplied columns of records of this spelling. */
export function judgeColumns(
  input: JudgingInput,
  supplied: readonly SuppliedColumn[],
  spelling: Spelling,
): JudgedColumns {
  const { def, profile, content, references } = input;
  const prepared: string[] = [];
  const lookups: string[] = [];
  const typed: string[] = [];
  const values = new Map<string, string>();
  const faults: ConditionalFault[] = [];
  for (const { column, label, position } of supplied) {
    const raw = `c${position}`;
    const name = valueName(column);
    const codeList = codeListOf(column, content);
    const typedColumn = typedValue(column, raw, { codeList, profile, spelling });
    const { value, faults: found, prepare = [] } = typedColumn;
    prepared.push(...prepare);
    const standIn = column.default === null ? null : defaultLiteral(column);
    typed.push(
      `${standIn === null ? value : `case when ${raw} is null then ${standIn} else ${value} end`} as ${name}`,
    );
    values.set(column.name, name);
    for (const fault of found) {
      faults.push({ ...fault, when: fault.when.replaceAll('{value}', name), label, position });
    }
    if (column.required && column.default === null) {
      faults.push({ code: 'REQ01', when: `${raw} is null`, kind: 'quarantine', label, position });
    }
    if (column.references !== null) {
      // Looked up once per row, in a layer of its own: a condition stands in the plan twice.
      lookups.push(
        `${name} not in (select id from ${referenceSet(column.references, references)}) as unknown_${position}`,
      );
      faults.push({ ...referenceFault(column.references, name, position), label, position });
    }
  }
  for (const item of supplied) conditionalRequirement(item, def, values, faults);
  const constants = new Map<string, string>();
  for (const column of def.columns) {
    if (values.has(column.name)) continue;
    constants.set(
      column.name,
      column.default === null ? `cast(null as ${sqlType(column.type)})` : defaultLiteral(column),
    );
  }
  for (const [name, constant] of constants) values.set(name, constant);
  const derived = derivedColumns(def, {
    supplied: new Map(supplied.map((item) => [item.column.name, item])),
    values,
    asOf: input.asOf,
    regions: references.regions,
  });
  return withDerived([prepared, typed, lookups], faults, { values, constants }, derived);
}

/** The code list of a column, where it has one that is known. */
export function codeListOf({ codes }: ColumnDef, content: MunicipalContent): CodeList | null {
  return codes === null ? null : (content.codeLists.get(codes) ?? null);
}

function withDerived(
  layers: string[][],
  faults: ConditionalFault[],
  { values, constants }: { values: Map<string, string>; constants: Map<string, string> },
  derived: DerivedColumns,
): JudgedColumns {
  for (const [name, expression] of derived.values) {
    values.set(name, expression);
    constants.delete(name);
  }
  return {
    layers: [...layers, ...derived.layers],
    faults: [...faults, ...derived.faults],
    values,
    constants,
  };
}

function referenceSet(kind: 'person' | 'unit', sets: ReferenceSets): string {
  return kind === 'person' ? sets.persons : sets.units;
}

function referenceFault(kind: 'person' | 'unit', name: string, position: number): Fault {
  return {
    code: kind === 'person' ? 'REF01' : 'REF02',
    when: `${name} is not null and unknown_${position}`,
    kind: 'quarantine',
  };
}

/** Adds REQ01 under the column's condition when every column the condition names is supplied. */
function conditionalRequirement(
  { column, label, position }: SuppliedColumn,
  def: TableDef,
  values: ReadonlyMap<string, string>,
  faults: ConditionalFault[],
): void {
  if (column.requiredWhen === null) return;
  let judgeable = true;
  const names = new Set(def.columns.map((c) => c.name));
  const condition = column.requiredWhen.replace(/'(?:[^']|'')*'|[a-z_][a-z0-9_]*/g, (word) => {
    if (!names.has(word)) return word;
    const value = values.get(word);
    if (value === undefined) judgeable = false;
    return value ?? word;
  });
  if (!judgeable) return;
  const when = `c${position} is null and (${condition})`;
  faults.push({ code: 'REQ01', when, kind: 'quarantine', label, position });
}

function valueName(column: ColumnDef): string {
  return identifier(`v_${column.name}`);
}

function defaultLiteral(column: ColumnDef): string {
  const type = sqlType(column.type);
  return type === 'VARCHAR' || type === 'DATE' || type === 'TIMESTAMP'
    ? `cast(${textLiteral(column.default ?? '')} as ${type})`
    : `cast(${column.type === 'money' ? `${column.default} * 100` : column.default} as ${type})`;
}
