import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBArrayValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  HUGEINT,
  INTEGER,
  LIST,
  listValue,
  SQLNULL,
  VARCHAR,
} from '@duckdb/node-api';

export type SqlScalar = string | number | bigint | boolean | null;
export type SqlValue = SqlScalar | readonly string[] | readonly number[] | readonly bigint[];

/** Values of the named parameters: `{ day: '2026-01-31' }` fills `$day` in the SQL. */
export type SqlParams = Readonly<Record<string, SqlValue>>;

const INT32 = 2 ** 31;
const INT64 = 2n ** 63n;

function scalarType(value: SqlScalar): DuckDBType {
  if (value === null) return SQLNULL;
  if (typeof value === 'string') return VARCHAR;
  if (typeof value === 'boolean') return BOOLEAN;
  if (typeof value === 'bigint') return value >= -INT64 && value < INT64 ? BIGINT : HUGEINT;
  if (!Number.isSafeInteger(value)) return DOUBLE;
  return value >= -INT32 && value < INT32 ? INTEGER : BIGINT;
}

function listType(values: readonly SqlScalar[]): DuckDBType {
  const types = values.map(scalarType);
  const widest = [DOUBLE, HUGEINT, BIGINT].find((type) => types.includes(type));
  return widest ?? types[0] ?? SQLNULL;
}

/** Makes a parameter value and its type for the driver. */
export function toDriver(value: SqlValue): { value: DuckDBValue; type: DuckDBType } {
  if (typeof value !== 'object' || value === null) {
    const type = scalarType(value);
    return { value: type === BIGINT && typeof value === 'number' ? BigInt(value) : value, type };
  }
  const item = listType(value);
  const items = item === BIGINT ? value.map((each) => BigInt(each)) : [...value];
  return { value: listValue(items), type: LIST(item) };
}

/** Makes a plain value of what the driver returned; no driver class passes. */
export function fromDriver(value: DuckDBValue): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof DuckDBDecimalValue || value instanceof DuckDBDateValue) {
    return value.toString();
  }
  if (isWallTime(value)) return value.toString().replace(' ', 'T');
  if (value instanceof DuckDBTimestampTZValue) return instantText(value);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    return value.items.map(fromDriver);
  }
  if (value instanceof DuckDBStructValue) return plainObject(Object.entries(value.entries));
  if (value instanceof DuckDBMapValue) {
    return value.entries.map(({ key, value: held }) => [fromDriver(key), fromDriver(held)]);
  }
  return String(value);
}

function plainObject(entries: [string, DuckDBValue][]): Record<string, unknown> {
  return Object.fromEntries(entries.map(([name, held]) => [name, fromDriver(held)]));
}

function isWallTime(value: object): boolean {
  return (
    value instanceof DuckDBTimestampValue ||
    value instanceof DuckDBTimestampSecondsValue ||
    value instanceof DuckDBTimestampMillisecondsValue ||
    value instanceof DuckDBTimestampNanosecondsValue
  );
}

function instantText(value: DuckDBTimestampTZValue): string {
  const shanghai = new Date(Number(value.micros / 1000n) + 8 * 3_600_000);
  return shanghai.toISOString().replace('Z', '+08:00');
}
