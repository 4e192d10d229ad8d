import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { silentProgress } from '../../kernel/index.ts';
import { sm3Hex } from '../../security/index.ts';
import { loadPackages } from '../load-packages.ts';
import { digestTables } from '../rebuild/digest.ts';
import type { PackageReport } from '../report.ts';
import type { IngestWorld } from '../world.ts';
import { type OpenWorldOptions, scratchWorld } from './open-world.ts';
import {
  type BuiltPackage,
  buildPackage,
  DEMO_SIGNER,
  type PackageSpec,
  signManifest,
} from './package-builder.ts';
import { paymentDataset, paymentRow, personDataset, personRow } from './people.ts';

/** A world in which two persons and two payments of package 1 are published. */
export interface GateWorld {
  readonly world: IngestWorld;
  readonly dir: string;
  /** Builds a package of source SX; by default the second one, with a new id. */
  build(spec: PackageSpec): Promise<BuiltPackage>;
  load(...paths: readonly string[]): Promise<PackageReport[]>;
  /** Loads one package and gives its report. */
  loadOne(path: string): Promise<PackageReport>;
  /** Builds and loads what must not be published, and shows that nothing published has changed. */
  stopped(given: PackageSpec | string, expected: Expected): Promise<void>;
  /** Does the same and gives the report. */
  stoppedReport(given: PackageSpec | string, expected: Expected): Promise<PackageReport>;
}

interface Expected {
  readonly state?: 'refused' | 'held' | 'awaiting';
  readonly gate: string;
  readonly code: string;
  /** What the Chinese reason must name: file, column, line, numbers. */
  readonly names: readonly string[];
}

/** The first package of every gate test. */
export const FIRST_PACKAGE = 'SX-F-20261031-001';

/** Opens a world and publishes its first package. */
export async function openGates(
  t: TestContext,
  options: Omit<OpenWorldOptions, 'dataDir' | 'postgresUrl'> = {},
): Promise<GateWorld> {
  const { world, dir } = await scratchWorld(t, options);
  let built = 0;
  const build = (spec: PackageSpec): Promise<BuiltPackage> => {
    built += 1;
    const packageId = `SX-F-20261130-${String(built).padStart(3, '0')}`;
    return buildPackage(join(dir, 'sent', String(built)), {
      packageId,
      seq: 2,
      prevPackageId: FIRST_PACKAGE,
      asOf: '2026-11-30',
      ...spec,
    });
  };
  const load = (...paths: readonly string[]) => loadPackages(world, paths, silentProgress);
  const loadOne = async (path: string): Promise<PackageReport> => {
    const [report] = await load(path);
    assert.ok(report !== undefined);
    return report;
  };
  const first = await build({
    packageId: FIRST_PACKAGE,
    seq: 1,
    prevPackageId: null,
    asOf: '2026-10-31',
    datasets: [
      personDataset([personRow(1), personRow(2)]),
      paymentDataset([paymentRow(1), paymentRow(2)]),
    ],
  });
  assert.equal((await loadOne(first.dir)).state, 'published');
  const stoppedReport = async (given: PackageSpec | string, expected: Expected) => {
    const before = await digestTables(world.duck, world.content.tables.values());
    const path = typeof given === 'string' ? given : (await build(given)).dir;
    const report = await loadOne(path);
    const { state = 'refused', gate, code, names } = expected;
    assert.deepEqual(
      [report.state, report.gate, report.code],
      [state, gate, code],
      report.reason ?? '',
    );
    explains(report.reason, names);
    assert.deepEqual(await digestTables(world.duck, world.content.tables.values()), before);
    return report;
  };
  const stopped = async (given: PackageSpec | string, expected: Expected): Promise<void> =>
    void (await stoppedReport(given, expected));
  return { world, dir, build, load, loadOne, stopped, stoppedReport };
}

/** Asserts that a reason is Chinese, names what it should, says what to do, and names no person. */
export function explains(reason: string | null, names: readonly string[]): void {
  assert.ok(reason !== null);
  for (const name of names) assert.ok(reason.includes(name), `“${reason}” 没有写明 ${name}`);
  assert.match(reason, /请|自动继续/, '没有写明下一步');
  assert.doesNotMatch(reason, /测试\d|\d{17}[\dX]|undefined|null|NaN|\[object/);
}

/** Replaces the bytes of a data file and makes the manifest agree with them again. */
export async function replaceFile(
  built: BuiltPackage,
  dataset: string,
  change: (bytes: Buffer) => Buffer,
): Promise<string> {
  const path = join(built.dir, built.files[dataset] ?? '');
  const bytes = change(await readFile(path));
  await writeFile(path, bytes);
  const { sign: _, ...manifest } = built.manifest;
  const datasets = (manifest.datasets as { dataset: string }[]).map((item) =>
    item.dataset === dataset ? { ...item, bytes: bytes.length, sm3: sm3Hex(bytes) } : item,
  );
  const signed = signManifest({ ...manifest, datasets }, DEMO_SIGNER);
  await writeFile(join(built.dir, 'manifest.json'), JSON.stringify(signed));
  return built.dir;
}

/** The bytes with one bit changed at a share (0–1) of their length. */
export function flipBit(bytes: Buffer, at: number): Buffer {
  const flipped = Buffer.from(bytes);
  const place = Math.floor(bytes.length * at);
  flipped.writeUInt8(flipped.readUInt8(place) ^ 0x04, place);
  return flipped;
}
