import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { abstractMap, type WeightedMap } from './abstraction.ts';

/** A map of random walks, so that counts belong together as in a real log. */
function mapOf(walks: readonly (readonly string[])[]): WeightedMap {
  const count = (keys: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts;
  };
  const list = (counts: Map<string, number>) =>
    [...counts].map(([activity, n]) => ({ activity, count: n }));
  const edges = count(walks.flatMap((walk) => walk.slice(1).map((to, at) => `${walk[at]}>${to}`)));
  return {
    activities: [...count(walks.flat())].map(([name, n]) => ({ name, count: n })),
    edges: [...edges].map(([key, n]) => {
      const [from = '', to = ''] = key.split('>');
      return { from, to, count: n };
    }),
    start: list(count(walks.map(([first]) => first ?? ''))),
    end: list(count(walks.map((walk) => walk.at(-1) ?? ''))),
  };
}

const anyMap = fc
  .array(fc.array(fc.constantFrom(...'abcdefghij'), { minLength: 1, maxLength: 9 }), {
    minLength: 1,
    maxLength: 40,
  })
  .map(mapOf);
const share = fc.double({ min: 0, max: 1, noNaN: true });

test('everything is shown at the highest level, and it is said so', () => {
  const map = mapOf(['abc', 'acb', 'abcd'].map((walk) => [...walk]));
  const shown = abstractMap(map, { activities: 1, edges: 1 });
  assert.deepEqual([shown.hidden_activities, shown.hidden_edges], [0, 0]);
  assert.deepEqual([shown.activity_coverage, shown.edge_coverage], [1, 1]);
  assert.equal(shown.text, '显示全部活动和连线');
});

test('shown and hidden add up, no edge hangs on a hidden activity, and the wanted activities are covered', () => {
  fc.assert(
    fc.property(anyMap, share, share, (map, activities, edges) => {
      const shown = abstractMap(map, { activities, edges });
      assert.equal(shown.activities.length + shown.hidden_activities, map.activities.length);
      assert.equal(shown.edges.length + shown.hidden_edges, map.edges.length);
      const names = new Set(shown.activities);
      assert.ok(shown.edges.every(({ from, to }) => names.has(from) && names.has(to)));
      assert.ok(shown.activity_coverage >= activities - 1e-9);
    }),
    { numRuns: 200, seed: 3 },
  );
});

test('with all activities shown each lies on a way from a start to an end, however few edges are wanted', () => {
  fc.assert(
    fc.property(anyMap, (map) => {
      const { edges } = abstractMap(map, { activities: 1, edges: 0 });
      const reached = (from: readonly string[], forth: boolean): Set<string> => {
        const seen = new Set(from);
        for (const name of seen) {
          for (const edge of edges) {
            if ((forth ? edge.from : edge.to) === name) seen.add(forth ? edge.to : edge.from);
          }
        }
        return seen;
      };
      const forth = reached(
        map.start.map(({ activity }) => activity),
        true,
      );
      const back = reached(
        map.end.map(({ activity }) => activity),
        false,
      );
      for (const { name } of map.activities) assert.ok(forth.has(name) && back.has(name), name);
    }),
    { numRuns: 200, seed: 3 },
  );
});

test('the default keeps a map of very many activities readable and says what it leaves out', () => {
  const names = Array.from({ length: 300 }, (_, at) => `a${at}`);
  const shown = abstractMap(
    mapOf(names.map((name, at) => ['s', name, names[(at * 7) % 300] ?? '', 'e'])),
    null,
  );
  assert.equal(shown.activities.length, 20);
  assert.match(shown.text, /显示 20 种活动.*另有 282 种活动、\d+ 条连线未显示/);
});
