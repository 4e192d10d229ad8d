import { join } from 'node:path';
import type { MunicipalContent } from '../../contract/index.ts';
import { TEST_CONTENT } from './open-world.ts';
import { buildPackage, type DatasetSpec, type PackageSpec } from './package-builder.ts';
import {
  citizenId,
  PAYMENT_COLUMNS,
  PERSON_COLUMNS,
  paymentDataset,
  paymentRow,
  personDataset,
  personRow,
} from './people.ts';
import { TEST_SOURCE } from './receive-setup.ts';

const CIVIL_KEY = { keyId: 'mz-demo', secret: 'another-demo-secret' };

/** The content of the tests with a second source, MZ, whose packages refer to persons of SX. */
export const TWO_SOURCES: MunicipalContent = {
  ...TEST_CONTENT,
  sources: new Map(TEST_CONTENT.sources).set('MZ', {
    ...TEST_SOURCE,
    src: 'MZ',
    demoKeys: [CIVIL_KEY],
  }),
};

const civil = {
  src: 'MZ',
  signer: { alg: 'HMAC-SM3', keyId: CIVIL_KEY.keyId, secret: CIVIL_KEY.secret },
} as const;

const change = (op: string, day: string, row: readonly string[]) => [op, `${day}090000`, ...row];
const changes = (columns: readonly string[]) =>
  ({ mode: 'I', columns: ['op', 'op_time', ...columns] }) as const;

const ENROLMENT = ['AAZ159', 'AAC001', 'AAB001', 'AAE140', 'AAC066', 'AAC030', 'AAC008', 'AAC031'];
const enrolments = (...rows: readonly (readonly [id: string, person: string, unit: string])[]) => ({
  dataset: 'enrolment',
  columns: [...ENROLMENT, 'AAB034'],
  rows: rows.map((row) => [...row, '110', '011', '20200101', '1', '2', '140502']),
});

const UNITS: DatasetSpec = {
  dataset: 'unit',
  columns: ['AAB001', 'AAB004', 'AAB019', 'AAB301', 'AAE119', 'AAB034'],
  rows: [['U1', '甲公司', '60', '140502', '2', '140502']],
};

const DEATHS: DatasetSpec = {
  dataset: 'death_event',
  columns: ['event_id', 'AAC002', 'AAC003', 'AAE138', 'source', 'received_at'],
  rows: [
    ['D1', citizenId(3), '测试3', '20261001', '01', '20261002080000'],
    ['D2', citizenId(4), '别名', '202609', '01', '20261002080000'],
    ['D3', citizenId(77), '测试77', '20261001', '01', '20261002080000'],
  ],
};

/** Two packages of SX (full, then incremental) and three of MZ (full, full, incremental). */
const SPECS: readonly PackageSpec[] = [
  {
    packageId: 'SX-1',
    datasets: [personDataset([1, 2, 3].map((serial) => personRow(serial))), UNITS],
  },
  {
    packageId: 'SX-2',
    seq: 2,
    prevPackageId: 'SX-1',
    datasets: [
      personDataset(
        [
          change('I', '20261101', personRow(4)),
          change('U', '20261101', personRow(2, { AAC003: '改名' })),
          change('I', '20261101', personRow(6, { AAC004: '3' })),
          change('I', '20261102', personRow(5)),
          change('D', '20261103', personRow(1)),
        ],
        changes(PERSON_COLUMNS),
      ),
    ],
  },
  {
    ...civil,
    packageId: 'MZ-1',
    datasets: [
      paymentDataset([
        paymentRow(1),
        paymentRow(2),
        paymentRow(4, { AAE019: '4.00' }),
        paymentRow(5, { AAE019: '5.00' }),
        paymentRow(6, { AAC001: 'P5', AAE019: '6.00' }),
        paymentRow(9),
      ]),
      enrolments(['E1', 'P1', 'U1'], ['E2', 'P4', 'U1'], ['E3', 'P2', 'U404']),
      DEATHS,
    ],
  },
  {
    ...civil,
    packageId: 'MZ-2',
    seq: 2,
    prevPackageId: 'MZ-1',
    datasets: [
      // 2 and 5 are withdrawn, 4 is corrected, 6 names a person who becomes known earlier.
      paymentDataset([
        paymentRow(1),
        paymentRow(4, { AAE019: '4.40' }),
        paymentRow(6, { AAC001: 'P1', AAE019: '6.60' }),
        paymentRow(9),
      ]),
    ],
  },
  {
    ...civil,
    packageId: 'MZ-3',
    mode: 'I',
    seq: 3,
    prevPackageId: 'MZ-2',
    datasets: [
      paymentDataset(
        [
          change('U', '20261102', paymentRow(4, { AAE019: '4.44' })),
          change('U', '20261103', paymentRow(1, { AAC001: 'P5' })),
          change('U', '20261104', paymentRow(1, { AAE019: '1.00' })),
          change('I', '20261102', paymentRow(5, { AAE019: '5.50' })),
          change('I', '20261102', paymentRow(7, { AAE117: 'x', AAC001: 'P2' })),
          change('D', '20261102', paymentRow(9)),
        ],
        changes(PAYMENT_COLUMNS),
      ),
    ],
  },
];

/** Builds the packages in a folder and gives their paths: SX-1, SX-2, MZ-1, MZ-2, MZ-3. */
export async function buildTwoSources(dir: string): Promise<string[]> {
  const paths: string[] = [];
  for (const spec of SPECS) {
    paths.push((await buildPackage(join(dir, spec.packageId ?? ''), spec)).dir);
  }
  return paths;
}
