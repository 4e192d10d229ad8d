import type { ParamValue } from '../model.ts';

/** Pieces of SQL that a `:name` may not be looked for in, or the name itself. */
const PIECE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|::|:([a-z_][a-z0-9_]*)/g;

/** A date without time, written so in parameters. */
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Names a rule's SQL asks for with `:name`. */
export function boundNames(sql: string): Set<string> {
  return new Set([...sql.matchAll(PIECE)].flatMap(([, name]) => name ?? []));
}

/**
 * Writes values in place of `:name` as literals of their type, so that the text alone says what was
 * run and both engines take it. A name without a value stays, and the engine will refuse it.
 */
export function bindSql(sql: string, values: ReadonlyMap<string, ParamValue>): string {
  return sql.replace(PIECE, (piece, name: string | undefined) => {
    const value = name === undefined ? undefined : values.get(name);
    return value === undefined ? piece : literal(value);
  });
}

/** A literal of portable SQL: dates typed, lists in parentheses for `in`. */
export function literal(value: ParamValue): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return `(${value.map(literal).join(', ')})`;
  const text = `'${value.replaceAll("'", "''")}'`;
  return DATE.test(value) ? `date ${text}` : text;
}
