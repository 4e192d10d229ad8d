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

/** A part of the diagram with one way in and one way out, at half its height left and right. */
export interface Part {
  readonly nodes: readonly BpmnNode[];
  readonly flows: readonly BpmnFlow[];
  readonly width: number;
  readonly height: number;
  /** Null: nothing happens here, the flow passes through. */
  readonly entry: string | null;
  readonly exit: string | null;
}

export function shifted<P extends Part>(part: P, dx: number, dy: number): P {
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
export function mirrored(part: Part): Part {
  return {
    ...part,
    nodes: part.nodes.map((node) => ({ ...node, x: part.width - node.x - node.width })),
    flows: part.flows.map((flow) => ({
      ...flow,
      points: flow.points.map(({ x, y }) => ({ x: part.width - x, y })),
    })),
  };
}

export function straight(id: string, from: Part | undefined, to: Part, y: number): BpmnFlow {
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
export function branchFlows(
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
