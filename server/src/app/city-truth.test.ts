import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { judgeCity } from '../../../bench/truth/index.ts';
import { openWorkspace } from './workspace.ts';

/** Fewer people cannot hold every planted fact; `bench truth` judges larger cities and more seeds. */
const PERSONS = 20_000;

for (const variant of ['clean', 'planted'] as const) {
  test(`a ${variant} city yields ${variant === 'clean' ? 'nothing' : 'every planted fact and nothing else'}`, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'huiliu-truth-'));
    try {
      const city = await judgeCity(
        { persons: PERSONS, months: 3, seed: 'truth', variant, dir },
        (dataDir) => openWorkspace({ dataDir, purpose: '对照真值' }),
      );
      const { missed, wrongAmounts, forbidden, unexplained } = city;
      assert.deepEqual(
        { missed, wrongAmounts, forbidden, unexplained },
        { missed: [], wrongAmounts: [], forbidden: [], unexplained: [] },
      );
      assert.ok(city.ran >= 220, `${city.ran} rules ran`);
      if (variant === 'planted') assert.ok(city.facts > 400, `${city.facts} facts`);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
}
