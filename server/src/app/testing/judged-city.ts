import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CityTruth, judgeCity } from '../../../../bench/truth/index.ts';
import { openWorkspace } from '../workspace.ts';

/** Fewer people cannot hold every planted fact; `bench truth` judges larger cities and more seeds. */
const PERSONS = 20_000;

/** Makes, loads and judges one city of the smallest size that holds every planted fact. */
export async function judgedCity(variant: 'clean' | 'planted'): Promise<CityTruth> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-truth-'));
  try {
    return await judgeCity(
      { persons: PERSONS, months: 3, seed: 'truth', variant, dir },
      (dataDir) => openWorkspace({ dataDir, purpose: '对照真值' }),
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
