import type { TableDef } from '../../server/src/contract/index.ts';
import type { RuleDef, RulePack } from '../../server/src/rules/index.ts';

/** The columns of each municipal table that the rules read, directly or through shared views. */
export function scannedColumns(
  rules: readonly RuleDef[],
  pack: Pick<RulePack, 'views'>,
  tables: ReadonlyMap<string, TableDef>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  const seen = new Set<string>();
  const note = (sql: string, reads: readonly string[]): void => {
    const words = new Set(sql.match(/[a-z_][a-z0-9_]*/g) ?? []);
    for (const read of reads) {
      const table = tables.get(read);
      if (table !== undefined) {
        const columns = found.get(read) ?? new Set();
        for (const { name } of table.columns) if (words.has(name)) columns.add(name);
        found.set(read, columns);
      }
      const view = pack.views.get(read);
      if (view === undefined || seen.has(read)) continue;
      seen.add(read);
      note(view.sql, view.reads);
    }
  };
  for (const { sql, reads } of rules) note(sql, reads);
  return new Map([...found].map(([table, columns]) => [table, [...columns].sort()]));
}
