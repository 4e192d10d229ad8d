import type { FollowGraph } from './trace-log.ts';

/** A way to part the activities of a log; of a loop the first part is the body. */
export interface Cut {
  readonly kind: 'exclusive' | 'sequence' | 'parallel' | 'loop';
  readonly parts: readonly (readonly string[])[];
}

/** Finds a cut in the order of the inductive miner: exclusive, sequence, parallel, loop. */
export function findCut(graph: FollowGraph): Cut | null {
  const found =
    exclusiveCut(graph) ?? sequenceCut(graph) ?? parallelCut(graph) ?? loopCut(graph) ?? null;
  return found !== null && found.parts.length > 1 ? found : null;
}

const edge = ({ follows }: FollowGraph, a: string, b: string): boolean =>
  (follows.get(a)?.get(b) ?? 0) > 0;

/** Parts nodes into groups that `together` connects. */
function components(
  nodes: readonly string[],
  together: (a: string, b: string) => boolean,
): string[][] {
  const left = new Set(nodes);
  const groups: string[][] = [];
  for (const node of nodes) {
    if (!left.delete(node)) continue;
    const group = [node];
    for (const member of group) {
      for (const other of [...left]) {
        if (!together(member, other)) continue;
        left.delete(other);
        group.push(other);
      }
    }
    groups.push(group);
  }
  return groups;
}

function exclusiveCut(graph: FollowGraph): Cut | undefined {
  const parts = components(graph.activities, (a, b) => edge(graph, a, b) || edge(graph, b, a));
  return parts.length > 1 ? { kind: 'exclusive', parts } : undefined;
}

function reachability(graph: FollowGraph): (a: string, b: string) => boolean {
  const reach = new Map<string, Set<string>>();
  for (const from of graph.activities) {
    const seen = new Set<string>();
    const stack = [...(graph.follows.get(from)?.keys() ?? [])];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      stack.push(...(graph.follows.get(node)?.keys() ?? []));
    }
    reach.set(from, seen);
  }
  return (a, b) => reach.get(a)?.has(b) ?? false;
}

/** Activities that reach each other, or neither of which reaches the other, belong together. */
function sequenceCut(graph: FollowGraph): Cut | undefined {
  const reaches = reachability(graph);
  const parts = components(graph.activities, (a, b) => reaches(a, b) === reaches(b, a));
  if (parts.length < 2) return undefined;
  const before = (a: readonly string[], b: readonly string[]): boolean =>
    a.some((x) => b.some((y) => reaches(x, y)));
  const sorted = [...parts].sort((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0));
  return { kind: 'sequence', parts: sorted };
}

/** Both orders occur between any two of different parts, and each part can begin and end a trace. */
function parallelCut(graph: FollowGraph): Cut | undefined {
  const parts = components(graph.activities, (a, b) => !(edge(graph, a, b) && edge(graph, b, a)));
  const whole = (part: readonly string[]): boolean =>
    part.some((name) => graph.start.has(name)) && part.some((name) => graph.end.has(name));
  const complete = parts.filter(whole);
  const rest = parts.filter((part) => !whole(part)).flat();
  const [first, ...others] = complete;
  if (first === undefined || complete.length < 2) return undefined;
  return { kind: 'parallel', parts: [[...first, ...rest], ...others] };
}

/** The body holds everything that begins or ends a trace; what only leads back to it is redone. */
function loopCut(graph: FollowGraph): Cut | undefined {
  const { start, end } = graph;
  const body = graph.activities.filter((name) => start.has(name) || end.has(name));
  const inner = graph.activities.filter((name) => !start.has(name) && !end.has(name));
  const candidates = components(inner, (a, b) => edge(graph, a, b) || edge(graph, b, a));
  const redo = candidates.filter((part) => isRedo(graph, part));
  if (redo.length === 0) return undefined;
  const kept = candidates.filter((part) => !redo.includes(part)).flat();
  return { kind: 'loop', parts: [[...body, ...kept], ...redo] };
}

/** Entered only from ends, and then from all of them; left only to starts, and then to all. */
function isRedo(graph: FollowGraph, part: readonly string[]): boolean {
  const { start, end, activities } = graph;
  const outside = activities.filter((name) => !part.includes(name));
  const starts = [...start.keys()];
  const ends = [...end.keys()];
  return part.every((name) => {
    const entered = outside.filter((other) => edge(graph, other, name));
    const left = outside.filter((other) => edge(graph, name, other));
    return (
      entered.every((other) => end.has(other)) &&
      left.every((other) => start.has(other)) &&
      (entered.length === 0 || ends.every((other) => edge(graph, other, name))) &&
      (left.length === 0 || starts.every((other) => edge(graph, name, other)))
    );
  });
}
