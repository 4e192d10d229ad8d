import type { CodeList, ColumnDef, ColumnType, SourceProfile } from '../../contract/index.ts';
import { codeTable } from '../../municipal/index.ts';
import type { Spelling, UsualForm } from '../decode/index.ts';
import { textLiteral } from './sql-text.ts';

/**
 * SQL that turns the text of a file into typed values, and the faults it can find on the way
 * (gate G7). Every cast is a TRY_CAST: one plain cast in a check would abort the whole load.
 */

/** One thing that can be wrong with a value; codes are those of the package contract §3. */
export interface Fault {
  readonly code: string;
  /** SQL condition; null counts as false. */
  readonly when: string;
  readonly kind: 'quarantine' | 'issue';
}

export interface TypedValue {
  /** SQL expression of the typed value, null where the text is empty or wrong. */
  readonly value: string;
  readonly faults: readonly Fault[];
  /** `expression as name` columns that the value uses, so that each is computed once. */
  readonly prepare?: readonly string[];
}

/** Condition of a fault that a row read this way cannot have; it keeps its bit all the same. */
export const NEVER = 'false';

/** Source texts that stand for "no date" in core systems (data dictionary §3.5). */
const NO_DATE = ['0', '00000000', '000000', '99991231', '999912', '9999-12-31'];

/** Not `in`: the engine makes a join of a list of six, in which every row takes part. */
function isOneOf(raw: string, values: readonly string[]): string {
  return `list_contains([${values.map(textLiteral).join(', ')}], ${raw})`;
}

/** Types `raw`, null when empty, as the column asks; of the usual spelling it comes typed in its form. */
export function typedValue(
  column: ColumnDef,
  raw: string,
  context: { codeList: CodeList | null; profile: SourceProfile; spelling: Spelling },
): TypedValue {
  const { codeList, profile, spelling } = context;
  if (column.codes !== null && codeList !== null) return codeValue(column, raw, codeList, profile);
  const form = spelling === 'usual' ? usualForm(column, codeList) : 'text';
  return withRange(column, form === 'text' ? typedText(column, raw) : usualValue(form, raw));
}

/** The form in which the values of a column usually come (`decode/usual-form.ts`). */
export function usualForm(column: ColumnDef, codeList: CodeList | null): UsualForm {
  if (column.codes !== null && codeList !== null) return 'text';
  const kind = kindOf(column.type);
  if (kind === 'month' || kind === 'money') return kind;
  // How exact a day of death is shows in its text.
  if (kind === 'date') return column.name === 'death_date' ? 'text' : 'date';
  return kind === 'integer' ? 'whole' : 'text';
}

/** A value that the reader of the file has found to be in this form cannot be wrong. */
function usualValue(form: Exclude<UsualForm, 'text'>, n: string): TypedValue {
  const right = (value: string, code: string): TypedValue => ({
    value,
    faults: [{ code, when: NEVER, kind: 'quarantine' }],
  });
  switch (form) {
    case 'month':
      return right(`make_date(${n} // 100, ${n} % 100, 1)`, 'DATE01');
    case 'date':
      return right(`make_date(${n} // 10000, ${n} // 100 % 100, ${n} % 100)`, 'DATE01');
    case 'money':
      return right(`try_cast(${n} * 100 as bigint)`, 'NUM01');
    case 'whole':
      return right(n, 'NUM01');
  }
}

/** SQL that gives back the text of a value in this form. */
export function usualText(form: UsualForm, raw: string): string {
  return form === 'text' ? raw : `cast(${raw} as varchar)`;
}

function typedText(column: ColumnDef, raw: string): TypedValue {
  switch (kindOf(column.type)) {
    case 'month':
      return dated(column, raw, monthOf);
    case 'date':
      return dated(column, raw, dateParser(column));
    case 'instant':
      return dated(column, raw, instantOf);
    case 'money':
      return moneyOf(raw);
    case 'decimal':
      return decimalOf(raw, column.type);
    case 'integer':
      return integerOf(raw);
    case 'text':
      return { value: raw, faults: [] };
  }
}

type ValueKind = 'month' | 'date' | 'instant' | 'money' | 'decimal' | 'integer' | 'text';

