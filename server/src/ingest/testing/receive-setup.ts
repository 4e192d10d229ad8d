import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { SourceProfile } from '../../contract/index.ts';
import { keyRingOf, passingKeys } from '../../security/index.ts';
import {
  openRawStore,
  type RawStore,
  type ReceiveOptions,
  type ReceiveResult,
  receivePackage,
} from '../receive/index.ts';
import {
  type BuiltPackage,
  buildPackage,
  type DatasetSpec,
  type PackageSpec,
} from './package-builder.ts';

/** Source SX as the tests know it. */
export const TEST_SOURCE: SourceProfile = {
  src: 'SX',
  title: '测试来源',
  unsignedAllowed: false,
  demoKeys: [{ keyId: 'sx-demo', secret: 'huiliu-demo-secret' }],
  codeMap: [],
  columnMap: {},
  plausibility: { rowShare: 0.3, sumShare: 0.3, incrementFactor: 3, minRows: 100 },
  refuseWhole: false,
};

/** Two small datasets of invented people: one plain, one gzipped with a control total. */
export const TEST_DATASETS: readonly DatasetSpec[] = [
  {
    dataset: 'person',
    columns: ['AAC001', 'AAC003'],
    rows: [
      ['P1', '珅瑋玕'],
      ['P2', '张三|四'],
    ],
  },
  {
    dataset: 'benefit_payment',
    columns: ['AAZ220', 'AAC001', 'AAE019'],
    keys: ['AAZ220'],
    rows: [
      ['1', 'P1', '1200.55'],
      ['2', 'P2', '-0.50'],
    ],
    money: ['AAE019'],
    gzip: true,
    newline: '\n',
  },
];

/** A folder of its own for one test, with all that receiving needs. */
export interface ReceiveSetup {
  readonly dir: string;
  readonly raw: RawStore;
  readonly incomingDir: string;
  /** Builds the test package, changed as stated, in a new folder. */
  build(spec?: Partial<PackageSpec>): Promise<BuiltPackage>;
  receive(path: string, options?: Partial<ReceiveOptions>): Promise<ReceiveResult>;
  /** Receives what must be refused, shows that nothing stayed behind, and gives the refusal. */
  refusal(
    path: string,
    options?: Partial<ReceiveOptions>,
  ): Promise<{ gate: string; code: string; reason: string }>;
}

/** Sets up receiving in a temporary folder that goes with the test. */
export async function setUpReceiving(t: TestContext): Promise<ReceiveSetup> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-receive-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const raw = await openRawStore(join(dir, 'raw'), passingKeys());
  const incomingDir = join(dir, 'incoming');
  let packages = 0;
  const receive = (path: string, options: Partial<ReceiveOptions> = {}): Promise<ReceiveResult> =>
    receivePackage({
      path,
      raw,
      incomingDir,
      keyRing: keyRingOf([]),
      sources: new Map([['SX', TEST_SOURCE]]),
      ...options,
    });
  return {
    dir,
    raw,
    incomingDir,
    receive,
    build: (spec = {}) => {
      packages += 1;
      return buildPackage(join(dir, `package-${packages}`), { datasets: TEST_DATASETS, ...spec });
    },
    refusal: async (path, options) => {
      const result = await receive(path, options);
      assert.equal(result.state, 'refused', JSON.stringify(result));
      assert.deepEqual(await filesUnder(raw.dir), []);
      assert.deepEqual(await filesUnder(incomingDir), []);
      return result.state === 'refused' ? result.refusal : { gate: '', code: '', reason: '' };
    },
  };
}

/** The plain bytes of a stored file. */
export async function storedBytes(raw: RawStore, sm3: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of await raw.open(sm3)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** The paths of everything below a folder that is not an empty folder; none when it is absent. */
export async function filesUnder(dir: string): Promise<string[]> {
  try {
    const all = await readdir(dir, { recursive: true, withFileTypes: true });
    return all
      .filter((entry) => !entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
