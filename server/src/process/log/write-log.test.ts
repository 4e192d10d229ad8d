import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { processMap } from '../discover/process-map.ts';
import { about, openProcessTest } from '../testing/process-world.ts';

const { world, load, dir } = await openProcessTest();

const CASES = 30_000;
const STEPS = ['受理', '初审', '复核', '审批', '办结'];

interface Row {
  readonly id: string;
  readonly activity: string;
  /** Seconds since the log began. */
  readonly at: number;
}

/** Every case once a round, so that no case lies together and none is in one slice by itself. */
function* interleaved(): Generator<Row> {
  for (let round = 0; round < 9; round += 1) {
    for (let n = 0; n < CASES; n += 1) {
      const activity = STEPS[(n + round * round) % STEPS.length] ?? '';
      // One case in seven has its third step before its second.
      const at = round * 1000 + (n % 7 === 0 && round === 2 ? -1500 : 0) + (n % 100);
      yield { id: `C${n}`, activity, at };
    }
  }
}

test('cases scattered over a file larger than one slice are put together as if sorted at once', async () => {
  const rows = [...interleaved()];
  const day = Date.UTC(2026, 0, 5);
  const time = (at: number) => new Date(day + at * 1000).toISOString();
  const path = join(dir, 'scattered.csv');
  const lines = rows.map(({ id, activity, at }) => `${id},${activity},${time(at)}`);
  writeFileSync(path, `case_id,activity,timestamp\n${lines.join('\n')}\n`);
  const info = await load(path, { log: 'scattered' });
  const byCase = Map.groupBy(rows, ({ id }) => id);
  const edges = new Map<string, { count: number; total: number }>();
  let late = 0;
  for (const walked of byCase.values()) {
    late += walked.filter(({ at }, n) => at < (walked[n - 1]?.at ?? at)).length;
    const sorted = walked.toSorted((a, b) => a.at - b.at);
    for (const [n, { activity, at }] of sorted.entries()) {
      const next = sorted[n + 1];
      if (next === undefined) continue;
      const edge = edges.get(`${activity}→${next.activity}`) ?? { count: 0, total: 0 };
      edge.count += 1;
      edge.total += next.at - at;
      edges.set(`${activity}→${next.activity}`, edge);
    }
  }
  assert.deepEqual([info.cases, info.events, info.report.out_of_order], [CASES, rows.length, late]);
  const map = await processMap(world, about('scattered'));
  const found = map.edges.map(({ from, to, count, total_s }) => [`${from}→${to}`, count, total_s]);
  assert.deepEqual(
    found.sort(),
    [...edges].map(([edge, { count, total }]) => [edge, count, total]).sort(),
  );
  assert.ok(late > 4_000);
});
