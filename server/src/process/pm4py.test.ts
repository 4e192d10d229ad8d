import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { processMap } from './discover/process-map.ts';
import { listVariants } from './discover/variants.ts';
import type { ImportRequest } from './log/import-log.ts';
import { awkwardXes } from './testing/awkward-log.ts';
import { about, openProcessTest } from './testing/process-world.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const SCRIPT = join(import.meta.dirname, 'testing/pm4py-figures.py');

/** What `pm4py-figures.py` prints; edges are from, to, count, min, mean, median, max, sum. */
interface Figures {
  readonly cases: number;
  readonly events: number;
  readonly edges: readonly (readonly [string, string, ...number[]])[];
  readonly start: readonly (readonly [string, number])[];
  readonly end: readonly (readonly [string, number])[];
  readonly variants: readonly (readonly [readonly string[], number])[];
  readonly duration: Readonly<Record<'median_s' | 'mean_s' | 'max_s' | 'p90_s', number>>;
}

interface Constructed {
  readonly file: string;
  readonly more?: Partial<ImportRequest>;
  readonly columns?: readonly string[];
}

const LOGS: readonly Constructed[] = [
  { file: 'nested.xes' },
  { file: 'missing-times.xes' },
  { file: 'out-of-order.xes' },
  { file: 'repeated-ids.xes' },
  { file: 'everything.xes.gz' },
  { file: 'table.csv', columns: ['案件号', '环节', '完成时间'] },
  { file: 'receipt.csv.gz' },
];

/** Each asks a Python process of its own: `HUILIU_AWKWARD_LOGS=100` for a thorough search. */
const AWKWARD_LOGS = Number(process.env.HUILIU_AWKWARD_LOGS ?? 3);

const { world, load, dir } = await openProcessTest();

/** PM4Py computes in nanoseconds as floats; a microsecond apart is the same time. */
function near(ours: number | null, theirs: number, what: string): void {
  assert.ok(ours !== null, what);
  const allowed = Math.max(2e-6, Math.abs(theirs) * 1e-9);
  assert.ok(Math.abs(ours - theirs) <= allowed, `${what}: ours ${ours}, PM4Py ${theirs}`);
}

async function agrees({ file, more }: Constructed, expected: Figures): Promise<void> {
  const { log } = await load(resolve(FIXTURES, file), more);
  const map = await processMap(world, about(log));
  const { rows } = await listVariants(world, { ...about(log), page: 1, pageSize: 10_000 });
  const pairs = (list: readonly { activity: string; count: number }[]) =>
    list.map(({ activity, count }) => [activity, count]).sort();
  assert.equal(map.cases, expected.cases);
  assert.equal(map.events, expected.events);
  assert.deepEqual(pairs(map.start), expected.start.map((each) => [...each]).sort());
  assert.deepEqual(pairs(map.end), expected.end.map((each) => [...each]).sort());
  const key = (list: readonly string[]): string => list.join('→');
  assert.deepEqual(
    new Map(rows.map(({ activities, cases }) => [key(activities), cases])),
    new Map(expected.variants.map(([activities, count]) => [key(activities), count])),
  );
  for (const name of ['median_s', 'mean_s', 'max_s', 'p90_s'] as const) {
    near(map.duration[name], expected.duration[name], name);
  }
  assert.equal(map.edges.length, expected.edges.length);
  for (const [from, to, count, min, mean, median, max, sum] of expected.edges) {
    const edge = map.edges.find((each) => each.from === from && each.to === to);
    assert.ok(edge, `${from}→${to}`);
    assert.equal(edge.count, count);
    near(edge.min_s, min ?? 0, `${from}→${to} min`);
    near(edge.mean_s, mean ?? 0, `${from}→${to} mean`);
    near(edge.median_s, median ?? 0, `${from}→${to} median`);
    near(edge.max_s, max ?? 0, `${from}→${to} max`);
    near(edge.total_s, sum ?? 0, `${from}→${to} sum`);
  }
}

for (const given of LOGS) {
  test(`${given.file}: every number PM4Py computes is the same here`, async () => {
    const name = given.file.split('.')[0];
    const text = readFileSync(join(FIXTURES, `${name}.pm4py.json`), 'utf8');
    await agrees(given, JSON.parse(text) as Figures);
  });
}

/** A Python that has PM4Py: named by HUILIU_PYTHON, else the system's. */
function pythonWithPm4py(): string | null {
  const python = process.env.HUILIU_PYTHON ?? 'python3';
  try {
    execFileSync(python, ['-c', 'import pm4py'], { stdio: 'ignore' });
    return python;
  } catch {
    return null;
  }
}

const python = pythonWithPm4py();
const here = {
  skip: python === null ? '没有装 PM4Py 的 Python（可用 HUILIU_PYTHON 指明）' : false,
};

function askPm4py(path: string): Figures {
  const out = execFileSync(python ?? '', [SCRIPT, path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Figures;
}

test('PM4Py of this machine still gives the recorded numbers', here, async () => {
  const given: Constructed = { file: 'everything.xes.gz' };
  await agrees(given, askPm4py(join(FIXTURES, given.file)));
});

for (let seed = 1; seed <= AWKWARD_LOGS; seed += 1) {
  test(`awkward log ${seed}: PM4Py of this machine gives the same numbers`, here, async () => {
    const path = join(dir, `awkward-${seed}.xes`);
    writeFileSync(path, awkwardXes(seed));
    await agrees({ file: path }, askPm4py(path));
  });
}

test('the municipal log of the contract has its figures', async () => {
  const map = await processMap(world, about('receipt'));
  const { rows, total } = await listVariants(world, { ...about('receipt'), page: 1, pageSize: 5 });
  assert.deepEqual(
    [map.cases, map.events, map.activities, map.variants, map.start.length, map.end.length],
    [1434, 8577, 27, 116, 1, 14],
  );
  assert.equal(map.edges.length, 99);
  assert.equal(
    map.edges.reduce((sum, { count }) => sum + count, 0),
    7143,
  );
  assert.equal(total, 116);
  assert.deepEqual(
    rows.map(({ cases }) => cases),
    [713, 123, 116, 115, 75],
  );
  assert.equal(map.duration.median_s?.toFixed(2), '2868.58');
  assert.equal(map.duration.mean_s?.toFixed(1), '467263.9');
  assert.equal(map.duration.max_s?.toFixed(1), '23832541.5');
});
