import type { Chunk, UsualForm } from '../decode/index.ts';
import { textLiteral } from './sql-text.ts';

/** What the engine reads a value of a usual form as: months and dates as the number of their digits. */
export const FORM_TYPES: Readonly<Record<UsualForm, string>> = {
  text: 'VARCHAR',
  month: 'INTEGER',
  date: 'INTEGER',
  money: 'DECIMAL(18, 2)',
  whole: 'INTEGER',
};

/**
 * The FROM item that reads one chunk: `line` and `c1…cn`, text but for what a chunk of usual spelling
 * has in a form of its own.
 */
export function chunkSource(
  chunk: Pick<Chunk, 'path' | 'multiline' | 'spelling'>,
  format: {
    readonly delimiter: string;
    readonly quote: string;
    readonly nullText: string;
    readonly fields: number;
    readonly forms: readonly UsualForm[];
  },
): string {
  const typeOf = (index: number) =>
    FORM_TYPES[chunk.spelling === 'usual' ? (format.forms[index] ?? 'text') : 'text'];
  const columns = Array.from({ length: format.fields }, (_, i) => `c${i + 1}: '${typeOf(i)}'`);
  const nulls = format.nullText === '' ? `''` : `['', ${textLiteral(format.nullText)}]`;
  // A line break inside quotes defeats the parallel reader's search for record starts.
  return `read_csv(${textLiteral(chunk.path)}, delim = ${textLiteral(format.delimiter)},
    quote = ${textLiteral(format.quote)}, escape = ${textLiteral(format.quote)}, header = false,
    auto_detect = false, strict_mode = true, nullstr = ${nulls}, new_line = '\\n',
    parallel = ${!chunk.multiline}, columns = {line: 'BIGINT', ${columns.join(', ')}})`;
}

/** The FROM item that reads rows kept in quarantine again: `raw` is the list of fields. */
export function quarantineSource(query: string, fields: number): string {
  const columns = Array.from(
    { length: fields },
    (_, i) => `nullif(raw[${i + 1}], '') as c${i + 1}`,
  );
  return `(select line, ${columns.join(', ')} from (${query}))`;
}
