/** A map with weights: what a reader sees first are the heavy ones. */
export interface WeightedMap {
  readonly activities: readonly { readonly name: string; readonly count: number }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly count: number }[];
  readonly start: readonly { readonly activity: string; readonly count: number }[];
  readonly end: readonly { readonly activity: string; readonly count: number }[];
}

/** How much to show, each from 0 (the least that hangs together) to 1 (everything). */
export interface AbstractionLevel {
  readonly activities: number;
  readonly edges: number;
}

/** What is shown, and in words what is not. */
export interface Abstraction {
  readonly activities: readonly string[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly hidden_activities: number;
  readonly hidden_edges: number;
  /** Share of all executions whose activity is shown. */
  readonly activity_coverage: number;
  /** Share of all transitions whose edge is shown. */
  readonly edge_coverage: number;
  readonly text: string;
}

/** A map of this size is read at a glance; more is shown only on request. */
const READABLE_ACTIVITIES = 20;
const DEFAULT: AbstractionLevel = { activities: 0.95, edges: 0.8 };

const START = '\u0000start';
const END = '\u0000end';

/**
 * Chooses what to show of a map (抽象): the activities that cover the wanted share of all
 * executions, and of the edges first those without which an activity would hang in the air — the
 * widest way from the start to it and from it to the end — then the heaviest until the wanted share.
 */
export function abstractMap(map: WeightedMap, level: AbstractionLevel | null): Abstraction {
  const wanted = level ?? DEFAULT;
  const activities = heaviest(map.activities, wanted.activities, ({ count }) => count);
  const most = level === null ? READABLE_ACTIVITIES : activities.length;
  const shown = new Set(activities.slice(0, Math.max(1, most)).map(({ name }) => name));
  const within = map.edges.filter(({ from, to }) => shown.has(from) && shown.has(to));
  const needed = new Set([
    ...widestWays(arcsOf(map, within, shown), START),
    ...widestWays(
      arcsOf(map, within, shown).map((arc) => ({ ...arc, from: arc.to, to: arc.from })),
      END,
    ).map((key) => key.split('\u0001').reverse().join('\u0001')),
  ]);
  const byWeight = new Set(
    heaviest(within, wanted.edges, ({ count }) => count).map(({ from, to }) => keyOf(from, to)),
  );
  const edges = within.filter(({ from, to }) => {
    const key = keyOf(from, to);
    return needed.has(key) || byWeight.has(key);
  });
  return described(map, shown, edges);
}

function described(
  map: WeightedMap,
  shown: ReadonlySet<string>,
  edges: WeightedMap['edges'],
): Abstraction {
  const activityCoverage = shareOf(
    map.activities.filter(({ name }) => shown.has(name)),
    map.activities,
  );
  const edgeCoverage = shareOf(edges, map.edges);
  const hiddenActivities = map.activities.length - shown.size;
  const hiddenEdges = map.edges.length - edges.length;
  const text =
    hiddenActivities === 0 && hiddenEdges === 0
      ? '显示全部活动和连线'
      : `显示 ${shown.size} 种活动（占全部执行的 ${percent(activityCoverage)}）和 ${edges.length} 条连线（占全部流转的 ${percent(edgeCoverage)}），另有 ${hiddenActivities} 种活动、${hiddenEdges} 条连线未显示`;
  return {
    activities: map.activities.filter(({ name }) => shown.has(name)).map(({ name }) => name),
    edges: edges.map(({ from, to }) => ({ from, to })),
    ...{ hidden_activities: hiddenActivities, hidden_edges: hiddenEdges },
    ...{ activity_coverage: activityCoverage, edge_coverage: edgeCoverage, text },
  };
}

interface Arc {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** The shown part with one place before every beginning and one after every end. */
function arcsOf(map: WeightedMap, edges: readonly Arc[], shown: ReadonlySet<string>): Arc[] {
  return [
    ...edges.filter(({ from, to }) => from !== to),
    ...map.start
      .filter(({ activity }) => shown.has(activity))
      .map(({ activity, count }) => ({ from: START, to: activity, count })),
    ...map.end
      .filter(({ activity }) => shown.has(activity))
      .map(({ activity, count }) => ({ from: activity, to: END, count })),
  ];
}

/** Edges of the tree of ways from `root` whose narrowest edge is as wide as possible. */
function widestWays(arcs: readonly Arc[], root: string): string[] {
  const out = Map.groupBy(arcs, ({ from }) => from);
  const width = new Map<string, number>([[root, Number.POSITIVE_INFINITY]]);
  const via = new Map<string, string>();
  const done = new Set<string>();
  for (;;) {
    const next = [...width].filter(([name]) => !done.has(name)).sort((a, b) => b[1] - a[1])[0];
    if (next === undefined) break;
    const [name, wide] = next;
    done.add(name);
    for (const { to, count } of out.get(name) ?? []) {
      const reach = Math.min(wide, count);
      if (done.has(to) || reach <= (width.get(to) ?? 0)) continue;
      width.set(to, reach);
      via.set(to, name);
    }
  }
  return [...via].map(([to, from]) => keyOf(from, to));
}

const keyOf = (from: string, to: string): string => `${from}\u0001${to}`;

/** The heaviest that together make up at least `share` of the weight; at least one. */
function heaviest<T>(items: readonly T[], share: number, weight: (item: T) => number): T[] {
  const sorted = [...items].sort((a, b) => weight(b) - weight(a));
  const total = sorted.reduce((sum, item) => sum + weight(item), 0);
  let sum = 0;
  const count = sorted.findIndex((item) => {
    sum += weight(item);
    return sum >= share * total;
  });
  return count < 0 ? sorted : sorted.slice(0, count + 1);
}

function shareOf(
  part: readonly { readonly count: number }[],
  whole: readonly { readonly count: number }[],
): number {
  const total = whole.reduce((sum, { count }) => sum + count, 0);
  return total === 0 ? 1 : part.reduce((sum, { count }) => sum + count, 0) / total;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
