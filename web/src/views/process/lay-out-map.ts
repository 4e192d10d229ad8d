import dagre from '@dagrejs/dagre';
import type { MapEdge, ProcessMap } from '../../api/process.ts';

/** A place of the drawing, pixels at scale 1. */
export interface PlacedNode {
  readonly activity: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly cases: number;
}

export interface PlacedEdge {
  readonly edge: MapEdge | null;
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly path: string;
  readonly x: number;
  readonly y: number;
  /** 1–8 px by frequency. */
  readonly stroke: number;
}

export interface PlacedMap {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const START = '开始';
export const END = '结束';
const NODE_HEIGHT = 44;
const CHARACTER = 14;

/** Lays the shown part of a map out from top to bottom; the same map gives the same drawing. */
export function layOutMap(map: ProcessMap): PlacedMap {
  const graph = new dagre.graphlib.Graph({ multigraph: false });
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 30, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  const shown = new Set(map.shown.activities);
  const nodes = map.nodes.filter(({ activity }) => shown.has(activity));
  for (const { activity } of nodes) {
    graph.setNode(activity, { width: widthOf(activity), height: NODE_HEIGHT });
  }
  for (const name of [START, END]) graph.setNode(name, { width: 64, height: 28 });
  const edges = edgesOf(map, shown);
  for (const { from, to } of edges)
    graph.setEdge(from, to, { width: 56, height: 16, labelpos: 'c' });
  dagre.layout(graph);
  const most = Math.max(1, ...edges.map(({ count }) => count));
  const size = graph.graph();
  return {
    width: Math.ceil(size.width ?? 0),
    height: Math.ceil(size.height ?? 0),
    nodes: [
      ...nodes.map(({ activity, count, cases }) => ({ activity, count, cases })),
      { activity: START, count: map.cases, cases: map.cases },
      { activity: END, count: map.cases, cases: map.cases },
    ].map((node) => ({ ...node, ...graph.node(node.activity) })),
    edges: edges.map(({ edge, from, to, count }) => {
      const placed = graph.edge(from, to) as {
        points: readonly Point[];
        x?: number;
        y?: number;
      };
      const path = softPath(placed.points);
      const middle = placed.points[Math.floor(placed.points.length / 2)] ?? { x: 0, y: 0 };
      return {
        ...{ edge, from, to, count, path, x: placed.x ?? middle.x, y: placed.y ?? middle.y },
        stroke: 1 + 7 * Math.sqrt(count / most),
      };
    }),
  };
}

function edgesOf(map: ProcessMap, shown: ReadonlySet<string>) {
  const wanted = new Set(map.shown.edges.map(({ from, to }) => `${from}\u0001${to}`));
  return [
    ...map.edges
      .filter(({ from, to }) => wanted.has(`${from}\u0001${to}`))
      .map((edge) => ({ edge, from: edge.from, to: edge.to, count: edge.count })),
    ...map.start
      .filter(({ activity }) => shown.has(activity))
      .map(({ activity, count }) => ({ edge: null, from: START, to: activity, count })),
    ...map.end
      .filter(({ activity }) => shown.has(activity))
      .map(({ activity, count }) => ({ edge: null, from: activity, to: END, count })),
  ];
}

type Point = { readonly x: number; readonly y: number };

/** Through the middle between every two corners, so that an arrow bends instead of breaking. */
function softPath(points: readonly Point[]): string {
  const [first = { x: 0, y: 0 }, ...rest] = points;
  const bends = rest.slice(0, -1).map((corner, index) => {
    const next = rest[index + 1] ?? corner;
    const last = index === rest.length - 2;
    const to = last ? next : { x: (corner.x + next.x) / 2, y: (corner.y + next.y) / 2 };
    return `Q${corner.x},${corner.y} ${to.x},${to.y}`;
  });
  const straight = rest.length === 1 ? `L${rest[0]?.x},${rest[0]?.y}` : '';
  return `M${first.x},${first.y}${straight}${bends.join('')}`;
}

/** CJK characters are as wide as they are high, the others about half. */
function widthOf(text: string): number {
  const units = [...text].reduce(
    (sum, one) => sum + ((one.codePointAt(0) ?? 0) > 0x2e80 ? 1 : 0.6),
    0,
  );
  return Math.max(76, Math.min(240, units * CHARACTER + 28));
}
