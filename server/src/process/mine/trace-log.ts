/** Traces with how many cases took each: all the miner needs of a log. */
export type TraceLog = readonly { readonly trace: readonly string[]; readonly count: number }[];

/** What directly follows what, with what a log begins and ends with. */
export interface FollowGraph {
  readonly activities: readonly string[];
  readonly follows: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly start: ReadonlyMap<string, number>;
  readonly end: ReadonlyMap<string, number>;
}

export function followGraph(log: TraceLog): FollowGraph {
  const activities = new Set<string>();
  const follows = new Map<string, Map<string, number>>();
  const start = new Map<string, number>();
  const end = new Map<string, number>();
  const add = (map: Map<string, number>, key: string, count: number): void =>
    void map.set(key, (map.get(key) ?? 0) + count);
  for (const { trace, count } of log) {
    for (const [at, name] of trace.entries()) {
      activities.add(name);
      const next = trace[at + 1];
      if (next === undefined) continue;
      const out = follows.get(name) ?? new Map<string, number>();
      follows.set(name, out);
      add(out, next, count);
    }
    const [first] = trace;
    const last = trace.at(-1);
    if (first !== undefined) add(start, first, count);
    if (last !== undefined) add(end, last, count);
  }
  return { activities: [...activities].sort(), follows, start, end };
}

/** Leaves out what follows an activity rarely, measured by what follows it most (IMf's noise). */
export function withoutNoise(graph: FollowGraph, threshold: number): FollowGraph {
  const follows = new Map(
    [...graph.follows].map(([from, out]) => {
      const most = Math.max(graph.end.get(from) ?? 0, ...out.values());
      return [from, new Map([...out].filter(([, count]) => count >= threshold * most))] as const;
    }),
  );
  return { ...graph, follows };
}

/** Puts equal traces together again after a log was split. */
export function merged(log: TraceLog): TraceLog {
  const counts = new Map<string, { trace: readonly string[]; count: number }>();
  for (const { trace, count } of log) {
    const key = trace.join('\u001f');
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { trace, count });
    else known.count += count;
  }
  return [...counts.values()];
}

export const cases = (log: TraceLog): number => log.reduce((sum, { count }) => sum + count, 0);
