import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { MunicipalContent } from '../../contract/index.ts';
import type { Report } from '../../municipal/index.ts';
import type { CaseRow } from '../model.ts';

const FILE = join('rule-cases', 'base-rows.yaml');

/** Reads the rows that complete what a case leaves unsaid: table → column → value. */
export function readBaseRows(
  roots: readonly string[],
  content: MunicipalContent,
  report: Report,
): Readonly<Record<string, CaseRow>> {
  const path = roots.map((root) => join(root, FILE)).find((file) => existsSync(file));
  if (path === undefined) return {};
  const rows = parse(readFileSync(path, 'utf8')) as Record<string, CaseRow>;
  for (const [table, row] of Object.entries(rows)) {
    const def = content.tables.get(table);
    const unknown = Object.keys(row).filter(
      (column) => !def?.columns.some(({ name }) => name === column),
    );
    if (def === undefined || unknown.length > 0) {
      report(path, { line: 1, column: 1 }, `${table} 没有这张表或没有列 ${unknown.join('、')}`);
    }
  }
  return rows;
}
