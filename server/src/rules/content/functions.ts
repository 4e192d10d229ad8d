import type { Loaded } from '../../municipal/index.ts';
import type { FunctionDef } from '../model.ts';
import type { FunctionShape } from './shapes.ts';

/** Reads one scalar function of law. */
export function readFunction({ shape }: Loaded<FunctionShape>): FunctionDef {
  return {
    name: shape.id,
    title: shape.title,
    basis: shape.basis,
    args: Object.keys(shape.args),
    sql: shape.sql.trim(),
  };
}

/** Orders functions so that each calls only those before it. */
export function inCallingOrder(functions: readonly FunctionDef[]): FunctionDef[] {
  const ordered: FunctionDef[] = [];
  let waiting = [...functions].sort((a, b) => (a.name < b.name ? -1 : 1));
  while (waiting.length > 0) {
    const ready = waiting.filter(
      (fn) =>
        !waiting.some((other) => other !== fn && new RegExp(`\\b${other.name}\\(`).test(fn.sql)),
    );
    // Functions that call each other stay last; the engine names the fault.
    const next = ready.length > 0 ? ready : waiting;
    ordered.push(...next);
    waiting = waiting.filter((fn) => !next.includes(fn));
  }
  return ordered;
}
