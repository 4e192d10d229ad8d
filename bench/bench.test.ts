import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { silentProgress } from '../server/src/kernel/index.ts';
import type { DossierComparison } from './dossier/index.ts';
import { type IngestComparison, makePackage } from './ingest/index.ts';

const MAIN = join(import.meta.dirname, '../server/src/app/main.ts');
const data = mkdtempSync(join(tmpdir(), 'huiliu-bench-'));
/** Folders are opened as the environment protects them, by whichever process plays a side. */
const env = {
  ...process.env,
  HULIU_ROOT_SECRET: 'only for this test: 0123456789abcdef0123456789',
  HULIU_DUCKDB_CRYPTO: '',
};

test.after(() => rmSync(data, { recursive: true, force: true }));

function huiliu(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const args = ['--disable-warning=ExperimentalWarning', MAIN, ...words, '--data', data];
    execFile(process.execPath, args, { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

test('bench ingest loads what it made, measures both sides and leaves nothing behind', async () => {
  const size = ['--persons', '300', '--rows', '3000', '--rounds', '1', '--quoted'];
  const { code, out, err } = await huiliu('bench', 'ingest', ...size, '--unprotected', '--json');
  assert.ok(code === 0 || code === 1, err);
  const comparison = JSON.parse(out) as IngestComparison;
  assert.equal(comparison.within, code === 0);
  assert.ok(comparison.settings.threads >= 1);
  assert.equal(comparison.protection, 'builtin');
  const [measured, ...others] = comparison.measurements;
  assert.deepEqual(others, []);
  assert.ok(measured !== undefined);
  assert.deepEqual([measured.quoted, measured.rows, measured.quarantined], [true, 3000, 3]);
  const { ours, baseline } = measured;
  assert.equal(measured.ratio, (ours.seconds - ours.phases.cluster) / baseline.seconds);
  assert.equal(measured.ratio_with_order, ours.seconds / baseline.seconds);
  const phases = Object.values(measured.ours.phases).reduce((sum, seconds) => sum + seconds, 0);
  assert.ok(measured.ours.cpu_seconds > 0 && measured.baseline.cpu_seconds > 0);
  assert.ok(Math.abs(phases - measured.ours.seconds) < 0.01);
  const open = measured.unprotected;
  assert.ok(open !== null && open.cpu_seconds > 0);
  const cost = (ours.seconds - ours.phases.cluster) / open.seconds;
  assert.ok(Math.abs(open.cost - cost) < 0.01); // phases are rounded
  assert.deepEqual(readdirSync(data), []);
});

test('bench dossier finds the same rows on both sides, audits itself once and cleans up', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'huiliu-bench-package-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const size = { persons: 300, rows: 3000, quoted: false };
  const { path } = await makePackage(dir, size, silentProgress);
  const loaded = await huiliu('feed', 'load', path, '--no-pipeline');
  assert.equal(loaded.code, 0, loaded.err);
  const options = ['--lookups', '16', '--readers', '4', '--rounds', '1', '--pg-persons', '150'];
  const { code, out, err } = await huiliu('bench', 'dossier', ...options, '--json');
  assert.equal(code, 0, err);
  const comparison = JSON.parse(out) as DossierComparison;
  assert.deepEqual([comparison.persons, comparison.sampled], [300, 150]);
  assert.equal(comparison.protection, 'builtin');
  assert.equal(comparison.rows.person?.baseline, 150);
  assert.ok((comparison.rows.contribution?.baseline ?? 0) > 1000);
  assert.ok(comparison.rows_per_dossier > 10);
  assert.deepEqual(
    comparison.comparisons.map(({ way, key, readers }) => `${way} ${key} ${readers}`),
    ['find', 'open'].flatMap((way) =>
      (way === 'find' ? ['person_id'] : ['person_id', 'id_no']).flatMap((key) =>
        [1, 4].map((readers) => `${way} ${key} ${readers}`),
      ),
    ),
  );
  assert.ok(!readdirSync(data).some((name) => name.startsWith('bench-')));
  assert.deepEqual(readdirSync(join(data, 'staging')), []);
  const audit = await huiliu('audit', 'verify', '--json');
  assert.equal(JSON.parse(audit.out).entries, 1);
});

test('sizes that cannot be made and folders without a city are refused', async () => {
  const refusals = [
    ['APP_OPTION_INVALID', 'ingest', '--persons', '10'],
    ['APP_OPTION_INVALID', 'ingest', '--rounds', '0'],
    ['APP_OPTION_INVALID', 'dossier', '--readers', '17'],
    ['APP_OPTION_INVALID', 'load', '--readers', '501'],
    ['BENCH_CITY_MISSING', 'dossier', '--data', join(data, 'nowhere')],
  ];
  for (const [expected, ...words] of refusals) {
    const { code, out } = await huiliu('bench', ...words, '--json');
    assert.deepEqual([code, JSON.parse(out).error.code], [2, expected]);
  }
});
