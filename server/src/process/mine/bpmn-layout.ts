import type { ProcessTree } from './process-tree.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface BpmnNode {
  readonly id: string;
  readonly kind: 'task' | 'exclusiveGateway' | 'parallelGateway' | 'startEvent' | 'endEvent';
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface BpmnFlow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
}

export interface BpmnDiagram {
  readonly nodes: readonly BpmnNode[];
  readonly flows: readonly BpmnFlow[];
}

const GAP = 50;
const TASK = { width: 120, height: 80 };
const GATE = { width: 50, height: 50 };
const EVENT = { width: 36, height: 36 };

/** A part of the diagram with one way in and one way out, at half its height left and right. */
interface Part {
  readonly nodes: readonly BpmnNode[];
  readonly flows: readonly BpmnFlow[];
  readonly width: number;
  readonly height: number;
  /** Null: nothing happens here, the flow passes through. */
  readonly entry: string | null;
  readonly exit: string | null;
}

/** Lays a process tree out as a BPMN diagram: blocks in blocks, so that no two flows need cross. */
export function layOut(tree: ProcessTree): BpmnDiagram {
  let count = 0;
  const id = (kind: string): string => {
    count += 1;
    return `${kind}_${count}`;
  };
  const node = (kind: BpmnNode['kind'], name: string, size: typeof GATE): Part => {
    const made = { id: id(kind), kind, name, x: 0, y: 0, ...size };
    return { nodes: [made], flows: [], ...size, entry: made.id, exit: made.id };
  };

  const inRow = (parts: readonly Part[]): Part => {
    const shown = parts.filter((part) => part.entry !== null);
    if (shown.length === 0)
      return { nodes: [], flows: [], width: GAP, height: GATE.height, entry: null, exit: null };
    const height = Math.max(...shown.map((part) => part.height));
    let x = 0;
    const placed = shown.map((part) => {
      const moved = shifted(part, x, (height - part.height) / 2);
      x += part.width + GAP;
      return moved;
    });
    const flows = placed
      .slice(1)
      .map((part, at) => straight(id('flow'), placed[at], part, height / 2));
    return {
      nodes: placed.flatMap((part) => part.nodes),
      flows: [...placed.flatMap((part) => part.flows), ...flows],
      ...{
        width: x - GAP,
        height,
        entry: placed[0]?.entry ?? null,
        exit: placed.at(-1)?.exit ?? null,
      },
    };
  };

  const branches = (kind: BpmnNode['kind'], children: readonly Part[]): Part => {
    const width = Math.max(...children.map((child) => child.width));
    const height = children.reduce((sum, child) => sum + child.height + GAP, -GAP);
    const inner = GATE.width + GAP;
    const split = shifted(node(kind, '', GATE), 0, (height - GATE.height) / 2);
    const join = shifted(node(kind, '', GATE), inner + width + GAP, (height - GATE.height) / 2);
    let y = 0;
    const placed = children.map((child) => {
      const moved = shifted(child, inner + (width - child.width) / 2, y);
      const middle = y + child.height / 2;
      y += child.height + GAP;
      return { ...moved, middle };
    });
    const [from, to] = [split.nodes[0], join.nodes[0]];
    if (from === undefined || to === undefined) throw new Error('a gateway has one node');
    const flows = placed.flatMap((child) => branchFlows(child, from, to, id));
    return {
      nodes: [...split.nodes, ...placed.flatMap((child) => child.nodes), ...join.nodes],
      flows: [...placed.flatMap((child) => child.flows), ...flows],
      ...{ width: inner + width + GAP + GATE.width, height, entry: from.id, exit: to.id },
    };
  };

  /** The body goes right; what is redone lies below it and goes back left. */
  const loop = (body: Part, redo: readonly Part[]): Part => {
    const back = branchesOrOne(redo.map(mirrored));
    const width = Math.max(body.width, back.width);
    const inner = GATE.width + GAP;
    const height = body.height + GAP + back.height;
    // The way in must be at half the height, so the part above is as high as the one below.
    const top = Math.max(0, height - body.height);
    const middle = top + body.height / 2;
    const join = shifted(node('exclusiveGateway', '', GATE), 0, middle - GATE.height / 2);
    const split = shifted(
      node('exclusiveGateway', '', GATE),
      inner + width + GAP,
      middle - GATE.height / 2,
    );
    const [from, to] = [join.nodes[0], split.nodes[0]];
    if (from === undefined || to === undefined) throw new Error('a gateway has one node');
    const placedBody = { ...shifted(body, inner + (width - body.width) / 2, top), middle };
    const placedBack = shifted(back, inner + (width - back.width) / 2, top + body.height + GAP);
    const below = top + body.height + GAP + back.height / 2;
    return {
      nodes: [...join.nodes, ...placedBody.nodes, ...placedBack.nodes, ...split.nodes],
      flows: [
        ...placedBody.flows,
        ...placedBack.flows,
        ...branchFlows(placedBody, from, to, id),
        ...branchFlows({ ...placedBack, middle: below }, to, from, id),
      ],
      ...{
        width: inner + width + GAP + GATE.width,
        height: 2 * middle,
        entry: from.id,
        exit: to.id,
      },
    };
  };

  const branchesOrOne = (parts: readonly Part[]): Part => {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    return mirrored(branches('exclusiveGateway', parts.map(mirrored)));
  };

  const place = (part: ProcessTree): Part => {
    if (part.kind === 'activity') return node('task', part.name, TASK);
    if (part.kind === 'silent') return inRow([]);
    const children = part.children.map(place);
    const [first, ...rest] = children;
    if (part.kind === 'sequence') return inRow(children);
    if (part.kind === 'loop' && first !== undefined) return loop(first, rest);
    return branches(part.kind === 'parallel' ? 'parallelGateway' : 'exclusiveGateway', children);
  };

  const whole = shifted(
    inRow([node('startEvent', '开始', EVENT), place(tree), node('endEvent', '结束', EVENT)]),
    GAP,
    GAP,
  );
  return { nodes: whole.nodes, flows: whole.flows };
}