function kindOf(type: ColumnType): ValueKind {
  switch (type) {
    case 'ym':
      return 'month';
    case 'date':
      return 'date';
    case 'ts':
      return 'instant';
    case 'money':
      return 'money';
    case 'money4':
    case 'dec4':
    case 'rate':
      return 'decimal';
    case 'int':
    case 'int4':
      return 'integer';
    default:
      return 'text';
  }
}

/**
 * The usual spelling first, by arithmetic on the whole number (prepared as {@link digitsOf}): it
 * costs a third of the general way, which takes what is left over. No six characters but digits
 * give a number whose last two digits are a month.
 */
function monthOf(raw: string): string {
  const n = digitsOf(raw);
  const usual = `length(${raw}) = 6 and ${n} >= 100001 and ${n} % 100 between 1 and 12`;
  return `case when ${usual} then make_date(${n} // 100, ${n} % 100, 1) else ${anyMonth(raw)} end`;
}

/** Name of the prepared column that holds a date's text as one number. */
const digitsOf = (raw: string): string => `${raw}_digits`;

function anyMonth(raw: string): string {
  return `case length(${raw})
    when 6 then try_cast(concat(left(${raw}, 4), '-', right(${raw}, 2), '-01') as date)
    when 7 then case when substr(${raw}, 5, 1) in ('-', '.', '/')
      then try_cast(concat(left(${raw}, 4), '-', right(${raw}, 2), '-01') as date) end end`;
}

/** A death known only by its month counts from the month's end (data dictionary, table 9). */
function dateParser(column: ColumnDef): (raw: string) => string {
  if (column.name !== 'death_date') return dateOf;
  return (raw) =>
    `case when length(${raw}) = 6 then last_day(${monthOf(raw)}) else ${dateOf(raw)} end`;
}

/** The first 28 days are days of every month, so arithmetic cannot fail on them. */
function dateOf(raw: string): string {
  const n = digitsOf(raw);
  const usual = `length(${raw}) = 8 and ${n} >= 10000101
    and ${n} % 100 between 1 and 28 and ${n} // 100 % 100 between 1 and 12`;
  return `case when ${usual} then make_date(${n} // 10000, ${n} // 100 % 100, ${n} % 100)
    else ${anyDate(raw)} end`;
}

function anyDate(raw: string): string {
  return `case length(${raw})
    when 8 then try_cast(concat(left(${raw}, 4), '-', substr(${raw}, 5, 2), '-', right(${raw}, 2)) as date)
    when 10 then try_cast(replace(${raw}, '.', '-') as date) end`;
}

/** Timestamp of `yyyyMMddHHmmss` or ISO text; a zone is converted to Shanghai wall time. */
export function instantOf(raw: string): string {
  return `case when length(${raw}) = 14 then try_cast(concat(left(${raw}, 4), '-', substr(${raw}, 5, 2), '-',
      substr(${raw}, 7, 2), ' ', substr(${raw}, 9, 2), ':', substr(${raw}, 11, 2), ':', right(${raw}, 2)) as timestamp)
    when length(${raw}) = 8 then try_cast(concat(left(${raw}, 4), '-', substr(${raw}, 5, 2), '-', right(${raw}, 2)) as timestamp)
    when length(${raw}) in (10, 19) then try_cast(${raw} as timestamp)
    when length(${raw}) > 19 then try_cast(try_cast(${raw} as timestamptz) at time zone 'Asia/Shanghai' as timestamp) end`;
}

function dated(column: ColumnDef, raw: string, parse: (raw: string) => string): TypedValue {
  const isNone = isOneOf(raw, NO_DATE);
  const placeholders = column.required ? '' : ` and not ${isNone}`;
  const value = column.required
    ? parse(raw)
    : `case when ${isNone} then null else ${parse(raw)} end`;
  return {
    value,
    prepare: [`try_cast(${raw} as integer) as ${digitsOf(raw)}`],
    faults: [
      {
        code: 'DATE01',
        when: `{value} is null and ${raw} is not null${placeholders}`,
        kind: 'quarantine',
      },
    ],
  };
}

/**
 * Yuan with at most two decimals → fen. DECIMAL(18) is an int64; a wider one is parsed a hundred
 * times slower, and no account holds 10^14 yuan.
 */
