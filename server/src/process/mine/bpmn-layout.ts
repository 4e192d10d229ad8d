import {
  type BpmnDiagram,
  type BpmnNode,
  branchFlows,
  mirrored,
  type Part,
  shifted,
  straight,
} from './bpmn-parts.ts';
import type { ProcessTree } from './process-tree.ts';

const GAP = 50;
const TASK = { width: 120, height: 80 };
const GATE = { width: 50, height: 50 };
const EVENT = { width: 36, height: 36 };

/** Lays a process tree out as a BPMN diagram: blocks in blocks, so that no two flows need cross. */
export function layOut(tree: ProcessTree): BpmnDiagram {
  return new Layout().diagram(tree);
}

class Layout {
  #count = 0;

  diagram(tree: ProcessTree): BpmnDiagram {
    const row = [
      partOf(this.#node('startEvent', '开始', EVENT)),
      this.#place(tree),
      partOf(this.#node('endEvent', '结束', EVENT)),
    ];
    const { nodes, flows } = shifted(this.#inRow(row), GAP, GAP);
    return { nodes, flows };
  }

  #place(tree: ProcessTree): Part {
    if (tree.kind === 'activity') return partOf(this.#node('task', tree.name, TASK));
    if (tree.kind === 'silent') return this.#inRow([]);
    const children = tree.children.map((child) => this.#place(child));
    const [first, ...rest] = children;
    if (tree.kind === 'sequence') return this.#inRow(children);
    if (tree.kind === 'loop' && first !== undefined) return this.#loop(first, rest);
    return this.#branches(
      tree.kind === 'parallel' ? 'parallelGateway' : 'exclusiveGateway',
      children,
    );
  }

  #id = (kind: string): string => {
    this.#count += 1;
    return `${kind}_${this.#count}`;
  };

  #node(kind: BpmnNode['kind'], name: string, size: typeof GATE, x = 0, y = 0): BpmnNode {
    return { id: this.#id(kind), kind, name, x, y, ...size };
  }

  #inRow(parts: readonly Part[]): Part {
    const shown = parts.filter((part) => part.entry !== null);
    if (shown.length === 0) {
      return { nodes: [], flows: [], width: GAP, height: GATE.height, entry: null, exit: null };
    }
    const height = Math.max(...shown.map((part) => part.height));
    let x = 0;
    const placed = shown.map((part) => {
      const moved = shifted(part, x, (height - part.height) / 2);
      x += part.width + GAP;
      return moved;
    });
    const flows = placed
      .slice(1)
      .map((part, at) => straight(this.#id('flow'), placed[at], part, height / 2));
    return {
      nodes: placed.flatMap((part) => part.nodes),
      flows: [...placed.flatMap((part) => part.flows), ...flows],
      ...{ width: x - GAP, height },
      ...{ entry: placed[0]?.entry ?? null, exit: placed.at(-1)?.exit ?? null },
    };
  }

  #branches(kind: BpmnNode['kind'], children: readonly Part[]): Part {
    const width = Math.max(...children.map((child) => child.width));
    const height = children.reduce((sum, child) => sum + child.height + GAP, -GAP);
    const inner = GATE.width + GAP;
    const level = (height - GATE.height) / 2;
    const split = this.#node(kind, '', GATE, 0, level);
    const join = this.#node(kind, '', GATE, inner + width + GAP, level);
    let y = 0;
    const placed = children.map((child) => {
      const moved = shifted(child, inner + (width - child.width) / 2, y);
      const middle = y + child.height / 2;
      y += child.height + GAP;
      return { ...moved, middle };
    });
    const flows = placed.flatMap((child) => branchFlows(child, split, join, this.#id));
    return {
      nodes: [split, ...placed.flatMap((child) => child.nodes), join],
      flows: [...placed.flatMap((child) => child.flows), ...flows],
      ...{ width: inner + width + GAP + GATE.width, height, entry: split.id, exit: join.id },
    };
  }

  /** The body goes right; what is redone lies below it and goes back left. */
  #loop(body: Part, redo: readonly Part[]): Part {
    const back = this.#branchesOrOne(redo.map(mirrored));
    const width = Math.max(body.width, back.width);
    const inner = GATE.width + GAP;
    const height = body.height + GAP + back.height;
    // The way in must be at half the height, so the part above is as high as the one below.
    const top = Math.max(0, height - body.height);
    const middle = top + body.height / 2;
    const level = middle - GATE.height / 2;
    const join = this.#node('exclusiveGateway', '', GATE, 0, level);
    const split = this.#node('exclusiveGateway', '', GATE, inner + width + GAP, level);
    const placedBody = { ...shifted(body, inner + (width - body.width) / 2, top), middle };
    const placedBack = shifted(back, inner + (width - back.width) / 2, top + body.height + GAP);
    const below = top + body.height + GAP + back.height / 2;
    return {
      nodes: [join, ...placedBody.nodes, ...placedBack.nodes, split],
      flows: [
        ...placedBody.flows,
        ...placedBack.flows,
        ...branchFlows(placedBody, join, split, this.#id),
        ...branchFlows({ ...placedBack, middle: below }, split, join, this.#id),
      ],
      ...{ width: inner + width + GAP + GATE.width, height: 2 * middle },
      ...{ entry: join.id, exit: split.id },
    };
  }

  #branchesOrOne(parts: readonly Part[]): Part {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    return mirrored(this.#branches('exclusiveGateway', parts.map(mirrored)));
  }
}

function partOf(node: BpmnNode): Part {
  const { width, height, id } = node;
  return { nodes: [node], flows: [], width, height, entry: id, exit: id };
}
