/** How many people and contributions a package of the benchmark holds. */
export interface PackageSize {
  readonly persons: number;
  /** Rows of the contribution file. */
  readonly rows: number;
}

/** The package laid out: who pays, from which unit, over how many months. */
export interface PackageShape extends PackageSize {
  readonly units: number;
  /** Payers of each unit. */
  readonly staff: number;
  readonly payers: number;
  /** First month with contributions, counted as year × 12 + month − 1. */
  readonly firstMonth: number;
}

/** Insurances every payer is in, one row a month each. */
export const INSURANCES = ['110', '210', '410'] as const;

/** The package is as of October 2026. */
export const LAST_MONTH = 2026 * 12 + 9;
/** Contributions before 1950 are refused (table `contribution`). */
const FIRST_MONTH = 1950 * 12;

/** People per unit and payers per unit of a city: 60,000 units and 0.7 M payers of 1.76 M. */
const PERSONS_PER_UNIT = 29;
const STAFF = 12;

/** Every 1,000th contribution names an insurance that no code list has, and must be quarantined. */
export const FAULT_EVERY = 1000;
export const FAULT_AT = 499;

/** Lays out a package of this size. */
export function shapeOf({ persons, rows }: PackageSize): PackageShape {
  const units = Math.max(1, Math.floor(persons / PERSONS_PER_UNIT));
  const staff = Math.min(STAFF, Math.floor(persons / units));
  const payers = units * staff;
  const months = Math.ceil(rows / (payers * INSURANCES.length));
  return { persons, rows, units, staff, payers, firstMonth: LAST_MONTH - months + 1 };
}

/** Says in Chinese why a package of this size cannot be made, or null. */
export function shapeProblem(size: PackageSize): string | null {
  if (size.persons < 100) return '--persons 至少为 100';
  if (size.rows < 1000) return '--rows 至少为 1000';
  const { firstMonth, payers } = shapeOf(size);
  if (firstMonth >= FIRST_MONTH) return null;
  return `${size.persons} 人中 ${payers} 人缴费，缴不出 ${size.rows} 行（最早只到 1950 年）；请增加 --persons 或减小 --rows`;
}

/** Rows of the contribution file that the load must quarantine. */
export function faultyRows(rows: number): number {
  return rows <= FAULT_AT ? 0 : Math.floor((rows - 1 - FAULT_AT) / FAULT_EVERY) + 1;
}
