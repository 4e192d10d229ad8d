import type { Chunk } from '../decode/index.ts';
import { textLiteral } from './sql-text.ts';

/** The FROM item that reads one chunk: `line` and `c1…cn`, all text. */
export function chunkSource(
  chunk: Pick<Chunk, 'path' | 'multiline'>,
  format: { delimiter: string; quote: string; nullText: string; fields: number },
): string {
  const columns = Array.from({ length: format.fields }, (_, i) => `c${i + 1}: 'VARCHAR'`);
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
