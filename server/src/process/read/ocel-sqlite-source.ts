import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileUnreadable } from '../errors.ts';
import type { Attribute } from './attributes.ts';
import {
  addEvent,
  addObject,
  addRelation,
  closeOcel,
  type OcelFiles,
  ocelSource,
  openOcelFiles,
} from './ocel-rows.ts';
import { byteStream } from './open-file.ts';
import type { SourceRequest, StagedSource } from './source.ts';

type SqliteRow = Readonly<Record<string, string | number | bigint | null | Uint8Array>>;

/** Reads an OCEL 2.0 database; a packed one is unpacked into the folder of the import first. */
export async function stageOcelSqlite(request: SourceRequest): Promise<StagedSource> {
  const path = request.gzip ? await unpack(request) : request.path;
  const files = openOcelFiles(request.folder);
  const database = openReadOnly(path);
  try {
    await takeEvents(database, files, request);
    for (const { type, table } of typeTables(database, 'object')) {
      for (const row of firstStates(database, table)) {
        const { id, attributes } = plain(row);
        addObject(files, { id, type, attributes });
        await files.objects.drain();
      }
    }
    for (const row of all(
      database,
      'select ocel_event_id, ocel_object_id, ocel_qualifier from event_object',
    )) {
      addRelation(
        files,
        cellOf(row.ocel_event_id),
        cellOf(row.ocel_object_id),
        cellOf(row.ocel_qualifier),
      );
      await files.relations.drain();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR') {
      throw fileUnreadable({ reason: '数据库缺少 OCEL 2.0 规定的表或列' }, error);
    }
    throw error;
  } finally {
    database.close();
  }
  await closeOcel(files);
  return ocelSource('OCEL SQLite', files, request);
}

async function unpack(request: SourceRequest): Promise<string> {
  const path = join(request.folder, 'log.sqlite');
  const out = await open(path, 'w', 0o600);
  try {
    for await (const part of byteStream(request.path, true)) await out.write(part);
  } finally {
    await out.close();
  }
  return path;
}

function openReadOnly(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true, allowExtension: false });
}

/** Events of all types; the order of the table `event` decides between equal times. */
async function takeEvents(
  database: DatabaseSync,
  files: OcelFiles,
  request: SourceRequest,
): Promise<void> {
  const order = new Map<string, number>();
  let ord = 0;
  for (const row of all(database, 'select ocel_id from event order by rowid')) {
    order.set(cellOf(row.ocel_id), ord);
    ord += 1;
  }
  let read = 0;
  for (const { type, table } of typeTables(database, 'event')) {
    for (const row of all(database, `select * from ${quoted(table)}`)) {
      const { id, time, attributes } = plain(row);
      addEvent(files, order.get(id) ?? ord, { id, type, time, attributes });
      read += 1;
      if (read % 10_000 === 0) request.onBytes(read);
      await files.events.drain();
    }
  }
}

function typeTables(
  database: DatabaseSync,
  kind: 'event' | 'object',
): { type: string; table: string }[] {
  return [...all(database, `select ocel_type, ocel_type_map from ${kind}_map_type`)].map((row) => ({
    type: cellOf(row.ocel_type),
    table: `${kind}_${cellOf(row.ocel_type_map)}`,
  }));
}

/** An object has a row per change; the first is the object as it began. */
function* firstStates(database: DatabaseSync, table: string): Generator<SqliteRow> {
  const seen = new Set<string>();
  for (const row of all(database, `select * from ${quoted(table)} order by ocel_time, rowid`)) {
    const id = cellOf(row.ocel_id);
    if (seen.has(id)) continue;
    seen.add(id);
    yield row;
  }
}

function plain(row: SqliteRow): {
  id: string;
  time: string | null;
  attributes: Record<string, Attribute>;
} {
  const attributes: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(row)) {
    if (name.startsWith('ocel_') || value === null) continue;
    const whole = typeof value === 'bigint' || Number.isInteger(value);
    attributes[name] = {
      t: typeof value === 'string' ? 'string' : whole ? 'int' : 'float',
      v: cellOf(value),
    };
  }
  const time = row.ocel_time;
  return {
    id: cellOf(row.ocel_id),
    time: time === null || time === undefined ? null : cellOf(time),
    attributes,
  };
}

function* all(database: DatabaseSync, sql: string): Generator<SqliteRow> {
  yield* database.prepare(sql).iterate() as Iterable<SqliteRow>;
}

function cellOf(value: SqliteRow[string] | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

const quoted = (table: string): string => `"${table.replaceAll('"', '""')}"`;