function shifted<P extends Part>(part: P, dx: number, dy: number): P {
  return {
    ...part,
    nodes: part.nodes.map((node) => ({ ...node, x: node.x + dx, y: node.y + dy })),
    flows: part.flows.map((flow) => ({
      ...flow,
      points: flow.points.map(({ x, y }) => ({ x: x + dx, y: y + dy })),
    })),
  };
}

/** The same part read from right to left. */
function mirrored(part: Part): Part {
  return {
    ...part,
    nodes: part.nodes.map((node) => ({ ...node, x: part.width - node.x - node.width })),
    flows: part.flows.map((flow) => ({
      ...flow,
      points: flow.points.map(({ x, y }) => ({ x: part.width - x, y })),
    })),
  };
}

function straight(id: string, from: Part | undefined, to: Part, y: number): BpmnFlow {
  const left = from?.nodes.find((node) => node.id === from.exit);
  const right = to.nodes.find((node) => node.id === to.entry);
  if (left === undefined || right === undefined) throw new Error('a part names a node it holds');
  const points = [
    { x: left.x + left.width, y },
    { x: right.x, y },
  ];
  return { id, from: left.id, to: right.id, points };
}

/** The two flows of one branch, or the single one where nothing happens in it. */
function branchFlows(
  branch: Part & { readonly middle: number },
  from: BpmnNode,
  to: BpmnNode,
  id: (kind: string) => string,
): BpmnFlow[] {
  const leave = side(from, branch.middle, to.x > from.x);
  const arrive = side(to, branch.middle, to.x < from.x);
  if (branch.entry === null || branch.exit === null) {
    const points = [...leave, ...[...arrive].reverse()];
    return [{ id: id('flow'), from: from.id, to: to.id, points }];
  }
  const first = branch.nodes.find((node) => node.id === branch.entry);
  const last = branch.nodes.find((node) => node.id === branch.exit);
  if (first === undefined || last === undefined) throw new Error('a part names a node it holds');
  const right = to.x > from.x;
  const into = { x: right ? first.x : first.x + first.width, y: branch.middle };
  const outOf = { x: right ? last.x + last.width : last.x, y: branch.middle };
  return [
    { id: id('flow'), from: from.id, to: first.id, points: [...leave, into] },
    { id: id('flow'), from: last.id, to: to.id, points: [outOf, ...[...arrive].reverse()] },
  ];
}

/** Where a flow touches a gateway: at its side when level with it, else from above or below. */
function side(gate: BpmnNode, y: number, right: boolean): Point[] {
  const centre = { x: gate.x + gate.width / 2, y: gate.y + gate.height / 2 };
  if (Math.abs(y - centre.y) < 1) return [{ x: right ? gate.x + gate.width : gate.x, y: centre.y }];
  const edge = y < centre.y ? gate.y : gate.y + gate.height;
  return [
    { x: centre.x, y: edge },
    { x: centre.x, y },
  ];
}
