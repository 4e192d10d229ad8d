import type { TableDef } from '../../contract/index.ts';
import type { Loaded, Report } from '../../municipal/index.ts';
import type { ViewDef } from '../model.ts';
import type { ViewShape } from './shapes.ts';

/** Orders shared views so that each reads only tables, parameters and views before it. */
export function inReadingChain(
  items: ReadonlyMap<string, Loaded<ViewShape>>,
  known: { tables: ReadonlyMap<string, TableDef>; params: readonly string[] },
  report: Report,
): Map<string, ViewDef> {
  const ordered = new Map<string, ViewDef>();
  const outside = new Set([...known.tables.keys(), ...known.params]);
  const waiting = new Map([...items].sort(([a], [b]) => (a < b ? -1 : 1)));
  for (let before = -1; before !== waiting.size; ) {
    before = waiting.size;
    for (const [name, { shape }] of waiting) {
      if (!shape.reads.every((read) => outside.has(read) || ordered.has(read))) continue;
      const { title, stored, reads, sql } = shape;
      ordered.set(name, { name, title, stored: stored ?? false, reads, sql: sql.trim() });
      waiting.delete(name);
    }
  }
  for (const [name, { shape, file }] of waiting) {
    const missing = shape.reads.filter((read) => !outside.has(read) && !ordered.has(read));
    const text = `公共视图 ${name} 读的 ${missing.join('、')} 不存在，或彼此循环引用`;
    report(file.path, file.at(['reads']), text);
  }
  return ordered;
}
