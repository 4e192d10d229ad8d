import type { ColumnDef, SourceProfile, TableDef } from '../../contract/index.ts';
import { columnOf, headerColumns } from '../../municipal/index.ts';
import type { Spelling, UsualForm } from '../decode/index.ts';
import { insertSql } from './insert-sql.ts';
import {
  type ConditionalFault,
  codeListOf,
  type JudgedColumns,
  type JudgingInput,
  judgeColumns,
  type PlannedFault,
  type SuppliedColumn,
} from './judge-columns.ts';
import { inPlaceColumns, maskNames, stageColumns } from './staged-columns.ts';
import { NEVER, usualForm } from './values.ts';

export type { PlannedFault, ReferenceSets } from './judge-columns.ts';

/**
 * The plan of staging one dataset: one INSERT … SELECT that types, judges and keeps every record.
 *
 * Each possible fault is one bit of a mask, so that a good row costs a few integer operations and
 * only a bad row carries its raw text.
 */

const BITS_PER_MASK = 60;

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
  /** Usual forms of the fields by position. */
  readonly forms: readonly UsualForm[];
  /** `source` gives `line` and `c1…cn`: text, or of the usual spelling typed by `forms`. */
  insert(name: string, source: string, spelling: Spelling): string;
}

export type PlanProblem =
  | { readonly kind: 'missing_column'; readonly columns: readonly string[] }
  | { readonly kind: 'column_twice'; readonly columns: readonly string[] }
  | { readonly kind: 'change_columns' };

/** What a plan is made for: a dataset as its manifest declares it. */
export interface PlanInput extends JudgingInput {
  readonly mode: 'F' | 'I';
  readonly fields: readonly string[];
}

/** Compiles the plan, or says why the dataset cannot be read (gate G6). */
export function planStage(input: PlanInput): StagePlan | PlanProblem {
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
  return assemble(input, supplied, unknown, {
    any: judgeColumns(input, supplied, 'any'),
    usual: judgeColumns(input, supplied, 'usual'),
  });
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

function assemble(
  input: PlanInput,
  supplied: readonly SuppliedColumn[],
  unknown: readonly string[],
  judged: Readonly<Record<Spelling, JudgedColumns>>,
): StagePlan {
  const { def, mode, fields } = input;
  const suppliedNames = new Set(supplied.map((item) => item.column.name));
  const conditional = (spelling: Spelling) => [
    ...changeFaults(mode),
    ...judged[spelling].faults,
    ...lateFaults(def, supplied),
  ];
  const faults = conditional('any').map((fault, index): PlannedFault => {
    const { code, kind, label, position } = fault;
    const mask = Math.floor(index / BITS_PER_MASK);
    return { mask, bit: index % BITS_PER_MASK, code, kind, label, position };
  });
  const masks = Math.ceil(faults.length / BITS_PER_MASK);
  const { constants } = judged.any;
  const shape = { def, masks, constants };
  const accepted = maskNames(masks)
    .map((name, mask) => {
      const bits = faults.filter((f) => f.mask === mask && f.kind === 'quarantine');
      return `(${name} & ${bits.reduce((sum, f) => sum + (1n << BigInt(f.bit)), 0n)}) = 0`;
    })
    .join(' and ');
  const keys = new Set(
    supplied.filter((item) => def.key.includes(item.column.name)).map((item) => item.position),
  );
  const forms = formsOf(input, supplied);
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
    constants,
    forms,
    insert: (name, source, spelling) =>
      insertSql(name, source, {
        ...{ def, mode, faults, masks, keys },
        judged: judged[spelling],
        conditions: conditional(spelling).map(({ when }) => when),
        forms: spelling === 'usual' ? forms : fields.map(() => 'text'),
      }),
  };
}

/** Usual forms of the fields; one that nobody reads is text. */
function formsOf({ fields, content }: PlanInput, supplied: readonly SuppliedColumn[]): UsualForm[] {
  const forms = fields.map((): UsualForm => 'text');
  for (const { column, position } of supplied) {
    forms[position - 1] = usualForm(column, codeListOf(column, content));
  }
  return forms;
}

/** KEY01 and ID08 are found after staging, over the whole file; their bits are reserved here. */
function lateFaults(def: TableDef, supplied: readonly SuppliedColumn[]): ConditionalFault[] {
  const found = (name: string | undefined) => supplied.find(({ column }) => column.name === name);
  const id = def.name === 'person' ? found('id_no') : undefined;
  return [late('KEY01', found(def.key[0])), ...(id === undefined ? [] : [late('ID08', id)])];
}

function late(code: string, item: SuppliedColumn | undefined): ConditionalFault {
  return {
    code,
    when: NEVER,
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
