import { findImports } from './find-imports.ts';
import { isCode, isTestFile, type SourceFile, type Violation } from './source-file.ts';

/** Finds files that need each other to load; imports of types alone do not count. */
export function checkCycles(files: readonly SourceFile[]): Violation[] {
  const graph = new Map<string, readonly string[]>();
  for (const file of files) {
    if (!isCode(file.path) || isTestFile(file.path)) continue;
    const targets = findImports(file).flatMap(({ target, typeOnly }) =>
      target === null || typeOnly ? [] : [target],
    );
    graph.set(file.path, targets);
  }
  return findCycles(graph).map((cycle) => ({
    rule: 'cycle',
    path: cycle[0] ?? '',
    message: [...cycle, cycle[0]].join(' → '),
  }));
}

/** Lists the cycles that a depth-first walk meets; empty exactly when the graph has none. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  const walk = (node: string, trail: readonly string[]): void => {
    const at = trail.indexOf(node);
    if (at >= 0) cycles.push(trail.slice(at));
    if (at >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) walk(next, [...trail, node]);
    done.add(node);
  };
  for (const node of graph.keys()) walk(node, []);
  return cycles;
}
