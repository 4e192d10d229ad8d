import type { ColumnDef, MunicipalContent, SourceProfile, TableDef } from '../../contract/index.ts';
import { columnOf, headerColumns, identifier, sqlType } from '../../municipal/index.ts';
import { type DerivedColumns, derivedColumns } from './derive.ts';
import { textLiteral } from './sql-text.ts';
import { inPlaceColumns, maskNames, stageColumns } from './staged-columns.ts';
import { type Fault, instantOf, typedValue } from './values.ts';

/**
 * The plan of staging one dataset: one INSERT … SELECT that types, judges and keeps every record.
 *
 * Each possible fault is one bit of a mask, so that a good row costs a few integer operations and
 * only a bad row carries its raw text.
 */

const BITS_PER_MASK = 60;

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

export interface StagePlan {
  readonly def: TableDef;
  readonly mode: 'F' | 'I';
  readonly fields: readonly string[];
  /** The columns the file supplies, by their label in it. */
  readonly supplied: ReadonlyMap<string, ColumnDef>;
  readonly faults: readonly PlannedFault[];
  readonly masks: number;
  /** Unknown columns, reported as drift and ignored. */
  readonly unknown: readonly string[];
  /** Known columns that the file does not supply. */
  readonly absent: readonly string[];
  /** SQL condition of a row that may be published. */
  readonly accepted: string;
  createTable(name: string, kind?: 'table' | 'temp table'): string;
  /** The same for a table staged in place: its columns are those of the table it will be. */
  createInPlace(name: string, batch: number): string;
  /** Columns that have the same value in every row, as SQL. */
  readonly constants: ReadonlyMap<string, string>;
  /** `source` gives `line` and `c1…cn` (VARCHAR). */
  insert(name: string, source: string): string;
}

export type PlanProblem =
  | { readonly kind: 'missing_column'; readonly columns: readonly string[] }
  | { readonly kind: 'column_twice'; readonly columns: readonly string[] }
  | { readonly kind: 'change_columns' };

/** Where the reference sets lie while staging. */
export interface ReferenceSets {
  readonly persons: string;
  readonly units: string;
  readonly regions: string;
}

interface SuppliedColumn {
  readonly column: ColumnDef;
  readonly label: string;
  readonly position: number;
}

/** Compiles the plan, or says why the dataset cannot be read (gate G6). */
export function planStage(input: {
  def: TableDef;
  profile: SourceProfile;
  content: MunicipalContent;
  mode: 'F' | 'I';
  fields: readonly string[];
  references: ReferenceSets;
  asOf: string;
}): StagePlan | PlanProblem {
  const { def, profile, fields, mode } = input;
  const changeColumns = mode === 'I' ? 2 : 0;
  if (mode === 'I' && (fields[0] !== 'op' || fields[1] !== 'op_time')) {
    return { kind: 'change_columns' };
  }
  const supplied: SuppliedColumn[] = [];
  const unknown: string[] = [];
  headerColumns(def, profile, fields).forEach((column, index) => {
    const label = fields[index];
    if (index < changeColumns || label === undefined) return;
    if (column !== null) supplied.push({ column, label, position: index + 1 });
    else if (!isKnown(def, profile, label)) unknown.push(label);
  });
  const problem = structureProblem(def, supplied);
  if (problem !== null) return problem;
  const judged = judgeColumns(input, supplied);
  return assemble(input, supplied, unknown, judged);
}

/** Known columns may still go unread: the platform fills them, or a better synonym is supplied. */
function isKnown(def: TableDef, profile: SourceProfile, label: string): boolean {
  return (
    columnOf(def, profile, label) !== null ||
    def.columns.some(({ code, name }) => code === label || name === label)
  );
}

function structureProblem(def: TableDef, supplied: readonly SuppliedColumn[]): PlanProblem | null {
  const names = supplied.map((item) => item.column.name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) return { kind: 'column_twice', columns: twice };
  const missing = def.columns.filter((c) => c.essential && !names.includes(c.name));
  if (missing.length > 0) {
    return { kind: 'missing_column', columns: missing.map((c) => c.code ?? c.name) };
  }
  return null;
}

interface JudgedColumns {
  /** `expression as name` layers; each may use the names of the layers before it. */
  readonly layers: readonly (readonly string[])[];
  readonly faults: readonly (Fault & { label: string; position: number })[];
  /** Final SQL expression per column name. */
  readonly values: ReadonlyMap<string, string>;
  /** Columns the file does not supply: the same value in every row, so it is not stored. */
  readonly constants: ReadonlyMap<string, string>;
}

