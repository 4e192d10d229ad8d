import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { layOut } from './bpmn-layout.ts';
import { bpmnXml } from './bpmn-xml.ts';
import { mineTree } from './inductive-miner.ts';
import { type ProcessTree, treeText } from './process-tree.ts';
import type { TraceLog } from './trace-log.ts';

const logOf = (...traces: readonly string[]): TraceLog =>
  traces.map((text) => ({ trace: [...text], count: 10 }));

const treeOf = (log: TraceLog, noise = 0): string => treeText(mineTree(log, noise));

test('finds the blocks of textbook logs', () => {
  assert.equal(treeOf(logOf('abc')), "->( 'a', 'b', 'c' )");
  assert.equal(treeOf(logOf('abd', 'acd')), "->( 'a', X( 'b', 'c' ), 'd' )");
  assert.equal(treeOf(logOf('abcd', 'acbd')), "->( 'a', +( 'b', 'c' ), 'd' )");
  assert.equal(treeOf(logOf('ac', 'abc')), "->( 'a', X( tau, 'b' ), 'c' )");
  assert.equal(treeOf(logOf('abac', 'ac', 'ababac')), "->( *( 'a', 'b' ), 'c' )");
  assert.equal(treeOf(logOf('aab', 'ab')), "->( *( 'a', tau ), 'b' )");
});

test('finds the model of the paper that introduced the miner', () => {
  // L1 of van der Aalst, Process Mining (2016), example log of chapter 6.
  assert.equal(treeOf(logOf('abcd', 'acbd', 'aed')), "->( 'a', X( +( 'b', 'c' ), 'e' ), 'd' )");
});

test('rare behaviour that hides the order disappears with noise and stays without', () => {
  const log: TraceLog = [
    { trace: [...'abcdef'], count: 90 },
    { trace: [...'abdcef'], count: 60 },
    { trace: [...'aef'], count: 5 },
    { trace: [...'fab'], count: 3 },
  ];
  // PM4Py 2.7.23 gives the same tree.
  assert.equal(treeOf(log, 0.2), "->( 'a', 'b', +( 'c', 'd' ), 'e', 'f' )");
  assert.match(treeOf(log, 0), /^\+\( 'a', 'f', /);
});

/** Places of a trace that a tree can reach when it begins at `from`: the language, step by step. */
function reach(tree: ProcessTree, trace: readonly string[], from: number): Set<number> {
  switch (tree.kind) {
    case 'silent':
      return new Set([from]);
    case 'activity':
      return trace[from] === tree.name ? new Set([from + 1]) : new Set();
    case 'exclusive':
      return new Set(tree.children.flatMap((child) => [...reach(child, trace, from)]));
    case 'sequence': {
      let at = new Set([from]);
      for (const child of tree.children) {
        at = new Set([...at].flatMap((place) => [...reach(child, trace, place)]));
      }
      return at;
    }
    case 'loop': {
      const [body = tree, ...redo] = tree.children;
      const ends = new Set<number>();
      const starts = [from];
      const seen = new Set<number>();
      for (const start of starts) {
        if (seen.has(start)) continue;
        seen.add(start);
        for (const end of reach(body, trace, start)) {
          ends.add(end);
          for (const child of redo) starts.push(...reach(child, trace, end));
        }
      }
      return ends;
    }
    case 'parallel':
      return parallelReach(tree.children, trace, from);
  }
}

/** Parts of a parallel block have different activities: each must accept its own of a stretch. */
function parallelReach(
  children: readonly ProcessTree[],
  trace: readonly string[],
  from: number,
): Set<number> {
  const names = children.map(namesOf);
  const ends = new Set<number>();
  for (let to = from; to <= trace.length; to += 1) {
    const stretch = trace.slice(from, to);
    if (!stretch.every((name) => names.some((own) => own.has(name)))) break;
    const fits = children.every((child, at) => {
      const own = stretch.filter((name) => names[at]?.has(name));
      return reach(child, own, 0).has(own.length);
    });
    if (fits) ends.add(to);
  }
  return ends;
}

function namesOf(tree: ProcessTree): Set<string> {
  if (tree.kind === 'activity') return new Set([tree.name]);
  return tree.kind === 'silent'
    ? new Set()
    : new Set(tree.children.flatMap((c) => [...namesOf(c)]));
}

const anyLog = fc.array(fc.array(fc.constantFrom(...'abcdef'), { minLength: 1, maxLength: 7 }), {
  minLength: 1,
  maxLength: 8,
});

test('without noise the model replays every trace of any log', () => {
  fc.assert(
    fc.property(anyLog, (traces) => {
      const tree = mineTree(
        traces.map((trace) => ({ trace, count: 1 })),
        0,
      );
      for (const trace of traces) {
        assert.ok(reach(tree, trace, 0).has(trace.length), `${trace.join('')} ∉ ${treeText(tree)}`);
      }
    }),
    { numRuns: 300, seed: 11 },
  );
});

test('the BPMN of any model is well-formed, joined up, and no two shapes overlap', () => {
  fc.assert(
    fc.property(anyLog, (traces) => {
      const tree = mineTree(
        traces.map((trace) => ({ trace, count: 1 })),
        0,
      );
      const parser = new SaxesParser({ xmlns: true });
      parser.on('error', (error) => {
        throw error;
      });
      parser.write(bpmnXml(tree, '甲 & 乙 <"丙">')).close();
      const { nodes, flows } = layOut(tree);
      for (const node of nodes) {
        const into = flows.filter(({ to }) => to === node.id).length;
        const out = flows.filter(({ from }) => from === node.id).length;
        assert.equal(into === 0, node.kind === 'startEvent');
        assert.equal(out === 0, node.kind === 'endEvent');
        if (node.kind === 'task') assert.deepEqual([into, out], [1, 1]);
      }
      for (const [at, a] of nodes.entries()) {
        for (const b of nodes.slice(at + 1)) {
          const apart =
            a.x + a.width <= b.x ||
            b.x + b.width <= a.x ||
            a.y + a.height <= b.y ||
            b.y + b.height <= a.y;
          assert.ok(apart, `${a.id} and ${b.id} overlap`);
        }
      }
      for (const { from, to, points } of flows) {
        for (const [id, point] of [
          [from, points[0]],
          [to, points.at(-1)],
        ] as const) {
          const node = nodes.find((each) => each.id === id);
          assert.ok(node !== undefined && point !== undefined);
          assert.ok(
            point.x >= node.x - 0.01 && point.x <= node.x + node.width + 0.01,
            `${from}→${to}`,
          );
          assert.ok(
            point.y >= node.y - 0.01 && point.y <= node.y + node.height + 0.01,
            `${from}→${to}`,
          );
        }
      }
    }),
    { numRuns: 150, seed: 11 },
  );
});
