import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { isHuiliuError } from '../../kernel/index.ts';
import { processMap } from '../discover/process-map.ts';
import { findLog } from '../log/find-log.ts';
import { about, openProcessTest } from '../testing/process-world.ts';
import { chosenFrom } from './ask.ts';
import { type Filter, filterKey } from './filter.ts';

const { world, load } = await openProcessTest();
await load(join(import.meta.dirname, '../fixtures/receipt.csv.gz'), { log: 'receipt' });
const LOG = await findLog(world, about(null).scope, 'receipt');
const engine = await world.logs.engine();

const both = (a: ReadonlySet<number>, b: ReadonlySet<number>): Set<number> =>
  new Set([...a].filter((each) => b.has(each)));

async function keptCases(filters: readonly Filter[]): Promise<Set<number>> {
  const { cases, params } = chosenFrom(LOG, { ...about('receipt'), filters });
  const rows = await engine.read((session) =>
    session.rows<{ case_no: number }>(`select c.case_no from ${cases}`, params),
  );
  return new Set(rows.map(({ case_no }) => case_no));
}

const T02 = 'T02 Check confirmation of receipt';
const T03 = 'T03 Adjust confirmation of receipt';
const T04 = 'T04 Determine confirmation of receipt';
const T05 = 'T05 Print and send confirmation of receipt';
const T06 = 'T06 Determine necessity of stop advice';
const ACTIVITIES = [T02, T03, T04, T05, T06];

const activity = fc.constantFrom(...ACTIVITIES);
const activities = fc.uniqueArray(activity, { minLength: 1, maxLength: 3 });
const anyFilter: fc.Arbitrary<Filter> = fc
  .tuple(
    fc.oneof(
      fc.record({
        kind: fc.constant('channel' as const),
        values: fc.constantFrom(['Internet'], ['Desk', 'Post']),
      }),
      fc.record({
        kind: fc.constant('period' as const),
        from: fc.constantFrom(null, '2011-01-01', '2011-05-01'),
        to: fc.constantFrom('2011-06-30', '2011-10-31'),
        by: fc.constantFrom(
          'started' as const,
          'finished' as const,
          'within' as const,
          'active' as const,
        ),
      }),
      fc.record({
        kind: fc.constant('attribute' as const),
        of: fc.constant('case' as const),
        key: fc.constant('department'),
        values: fc.constantFrom(['General'], ['Customer contact', 'Experts']),
      }),
      fc.record({
        kind: fc.constant('contains' as const),
        activities,
        mode: fc.constantFrom('any' as const, 'all' as const),
      }),
      fc.record({ kind: fc.constant('ends_with' as const), activities }),
      fc.record({
        kind: fc.constant('leads_to' as const),
        from: activity,
        to: activity,
        how: fc.constantFrom('eventually' as const, 'directly' as const),
      }),
      fc.record({
        kind: fc.constant('duration' as const),
        min_s: fc.constantFrom(null, 60, 3600),
        max_s: fc.constantFrom(1e5, 1e6),
      }),
    ),
    fc.boolean(),
  )
  .map(([filter, exclude]) => (exclude ? { ...filter, exclude } : filter) as Filter);

test('filters keep the same cases one by one or together, in any order, and undoing one is leaving it out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyFilter, { minLength: 2, maxLength: 4 }),
      fc.nat(),
      async (filters, turn) => {
        const together = await keptCases(filters);
        const turned = filters.map((_, at) => filters[(at + turn) % filters.length] as Filter);
        assert.deepEqual(await keptCases(turned), together);
        let left = await keptCases([]);
        for (const filter of filters) left = both(left, await keptCases([filter]));
        assert.deepEqual(left, together);
        assert.equal(filterKey(turned), filterKey(filters));
        const [first, ...rest] = filters;
        const undone = await keptCases(rest);
        assert.deepEqual(both(together, undone), together);
        assert.deepEqual(
          both(together, both(undone, await keptCases([first as Filter]))),
          together,
        );
      },
    ),
    { numRuns: 25, seed: 7 },
  );
});

test('a filter and its exclusion part the log', async () => {
  const whole = await keptCases([]);
  await fc.assert(
    fc.asyncProperty(anyFilter, async (filter) => {
      const { exclude: _, ...plain } = filter;
      const kept = await keptCases([plain as Filter]);
      const left = await keptCases([{ ...plain, exclude: true } as Filter]);
      assert.equal(kept.size + left.size, whole.size);
      assert.deepEqual(new Set([...kept, ...left]), whole);
    }),
    { numRuns: 20, seed: 7 },
  );
});

test('the cases of an edge are as many as the map says', async () => {
  const map = await processMap(world, about('receipt'));
  for (const { from, to, cases } of map.edges.slice(0, 12)) {
    const kept = await keptCases([{ kind: 'leads_to', from, to, how: 'directly' }]);
    assert.equal(kept.size, cases, `${from} → ${to}`);
  }
  for (const { activity: name, cases } of map.nodes) {
    const kept = await keptCases([{ kind: 'contains', activities: [name], mode: 'any' }]);
    assert.equal(kept.size, cases, name);
  }
});

test('an activity that does not exist keeps nothing, and a value is never read as SQL', async () => {
  const odd = "x') or 1=1 --";
  assert.equal((await keptCases([{ kind: 'contains', activities: [odd], mode: 'any' }])).size, 0);
  assert.equal(
    (await keptCases([{ kind: 'leads_to', from: odd, to: T02, how: 'eventually' }])).size,
    0,
  );
  assert.equal(
    (await keptCases([{ kind: 'attribute', of: 'case', key: '"]', values: [odd] }])).size,
    0,
  );
});

test('a filter without bounds or with a day that is none is refused', async () => {
  const refused: Filter[] = [
    { kind: 'duration', min_s: null, max_s: null },
    { kind: 'period', from: null, to: null, by: 'started' },
    { kind: 'period', from: '2011', to: null, by: 'started' },
    { kind: 'matter', values: [] },
  ];
  for (const filter of refused) {
    await assert.rejects(keptCases([filter]), (error) =>
      isHuiliuError(error, 'PROCESS_FILTER_INVALID'),
    );
  }
});
