import { FAULT_AT, FAULT_EVERY, INSURANCES, LAST_MONTH, type PackageShape } from './shape.ts';

/** One file of the package: its columns in order and the query that gives their texts. */
export interface FileRows {
  readonly dataset: string;
  readonly keys: readonly string[];
  /** Header → SQL expression. */
  readonly columns: Readonly<Record<string, string>>;
  readonly from: string;
  readonly rows: number;
  /** Header → exact sum of the column in fen. */
  readonly sums: Readonly<Record<string, string>>;
  /** Columns that are quoted when quoting is asked for. */
  readonly texts: readonly string[];
}

/** Frequent characters first, then ones whose second byte is a delimiter or that take four bytes. */
const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅'];
const GIVEN = [
  ...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰梅红建国志文辉珅瑋玕琝芢𠅤㛃䶮',
];
const REGIONS = ['140502', '140521', '140522', '140524', '140525', '140581'];
/** Days from 1960-01-01 on which people of the package were born. */
const BIRTH_DAYS = 14_000;
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** `unit`: what persons and contributions refer to. */
export function unitRows({ units }: PackageShape): FileRows {
  return {
    dataset: 'unit',
    keys: ['AAB001'],
    columns: {
      AAB001: unitNo('i'),
      AAB998: `'91' || region || lpad(i::VARCHAR, 9, '0') || 'X'`,
      AAB004: `'测速单位' || i`,
      AAB019: `'10'`,
      AAB301: 'region',
      AAB034: 'region',
      AAE119: `'1'`,
      AAE047: `'20010601'`,
    },
    from: `(select i, ${pick(REGIONS, 'i')} as region from range(${units}) t(i))`,
    rows: units,
    sums: {},
    texts: ['AAB001', 'AAB998', 'AAB004', 'AAB019', 'AAB301', 'AAB034', 'AAE119'],
  };
}

/** `person` with the twelve columns of the agreed sample package. */
export function personRows({ persons }: PackageShape): FileRows {
  const columns = {
    AAC001: personNo('i'),
    AAC002: `body || ${checkDigit('body')}`,
    AAC058: `'01'`,
    AAC003: `${pick(SURNAMES, '(i * 7919) // 13')} || ${pick(GIVEN, '(i * 104729) // 7')} || ${pick(GIVEN, 'i * 31')}`,
    AAC004: 'case when male then 1 else 2 end',
    AAC006: `strftime(birth, '%Y%m%d')`,
    AAC012: `'1'`,
    AAC008: `'1'`,
    AAC060: `'1'`,
    AAC009: pick(['10', '20'], 'i // 3'),
    AAC067: `'1' || 3 + i % 7 || lpad((i * 387420489 % 999999937)::VARCHAR, 9, '0')`,
    AAB034: 'region',
  };
  const people = `select i, ${pick(REGIONS, 'i')} as region, (i // 7) % 2 = 0 as male,
      date '1960-01-01' + ((i // 6) % ${BIRTH_DAYS})::INTEGER as birth,
      i // ${6 * BIRTH_DAYS} as nth from range(${persons}) t(i)`;
  const body = `region || strftime(birth, '%Y%m%d')
      || lpad((nth * 2 + case when male then 1 else 2 end)::VARCHAR, 3, '0')`;
  return {
    dataset: 'person',
    keys: ['AAC001'],
    columns,
    from: `(select *, ${body} as body from (${people}))`,
    rows: persons,
    sums: {},
    texts: Object.keys(columns).filter((header) => header !== 'AAC006'),
  };
}

/**
 * `contribution` with the thirteen columns of the agreed sample package, in the order of arrival:
 * month by month and within a month unit by unit, so one person's rows lie far apart.
 */
export function contributionRows(shape: PackageShape): FileRows {
  const { rows, payers, staff, units, firstMonth } = shape;
  const perMonth = payers * INSURANCES.length;
  const month = 'm // 12 * 100 + m % 12 + 1';
  const columns = {
    contrib_id: `'C' || lpad(i::VARCHAR, 10, '0')`,
    AAC001: personNo('pid'),
    AAB001: unitNo('uid'),
    AAE140: `case when i % ${FAULT_EVERY} = ${FAULT_AT} then '999' else ${pick(INSURANCES, 'i')} end`,
    AAE002: month,
    AAE003: month,
    AAA115: `'10'`,
    AAE180: yuan('base'),
    AAE020: yuan('unit_due'),
    AAE022: yuan('person_due'),
    AAE202: '1',
    AAE114: `'1'`,
    AAB191: `(${month}) * 100 + 10 + pid % 18`,
  };
  const places = `select i, ${firstMonth} + i // ${perMonth} as m,
      (i // ${INSURANCES.length} % ${payers}) // ${staff} as uid,
      (i // ${INSURANCES.length} % ${payers}) % ${staff} * ${units}
        + (i // ${INSURANCES.length} % ${payers}) // ${staff} as pid
    from range(${rows}) t(i)`;
  const bases = `select *, 300000 + (pid * 7919 + m // 12 * 30000) % 1200000 as base from (${places})`;
  const from = `(select *, base * ${rate([1600, 70, 100])} // 10000 as unit_due,
      base * ${rate([800, 30, 0])} // 10000 as person_due from (${bases}))`;
  return {
    dataset: 'contribution',
    keys: ['contrib_id'],
    columns,
    from,
    rows,
    sums: { AAE020: 'sum(unit_due)', AAE022: 'sum(person_due)' },
    texts: ['contrib_id', 'AAC001', 'AAB001', 'AAE140', 'AAA115', 'AAE114'],
  };
}

/** Last day of the month the package is as of. */
export const AS_OF = `${Math.floor(LAST_MONTH / 12)}-${(LAST_MONTH % 12) + 1}-31`;

const personNo = (i: string) => `'P' || lpad((${i} + 1)::VARCHAR, 9, '0')`;
const unitNo = (i: string) => `'U' || lpad((${i} + 1)::VARCHAR, 7, '0')`;
const yuan = (fen: string) => `(${fen}::DECIMAL(12, 0) * 0.01::DECIMAL(3, 2))::DECIMAL(14, 2)`;

/** Premiums of each insurance in ten-thousandths of the base. */
function rate(shares: readonly number[]): string {
  return `([${shares.join(', ')}])[i % ${shares.length} + 1]`;
}

function pick(words: readonly string[], index: string): string {
  const list = words.map((word) => `'${word}'`).join(', ');
  return `([${list}])[(${index}) % ${words.length} + 1]`;
}

/** ISO 7064 MOD 11-2 over the 17 digits of `body`. @source GB 11643-1999 */
function checkDigit(body: string): string {
  const sum = ID_WEIGHTS.map((weight, at) => `substr(${body}, ${at + 1}, 1)::INTEGER * ${weight}`);
  return `substr('10X98765432', (${sum.join(' + ')}) % 11 + 1, 1)`;
}
