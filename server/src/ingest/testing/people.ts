import type { DatasetSpec } from './package-builder.ts';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** 500 men a day and region can be numbered. */
const REGIONS = ['140502', '140521', '140522', '140524', '140525', '140581'];

/** Makes a correct citizen number of nobody: a man born on `birth`, the `serial`-th of 3,000. */
export function citizenId(
  serial: number,
  birth = '19600101',
  region = REGIONS[Math.floor(serial / 500)],
): string {
  if (region === undefined) throw new Error(`no citizen number for serial ${serial}`);
  const body = `${region}${birth}${String((serial % 500) * 2 + 1).padStart(3, '0')}`;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(body[index]), 0);
  return body + '10X98765432'[sum % 11];
}

export const PERSON_COLUMNS = [
  ...['AAC001', 'AAC002', 'AAC058', 'AAC003', 'AAC004', 'AAC006', 'AAC008', 'AAC084', 'AAB034'],
] as const;

type PersonColumn = (typeof PERSON_COLUMNS)[number];

/** An invented man without any fault, number `serial`; `change` replaces what a test is about. */
export function personRow(
  serial: number,
  change: Partial<Record<PersonColumn, string>> = {},
): string[] {
  const row: Record<PersonColumn, string> = {
    AAC001: `P${serial}`,
    AAC002: citizenId(serial),
    AAC058: '01',
    AAC003: `测试${serial}`,
    AAC004: '1',
    AAC006: '19600101',
    AAC008: '1',
    AAC084: '0',
    AAB034: '140502',
    ...change,
  };
  return PERSON_COLUMNS.map((column) => row[column]);
}

/** The dataset `person` with these rows. */
export function personDataset(
  rows: readonly (readonly string[])[],
  extra: Partial<DatasetSpec> = {},
): DatasetSpec {
  return { dataset: 'person', columns: PERSON_COLUMNS, rows, ...extra };
}

export const PAYMENT_COLUMNS = [
  ...['AAZ220', 'AAZ031', 'AAC001', 'AAE140', 'AAA036', 'AAE002', 'AAE003', 'AAE019', 'AAE117'],
] as const;

type PaymentColumn = (typeof PAYMENT_COLUMNS)[number];

/** A payment of person `P<serial>` without any fault. */
export function paymentRow(
  serial: number,
  change: Partial<Record<PaymentColumn, string>> = {},
): string[] {
  const row: Record<PaymentColumn, string> = {
    AAZ220: `B${serial}`,
    AAZ031: 'O1',
    AAC001: `P${serial}`,
    AAE140: '110',
    AAA036: '100011',
    AAE002: '202610',
    AAE003: '202610',
    AAE019: '1234.50',
    AAE117: '1',
    ...change,
  };
  return PAYMENT_COLUMNS.map((column) => row[column]);
}

/** The dataset `benefit_payment` with these rows. */
export function paymentDataset(
  rows: readonly (readonly string[])[],
  extra: Partial<DatasetSpec> = {},
): DatasetSpec {
  return {
    dataset: 'benefit_payment',
    columns: PAYMENT_COLUMNS,
    keys: ['AAZ220', 'AAA036', 'AAE003'],
    money: ['AAE019'],
    rows,
    ...extra,
  };
}
