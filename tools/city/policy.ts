/**
 * Yearly values of the synthetic city. Published values (policy.md) are used where one is known;
 * every other year is filled by a smooth synthetic series. Test data only: nothing here is a source.
 */
export interface YearValues {
  readonly year: number;
  /** Average monthly wage, lower and upper contribution limit, in fen. */
  readonly wage: number;
  readonly low: number;
  readonly high: number;
  /** 计发基数 in yuan. */
  readonly pensionBase: number;
  /** Account interest per ten thousand: employees, residents. */
  readonly interest: number;
  readonly residentInterest: number;
  /** Residents' basic pension per month, in fen. */
  readonly residentBasic: number;
  /** Provincial urban disposable income per month of the year before, in fen (synthetic). */
  readonly income: number;
}

const LIMITS: Readonly<Record<number, readonly [wage: number, low: number, high: number]>> = {
  2024: [685_458, 411_300, 2_056_400],
  2025: [699_700, 419_800, 2_099_100],
  2026: [707_300, 424_400, 2_121_900],
};
const PENSION_BASE: Readonly<Record<number, number>> = {
  2023: 6897,
  2024: 7111,
  2025: 7253,
  2026: 7253,
};
const INTEREST: Readonly<Record<number, number>> = {
  2016: 831,
  2017: 712,
  2018: 829,
  2019: 761,
  2020: 604,
  2021: 669,
  2022: 612,
  2023: 397,
  2024: 262,
  2025: 150,
};
const RESIDENT_BASIC: Readonly<Record<number, number>> = { 2025: 14_800, 2026: 16_300 };

/** Residents' tier in yuan → subsidy in yuan (example table of policy.md §3). */
export const RESIDENT_TIERS: readonly (readonly [tier: number, subsidy: number, share: number])[] =
  [
    [200, 35, 62],
    [300, 40, 10],
    [500, 60, 12],
    [700, 80, 4],
    [1000, 100, 6],
    [1500, 140, 2],
    [2000, 180, 2],
    [3000, 220, 1],
    [5000, 300, 1],
  ];

/** 计发月数 for ages 40–70. */
export const DIVISORS: readonly number[] = [
  233, 230, 226, 223, 220, 216, 212, 208, 204, 199, 195, 190, 185, 180, 175, 170, 164, 158, 152,
  145, 139, 132, 125, 117, 109, 101, 93, 84, 75, 65, 56,
];

/** National urban disposable income of the year before, in yuan, by year of death at work. */
export const NATIONAL_INCOME: Readonly<Record<number, number>> = { 2024: 51_821, 2025: 54_188 };

export function yearValues(year: number): YearValues {
  const wage = LIMITS[year]?.[0] ?? synthetic(685_458, 2024, year, 0.95, 1.02);
  return {
    year,
    wage,
    low: LIMITS[year]?.[1] ?? Math.round(wage * 0.006) * 100,
    high: LIMITS[year]?.[2] ?? Math.round(wage * 0.03) * 100,
    pensionBase: PENSION_BASE[year] ?? synthetic(6897, 2023, year, 0.95, 1.02),
    interest: INTEREST[year] ?? 260,
    residentInterest: 250,
    residentBasic: RESIDENT_BASIC[year] ?? synthetic(13_800, 2024, year, 0.95, 1.03),
    income: synthetic(330_000, 2024, year, 0.95, 1.04),
  };
}

/** A value that shrinks before and grows after the year it is known for. */
function synthetic(
  known: number,
  knownYear: number,
  year: number,
  back: number,
  on: number,
): number {
  const factor = year < knownYear ? back ** (knownYear - year) : on ** (year - knownYear);
  return Math.round(known * Math.max(factor, 0.12));
}

/** SQL that makes table `yr`, one row a year from 1975 to 2060. */
export function yearTableSql(): string {
  const rows: string[] = [];
  for (let year = 1975; year <= 2060; year++) {
    const v = yearValues(year);
    rows.push(
      `(${year},${v.wage},${v.low},${v.high},${v.pensionBase},${v.interest},${v.residentInterest},${v.residentBasic},${v.income})`,
    );
  }
  return `create table yr as select * replace (y::INTEGER as y, wage::BIGINT as wage, low::BIGINT as low, high::BIGINT as high,
    pension_base::BIGINT as pension_base, interest::BIGINT as interest, resident_interest::BIGINT as resident_interest,
    resident_basic::BIGINT as resident_basic, income::BIGINT as income) from (values ${rows.join(',')})
    t(y, wage, low, high, pension_base, interest, resident_interest, resident_basic, income)`;
}
