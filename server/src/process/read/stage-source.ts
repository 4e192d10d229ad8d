import { basename } from 'node:path';
import { formatUnknown } from '../errors.ts';
import { stageCsv } from './csv-source.ts';
import { stageOcelJson } from './ocel-json-source.ts';
import { stageOcelSqlite } from './ocel-sqlite-source.ts';
import type { SourceRequest, StagedSource } from './source.ts';
import { stageXes } from './xes-source.ts';

export type FormatName = 'xes' | 'ocel-json' | 'ocel-sqlite' | 'csv';

/** Brings a file into the staging folder by the format it has or is said to have. */
export function stageSource(
  request: SourceRequest,
  format: FormatName | null,
): Promise<StagedSource> {
  switch (format ?? formatOf(request.head, request.path)) {
    case 'xes':
      return stageXes(request);
    case 'ocel-json':
      return stageOcelJson(request);
    case 'ocel-sqlite':
      return stageOcelSqlite(request);
    case 'csv':
      return stageCsv(request);
  }
}

/** Tells the format by the first bytes; only a table needs its name for it. */
function formatOf(head: Buffer, path: string): FormatName {
  if (head.subarray(0, 15).toString('latin1') === 'SQLite format 3') return 'ocel-sqlite';
  const start = head
    .subarray(0, 4096)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (start.startsWith('<')) return 'xes';
  if (start.startsWith('{')) return 'ocel-json';
  if (/\.(csv|tsv|txt)(\.gz)?$/i.test(path) || /^[^\n]*[,;\t|]/.test(start)) return 'csv';
  throw formatUnknown({ file: basename(path) });
}

/** The name a log gets from its file: `receipt.xes.gz` → `receipt`. */
export function logNameOf(path: string): string {
  return basename(path)
    .replace(/\.gz$/i, '')
    .replace(/\.(xes|csv|tsv|txt|json|jsonocel|sqlite|sqlite3|db)$/i, '');
}
