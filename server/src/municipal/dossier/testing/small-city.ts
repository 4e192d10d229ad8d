import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MunicipalContent } from '../../../contract/index.ts';
import {
  type DuckEngine,
  type DuckSession,
  openDuck,
  type SqlValue,
} from '../../../store/index.ts';
import { identifier, municipalSchema, refreshPersonKeys } from '../../schema.ts';
import { smallContent } from './small-content.ts';

export interface SmallCity {
  readonly content: MunicipalContent;
  readonly duck: DuckEngine;
  close(): Promise<void>;
}

type Row = Readonly<Record<string, SqlValue>> & {
  /** Edition from which (and until which) the version is valid; default edition 1, current. */
  readonly from?: number;
  readonly to?: number;
};

/** Opens an empty municipal database with two published packages, `SX-1` and `SX-2`. */
export async function openSmallCity(content = smallContent()): Promise<SmallCity> {
  const dir = await mkdtemp(join(tmpdir(), 'dossier-'));
  const [stagingDir, tempDir] = [join(dir, 'staging'), join(dir, 'temp')];
  const duck = await openDuck({ file: join(dir, 'city.duckdb'), stagingDir, tempDir, threads: 2 });
  await duck.write(async (session) => {
    for (const statement of municipalSchema(content.tables.values())) await session.run(statement);
    await session.run(`insert into feed.batch values
      (7, 'SX-1', 'SX', 'F', date '2026-09-30', 1, 1), (8, 'SX-2', 'SX', 'F', date '2026-10-31', 2, 2)`);
  });
  const close = async () => {
    await duck.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { content, duck, close };
}

/** Adds rows to a table; each gets the next line number, batch 7 for edition 1 and 8 for edition 2. */
export async function addRows(city: SmallCity, table: string, rows: readonly Row[]): Promise<void> {
  await city.duck.transaction(async (session) => {
    for (const [index, row] of rows.entries()) await addRow(session, table, row, index + 2);
    if (table === 'person') await session.run(refreshPersonKeys);
  });
}

async function addRow(session: DuckSession, table: string, row: Row, line: number): Promise<void> {
  const { from = 1, to = null, ...cells } = row;
  const all = { ...cells, batch: 6 + from, line, edition_from: from, edition_to: to };
  const names = Object.keys(all);
  await session.run(
    `insert into rows.${table} (${names.map(identifier).join(', ')})
     values (${names.map((name) => `$${name}`).join(', ')})`,
    all as Readonly<Record<string, SqlValue>>,
  );
}
