import { createHash } from 'node:crypto';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Calendar, CityOptions } from './options.ts';

/** A work database in which the city is built set by set. */
export interface City {
  readonly persons: number;
  readonly cal: Calendar;
  readonly planted: boolean;
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** Writes the rows of a query as UTF-8 CSV without a header and returns how many there were. */
  copy(query: string, file: string): Promise<number>;
  close(): void;
}

export async function openCity(options: CityOptions, cal: Calendar, file: string): Promise<City> {
  const instance = await DuckDBInstance.create(file, {
    threads: '2',
    memory_limit: '4GB',
    temp_directory: `${file}.tmp`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run(macros(options, cal));
  return {
    persons: options.persons,
    cal,
    planted: options.variant === 'planted',
    run: async (sql) => {
      await connection.run(sql);
    },
    rows: (sql) => readRows(connection, sql),
    copy: async (query, file) => {
      const csv = "(format csv, delimiter '|', header false, nullstr '')";
      const [row] = await readRows(
        connection,
        `copy (${query}) to '${file.replaceAll("'", "''")}' ${csv}`,
      );
      return Number(Object.values(row ?? {})[0]);
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function readRows(connection: DuckDBConnection, sql: string) {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJS() as Record<string, unknown>[];
}

/** 62 bits: XOR with it must stay inside a signed BIGINT. */
function seedBits(seed: number | string): bigint {
  const digest = createHash('sha256').update(`huiliu-city:${seed}`).digest();
  return digest.readBigUInt64BE(0) >> 2n;
}

/**
 * Randomness is a hash of (row, salt), so it does not depend on thread count or evaluation order.
 * One key is hashed once: DuckDB's multi-argument hash correlates between salts.
 */
function macros(options: CityOptions, cal: Calendar): string {
  return `
    create macro h(i, s) as hash(xor(i::BIGINT * 1024 + s, ${seedBits(options.seed)}::BIGINT));
    create macro n(i, s, k) as (h(i, s) % (k)::UBIGINT)::BIGINT;
    create macro u(i, s) as (h(i, s) >> 11)::DOUBLE / 9007199254740992.0;
    create macro ym6(m) as (m // 12) * 100 + m % 12 + 1;
    create macro day8(m, d) as ((m // 12) * 100 + m % 12 + 1) * 100 + d;
    create macro mdate(m, d) as make_date((m // 12)::BIGINT, (m % 12 + 1)::BIGINT, d::BIGINT);
    create macro date8(x) as year(x) * 10000 + month(x) * 100 + day(x);
    create macro ymi(x) as year(x) * 12 + month(x) - 1;
    create macro yuan(f) as (f::DECIMAL(12, 0) * 0.01::DECIMAL(3, 2))::DECIMAL(14, 2);
    create macro code(letter, i, w) as letter || lpad(i::VARCHAR, w, '0');
    create macro pick(list, x) as list[((x)::UBIGINT % len(list)::UBIGINT)::BIGINT + 1];
    create macro w0() as ${cal.from};
    create macro wf() as ${cal.last};
    -- 渐进式延迟法定退休月: class 1 men 60, 2 women 55, 3 women 50
    create macro base_age(c) as case c when 1 then 720 when 2 then 660 else 600 end;
    create macro retire_month(b, c) as case
      when b + base_age(c) < 24300 then b + base_age(c)
      when c = 3 then b + 600 + least(60, (b + 600 - 24300) // 2 + 1)
      else b + base_age(c) + least(36, (b + base_age(c) - 24300) // 4 + 1) end;
  `;
}
