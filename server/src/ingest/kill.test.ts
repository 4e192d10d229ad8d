import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  assertSameEnd,
  beginRound,
  type Round,
  runAndLook,
  runUninterrupted,
  type Uninterrupted,
} from './testing/kill-bench.ts';
import { buildTwoSources } from './testing/two-sources.ts';
import type { LoadStep } from './world.ts';

const SEED = 20261103;
const STEPS: readonly LoadStep[] = ['received', 'staged', 'checked', 'published', 'acknowledged'];

let dir = '';
let packages: readonly string[] = [];
let expected: Uninterrupted;
let rounds = 0;
let kills = 0;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huiliu-kill-'));
  const [core1, core2, civil1, civil2, civil3] = await buildTwoSources(join(dir, 'sent'));
  // Civil affairs first, so that packages release rows of earlier ones while they are killed.
  packages = [civil1, core1, civil2, civil3, core2].map((path) => path ?? '');
  expected = await runUninterrupted(dir, packages);
});
after(() => rm(dir, { recursive: true, force: true }));

function numbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/** Kills processes as `attempt` says until one of them finishes, then compares the end. */
async function playRound(attempt: (round: Round, number: number) => Promise<'killed' | 'done'>) {
  rounds += 1;
  const dataDir = join(dir, `round-${rounds}`);
  // Every other round stages first rows in place, which must make no difference.
  const round = await beginRound(dataDir, packages, expected, rounds % 2 === 0 ? 1 : undefined);
  let own = 0;
  while ((await attempt(round, own)) === 'killed') own += 1;
  await assertSameEnd(round);
  await rm(dataDir, { recursive: true, force: true });
  kills += own;
  return own;
}

test('every package of the uninterrupted run changes what is visible', () => {
  const states = new Set(expected.states.map((state) => JSON.stringify(state)));
  assert.equal(states.size, packages.length + 1);
});

test('killed at each step in turn, the loads end as if nothing had happened', async (t) => {
  for (const first of [0, 4]) {
    const own = await playRound((round, number) =>
      runAndLook(round, { at: STEPS[(first + number) % STEPS.length] ?? 'received' }),
    );
    t.diagnostic(`${own} kills beginning at ${STEPS[first]}`);
    assert.ok(own >= 10, `only ${own} kills`);
  }
});

test('killed between the statements of its transactions, no half package is ever visible', async (t) => {
  const next = numbers(SEED);
  let own = 0;
  while (own < 14) {
    own += await playRound((round, number) =>
      number < 14
        ? runAndLook(round, { at: 'statement', number: 1 + next(60) })
        : runAndLook(round, { at: 'never' }),
    );
  }
  t.diagnostic(`${own} kills between statements, seed ${SEED}`);
});

test('killed from outside at random moments, at least fifty kills in all', async (t) => {
  const next = numbers(SEED + 1);
  let own = 0;
  while (own < 12 || kills < 52) {
    own += await playRound((round, number) => {
      if (number >= 14) return runAndLook(round, { at: 'never' });
      const from = number % 4 === 3 ? 'born' : 'open';
      return runAndLook(round, { at: 'never' }, { from, ms: next(from === 'born' ? 900 : 700) });
    });
  }
  t.diagnostic(`${own} random kills, ${kills} in all, seed ${SEED + 1}`);
  assert.ok(kills >= 50);
});