function judgeColumns(
  input: Parameters<typeof planStage>[0],
  supplied: readonly SuppliedColumn[],
): JudgedColumns {
  const { def, profile, content, references } = input;
  const prepared: string[] = [];
  const lookups: string[] = [];
  const typed: string[] = [];
  const values = new Map<string, string>();
  const faults: (Fault & { label: string; position: number })[] = [];
  for (const { column, label, position } of supplied) {
    const raw = `c${position}`;
    const name = valueName(column);
    const codeList = column.codes === null ? null : (content.codeLists.get(column.codes) ?? null);
    const typedColumn = typedValue(column, raw, { codeList, profile });
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

function withDerived(
  layers: string[][],
  faults: (Fault & { label: string; position: number })[],
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
  faults: (Fault & { label: string; position: number })[],
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

function assemble(
  input: Parameters<typeof planStage>[0],
  supplied: readonly SuppliedColumn[],
  unknown: readonly string[],
  judged: JudgedColumns,
): StagePlan {
  const { def, mode, fields } = input;
  const suppliedNames = new Set(supplied.map((item) => item.column.name));
  const keys = new Set(
    supplied.filter((item) => def.key.includes(item.column.name)).map((item) => item.position),
  );
  const all = [...changeFaults(mode), ...judged.faults];
  // KEY01 and ID08 are found after staging, over the whole file; their bits are reserved here.
  const keyItem = supplied.find((item) => item.column.name === def.key[0]);
  all.push(late('KEY01', keyItem));
  const idItem = def.name === 'person' ? supplied.find((i) => i.column.name === 'id_no') : null;
  if (idItem) all.push(late('ID08', idItem));
  const faults = all.map((fault, index): PlannedFault => {
    const { code, kind, label, position } = fault;
    const mask = Math.floor(index / BITS_PER_MASK);
    return { mask, bit: index % BITS_PER_MASK, code, kind, label, position };
  });
  const masks = Math.ceil(faults.length / BITS_PER_MASK);
  const shape = { def, masks, constants: judged.constants };
  const accepted = maskNames(masks)
    .map((name, mask) => {
      const bits = faults.filter((f) => f.mask === mask && f.kind === 'quarantine');
      return `(${name} & ${bits.reduce((sum, f) => sum + (1n << BigInt(f.bit)), 0n)}) = 0`;
    })
    .join(' and ');
  return {
    def,
    mode,
    fields,
    supplied: new Map(supplied.map(({ label, column }) => [label, column])),
    faults,
    masks,
    unknown,
    absent: def.columns
      .filter((c) => !c.derived && !suppliedNames.has(c.name))
      .map((c) => c.code ?? c.name),
    accepted,
    createTable: (name, kind = 'table') => `create ${kind} ${name} (${stageColumns(shape, mode)})`,
    createInPlace: (name, batch) => `create table ${name} (${inPlaceColumns(shape, batch)})`,
    constants: judged.constants,
    insert: (name, source) =>
      insertSql(name, source, { def, mode, fields, faults, masks, all, judged, keys }),
  };
}

type ConditionalFault = Fault & { label: string; position: number };

function late(code: string, item: SuppliedColumn | undefined): ConditionalFault {
  return {
    code,
    when: 'false',
    kind: 'quarantine',
    label: item?.label ?? '',
    position: item?.position ?? 1,
  };
}

function changeFaults(mode: 'F' | 'I'): ConditionalFault[] {
  if (mode === 'F') return [];
  return [
    {
      code: 'CODE01',
      when: `c1 is null or c1 not in ('I','U','D')`,
      kind: 'quarantine',
      label: 'op',
      position: 1,
    },
    { code: 'DATE01', when: `op_time is null`, kind: 'quarantine', label: 'op_time', position: 2 },
  ];
}

function insertSql(
  name: string,
  source: string,
  plan: {
    def: TableDef;
    mode: 'F' | 'I';
    fields: readonly string[];
    faults: readonly PlannedFault[];
    masks: number;
    all: readonly ConditionalFault[];
    judged: JudgedColumns;
    /** Positions of the key columns. */
    keys: ReadonlySet<number>;
  },
): string {
  const { def, mode, fields, judged, masks } = plan;
  const change = mode === 'I' ? [`c1 as op`, `${instantOf('c2')} as op_time`] : [];
  const layers = judged.layers.filter((layer) => layer.length > 0);
  const ctes = layers.map((layer, index) => {
    const from = index === 0 ? 'source' : `layer${index - 1}`;
    const extra = index === 0 ? [...change, ...layer] : layer;
    return `layer${index} as (select *, ${extra.join(',\n ')} from ${from})`;
  });
  const masksSet = maskNames(masks);
  const maskColumns = masksSet.map((maskName, mask) => {
    const conditions = plan.faults.flatMap((fault, index) => {
      const condition = plan.all[index]?.when ?? 'false';
      if (fault.mask !== mask || condition === 'false') return [];
      return [{ when: guarded(fault, condition, plan), bit: 1n << BigInt(fault.bit) }];
    });
    if (conditions.length === 0) return `0 as ${maskName}`;
    // Nearly every row is good: whether anything is wrong is asked first, what it is afterwards.
    const any = conditions.map(({ when }) => `(${when})`).join('\n or ');
    const bits = conditions.map(({ when, bit }) => `case when ${when} then ${bit} else 0 end`);
    return `case when ${any} then ${bits.join('\n + ')} else 0 end as ${maskName}`;
  });
  const stored = def.columns.filter((c) => !judged.constants.has(c.name));
  const values = stored.map((c) => `${judged.values.get(c.name)} as ${identifier(c.name)}`);
  const names = stored.map((c) => identifier(c.name));
  const anyFault = masksSet.map((m) => `${m} <> 0`).join(' or ');
  const raw = fields.map((_, index) => `c${index + 1}`).join(', ');
  const changeOut = mode === 'I' ? ['op', 'op_time'] : [];
  return `insert into ${name} (line, ${[...changeOut, ...names, ...masksSet].join(', ')}, raw)
    with source as (select * from ${source}),
    ${ctes.join(',\n')},
    judged as (select *, ${maskColumns.join(',\n')} from layer${layers.length - 1})
    select line, ${[...changeOut, ...values].join(', ')}, ${masksSet.join(', ')},
      case when ${anyFault} then [${raw}] end as raw
    from judged`;
}

/** A deletion names only its key; nothing else of the record is judged. */
function guarded(
  { code, position }: PlannedFault,
  condition: string,
  plan: { mode: 'F' | 'I'; keys: ReadonlySet<number> },
): string {
  if (plan.mode === 'F' || position <= 2) return condition;
  const ofKey = plan.keys.has(position) && !code.startsWith('REF');
  return ofKey ? condition : `op <> 'D' and (${condition})`;
}
