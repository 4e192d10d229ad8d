/** A column compared with a literal in a condition; `value` null where nothing is compared. */
export interface ConditionTerm {
  readonly column: string;
  readonly values: readonly string[];
}

/** What a condition names, or why it cannot be used. */
export type Condition =
  | { readonly terms: readonly ConditionTerm[]; readonly fault: null }
  | { readonly terms: readonly ConditionTerm[]; readonly fault: string };

const TOKEN = /\s*(?:('(?:[^']|'')*')|([A-Za-z_]\w*)|(-?\d+(?:\.\d+)?)|(<>|<=|>=|[=<>(),]))/y;
const WORDS = new Set(['and', 'or', 'not', 'in', 'is', 'null']);

/**
 * Reads a `required_when` condition: comparisons of columns with literals, `in`, `is null`,
 * `and`, `or`, `not`, parentheses. Functions and sub-queries are refused: the condition runs for
 * every row of a file and must not look beyond the row.
 */
export function readCondition(sql: string): Condition {
  const terms: { column: string; values: string[] }[] = [];
  let depth = 0;
  let at = 0;
  while (sql.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(sql);
    if (match === null) return { terms, fault: `条件里有不认识的写法：“${sql.slice(at).trim()}”` };
    at = TOKEN.lastIndex;
    const [, literal, word, , symbol] = match;
    if (word !== undefined && !WORDS.has(word.toLowerCase()))
      terms.push({ column: word, values: [] });
    if (literal !== undefined) terms.at(-1)?.values.push(unquote(literal));
    if (symbol === '(') depth += 1;
    if (symbol === ')') depth -= 1;
    if (depth < 0) break;
  }
  if (depth !== 0) return { terms, fault: '条件里的括号不配对' };
  return terms.length === 0 ? { terms, fault: '条件里没有写任何列' } : { terms, fault: null };
}

function unquote(literal: string): string {
  return literal.slice(1, -1).replaceAll("''", "'");
}