function moneyOf(raw: string): TypedValue {
  const yuan = `${raw}_yuan`;
  const longer = `try_cast(${raw} as decimal(18,4))`;
  const typed = notANumber(
    raw,
    `case when cast(${yuan} as varchar) = ${raw} then try_cast(${yuan} * 100 as bigint)
      when ${plainNumber(raw, 2)} then try_cast(${longer} * 100 as bigint) end`,
  );
  return { ...typed, prepare: [`try_cast(${raw} as decimal(18,2)) as ${yuan}`] };
}

function decimalOf(raw: string, type: ColumnType): TypedValue {
  const [target, places] =
    type === 'money4'
      ? ['decimal(16,4)', 4]
      : type === 'dec4'
        ? ['decimal(14,4)', 4]
        : ['decimal(9,6)', 6];
  return notANumber(
    raw,
    `case when ${isItself(raw, target)} then try_cast(${raw} as ${target})
      when ${plainNumber(raw, places)} then try_cast(${raw} as ${target}) end`,
  );
}

function integerOf(raw: string): TypedValue {
  return notANumber(
    raw,
    `case when ${isItself(raw, 'integer')} or ${plainNumber(raw, 0)} then try_cast(${raw} as integer) end`,
  );
}

/** Spelled as the database itself spells the number: half the cost of the pattern below. */
function isItself(raw: string, type: string): string {
  return `cast(try_cast(${raw} as ${type}) as varchar) = ${raw}`;
}

/**
 * Casts alone would round what is too long, read `1_000`, and take an exponent: the mark of a
 * spreadsheet that has lost digits. Zeros after the last place are no more exact and pass.
 */
function plainNumber(raw: string, places: number): string {
  const fraction = places === 0 ? '' : `([.][0-9]{0,${places}}0*)?`;
  return `regexp_full_match(${raw}, ' *[-+]?[0-9]{1,18}${fraction} *')`;
}

function notANumber(raw: string, value: string): TypedValue {
  return {
    value,
    faults: [{ code: 'NUM01', when: `${raw} is not null and {value} is null`, kind: 'quarantine' }],
  };
}

function codeValue(
  column: ColumnDef,
  raw: string,
  list: CodeList,
  profile: SourceProfile,
): TypedValue {
  const table = [...codeTable(profile, list, column.code ?? column.name)];
  const mapped = table.filter(([from, to]) => from !== to);
  const branches = mapped.map(
    ([from, to]) => `when ${raw} = ${textLiteral(from)} then ${textLiteral(to)}`,
  );
  const same = table.filter(([from, to]) => from === to).map(([from]) => from);
  const value = `case ${branches.join(' ')} when ${isOneOf(raw, same)} then ${raw} end`;
  return {
    value,
    faults: [
      { code: 'CODE01', when: `${raw} is not null and {value} is null`, kind: 'quarantine' },
    ],
  };
}

/** Fault of a value outside the bounds of its column, and how SQL writes a bound. */
const RANGES: Partial<Record<ValueKind, { code: string; bound: (text: string) => string }>> = {
  month: { code: 'DATE02', bound: monthBound },
  date: { code: 'DATE02', bound: dateBound },
  money: { code: 'NUM02', bound: fenBound },
  decimal: { code: 'NUM02', bound: (text) => text },
  integer: { code: 'NUM02', bound: (text) => text },
};

function withRange(column: ColumnDef, typed: TypedValue): TypedValue {
  const range = RANGES[kindOf(column.type)];
  if (range === undefined) return typed;
  const outside = [
    column.min === null ? null : `{value} < ${range.bound(column.min)}`,
    column.max === null ? null : `{value} > ${range.bound(column.max)}`,
  ].filter((condition) => condition !== null);
  if (outside.length === 0) return typed;
  const fault: Fault = { code: range.code, when: outside.join(' or '), kind: 'quarantine' };
  return { ...typed, faults: [...typed.faults, fault] };
}

function dateBound(text: string): string {
  const digits = text.replaceAll('-', '');
  return `date ${textLiteral(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`)}`;
}

function monthBound(text: string): string {
  const digits = text.replaceAll('-', '');
  return `date ${textLiteral(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-01`)}`;
}

function fenBound(text: string): string {
  const [yuan = '0', cents = ''] = text.split('.');
  return `${yuan}${cents.padEnd(2, '0')}`;
}
