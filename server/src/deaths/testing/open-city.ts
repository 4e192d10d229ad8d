import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Clock } from '../../kernel/index.ts';
import {
  checkDigit,
  identifier,
  municipalSchema,
  refreshPersonKeys,
  sqlType,
} from '../../municipal/index.ts';
import { accessMigrations, auditMigrations, passingKeys } from '../../security/index.ts';
import { type DuckSession, migrate, openDuck, openPostgres } from '../../store/index.ts';
import { deathsMigrations } from '../migrations.ts';
import type { DeathReport } from '../model.ts';
import { monthAfter } from '../verdict/died-on.ts';
import type { DeathsWorld } from '../world.ts';
import { CONTENT, PACK } from './pack.ts';

type CellValue = string | number | null;
/** Rows by table; what a row does not state is empty. Money in fen. */
export type CityRows = Readonly<Record<string, readonly Readonly<Record<string, CellValue>>[]>>;

export interface SmallCity {
  readonly world: DeathsWorld;
  /** Adds rows as one package dated `asOf`. */
  publish(asOf: string, rows: CityRows): Promise<void>;
  /** Sets the clock. */
  at(instant: string): void;
}

/** A city of invented people on real engines, shared by the tests of one file. */
export async function openSmallCity(): Promise<SmallCity> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-deaths-'));
  const postgres = await openPostgres({ dataDir: dir });
  const duck = await openDuck({
    file: join(dir, 'city.duckdb'),
    stagingDir: join(dir, 'staging'),
    tempDir: join(dir, 'tmp'),
    memoryLimit: '512MiB',
  });
  after(async () => {
    await duck.close();
    await postgres.close();
    await rm(dir, { recursive: true, force: true });
  });
  await migrate(postgres.kysely(), [...accessMigrations, ...auditMigrations, ...deathsMigrations]);
  await duck.write(async (session) => {
    for (const statement of municipalSchema(CONTENT.tables.values())) await session.run(statement);
    await session.run(`create table feed.edition (edition INTEGER, kind VARCHAR, batch INTEGER, repair INTEGER);
      create table feed.dataset (batch INTEGER, dataset VARCHAR, state VARCHAR)`);
  });
  let now = new Date('2026-11-03T01:00:00Z');
  const clock: Clock = { now: () => now };
  const keys = passingKeys();
  const world: DeathsWorld = {
    ...{ duck, content: CONTENT, pack: PACK, clock, keys, db: postgres.kysely() },
  };
  let edition = 0;
  const publish = async (asOf: string, rows: CityRows): Promise<void> => {
    edition += 1;
    await duck.transaction(async (session) => {
      await session.run(`insert into feed.batch
        values (${edition}, 'SX-${edition}', 'SX', 'I', '${asOf}', ${edition}, ${edition});
        insert into feed.edition values (${edition}, 'package', ${edition}, null)`);
      for (const [table, some] of Object.entries(rows)) {
        await session.run(`insert into feed.dataset values (${edition}, '${table}', 'accepted')`);
        await insertRows(session, table, some, edition);
      }
      await session.run(refreshPersonKeys);
    });
  };
  const at = (instant: string): void => {
    now = new Date(instant);
  };
  return { world, publish, at };
}

async function insertRows(
  session: DuckSession,
  table: string,
  rows: CityRows[string],
  edition: number,
): Promise<void> {
  const def = CONTENT.tables.get(table);
  if (def === undefined) throw new Error(`no table ${table}`);
  const known = new Set(def.columns.map(({ name }) => name));
  for (const name of new Set(rows.flatMap((row) => Object.keys(row)))) {
    if (!known.has(name)) throw new Error(`${table}.${name}`);
  }
  const text = (value: CellValue): string =>
    value === null ? 'null' : `'${String(value).replaceAll("'", "''")}'`;
  const key = def.key[0] ?? '';
  const keys = rows.map((row) => text(row[key] ?? null));
  await session.run(`update rows.${table} set edition_to = ${edition}
    where edition_to is null and ${identifier(key)} in (${[...keys, "''"].join(', ')})`);
  const casts = def.columns.map(
    ({ name, type }) => `cast(${identifier(name)} as ${sqlType(type)})`,
  );
  const names = [...def.columns.map(({ name }) => identifier(name)), 'line'].join(', ');
  for (let at = 0; at < rows.length; at += 1_000) {
    const tuples = rows.slice(at, at + 1_000).map((row, index) => {
      const cells = def.columns.map(({ name }) => text(row[name] ?? null));
      return `(${cells.join(', ')}, ${at + index + 2})`;
    });
    await session.run(`insert into rows.${table} select ${casts.join(', ')}, ${edition}, line,
      ${edition}, null from (values ${tuples.join(', ')}) given(${names})`);
  }
}

let eventCounter = 0;

/** A report of the police on 1 April 2026, of what is not stated. */
export function reportOf(given: Partial<DeathReport>): DeathReport {
  eventCounter += 1;
  return {
    ...{ source: '03', eventId: `E${eventCounter}`, kind: 'report', refersTo: null },
    ...{ sequence: null, occurredAt: '2026-04-01T08:00:00+08:00' },
    ...{ receivedAt: '2026-04-01T08:00:01+08:00', idNo: null, name: null, sex: null },
    ...{ birthDate: null, deathDate: '2026-03-10', precision: 'D', certNo: null },
    ...{ cremationNo: null, crematedOn: null, hukouCancelOn: null, hukouCancelReason: null },
    ...{ channel: 'api', appId: 'test', agency: null },
    ...given,
  };
}

const NUMBERS = '零一二三四五六七八九十';

/** An invented pensioner of county 140502; the same number gives the same person. */
export function personOf(no: number) {
  const body = `1405021940${String(1 + (no % 12)).padStart(2, '0')}01${String(no).padStart(3, '0')}`;
  const name = `人${[...String(no)].map((digit) => NUMBERS[Number(digit)]).join('')}`;
  return {
    person_id: `P${String(no).padStart(3, '0')}`,
    id_no: body + checkDigit(body),
    ...{ name, name_norm: name, id_type: '01', sex: no % 2 === 1 ? '1' : '2' },
    birth_date: `1940-${body.slice(10, 12)}-01`,
    ...{ person_status: '21', life_status: '1', retired_flag: '1', agency: '140502' },
  };
}

/** 1 000 yuan of pension for each month, paid. */
export function pensionOf(person: { readonly person_id: string }, from: string, to: string) {
  const months: string[] = [];
  for (let month = from; month <= to; month = monthAfter(`${month}-01`, 1).slice(0, 7)) {
    months.push(month);
  }
  return months.map((month) => ({
    payment_id: `B${person.person_id}${month}`,
    ...{ order_id: 'O1', person_id: person.person_id, insurance: '110', item: '100011' },
    ...{ pay_ym: `${month}-01`, due_ym: `${month}-01`, adj_flag: '0', pay_flag: '1' },
    amount: 100_000,
  }));
}
