import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type ExportedCase, zoned } from './event-pages.ts';
import { EVENT_ATTRIBUTES, eventValues, OBJECT_ATTRIBUTES } from './ocel-json-writer.ts';

/** Writes an OCEL 2.0 database: a table for each type of event and one for the cases. */
export interface OcelDatabase {
  add(given: ExportedCase): void;
  close(): void;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export function createOcelDatabase(
  path: string,
  objectType: string,
  activities: readonly string[],
): OcelDatabase {
  const database = new DatabaseSync(path);
  const tables = new Map(activities.map((name, at) => [name, `t${at + 1}`]));
  database.exec(`
    pragma journal_mode = off; pragma synchronous = off; begin;
    create table event (ocel_id text primary key, ocel_type text);
    create table object (ocel_id text primary key, ocel_type text);
    create table event_map_type (ocel_type text primary key, ocel_type_map text);
    create table object_map_type (ocel_type text primary key, ocel_type_map text);
    create table event_object (ocel_event_id text, ocel_object_id text, ocel_qualifier text,
      primary key (ocel_event_id, ocel_object_id, ocel_qualifier));
    create table object_object (ocel_source_id text, ocel_target_id text, ocel_qualifier text,
      primary key (ocel_source_id, ocel_target_id, ocel_qualifier));
    create table object_case (ocel_id text, ocel_time text, ocel_changed_field text, ${OBJECT_ATTRIBUTES.map(quoted).join(', ')});
    ${[...tables.values()].map((table) => `create table event_${table} (ocel_id text primary key, ocel_time text, ${EVENT_ATTRIBUTES.map(quoted).join(', ')});`).join('\n')}
  `);
  database.prepare('insert into object_map_type values (?, ?)').run(objectType, 'case');
  const typeRow = database.prepare('insert into event_map_type values (?, ?)');
  for (const [name, table] of tables) typeRow.run(name, table);
  const addEvent = database.prepare('insert into event values (?, ?)');
  const addObject = database.prepare('insert into object values (?, ?)');
  const addCase = database.prepare('insert into object_case values (?, ?, null, ?, ?, ?)');
  const relate = database.prepare("insert into event_object values (?, ?, 'case')");
  const into = new Map<string, StatementSync>(
    [...tables].map(([name, table]) => [
      name,
      database.prepare(`insert into event_${table} values (?, ?, ?, ?, ?, ?)`),
    ]),
  );
  let count = 0;
  return {
    add({ case_id, agency, matter, channel, events }) {
      addObject.run(case_id, objectType);
      addCase.run(case_id, '1970-01-01T00:00:00Z', agency, matter, channel);
      for (const event of events) {
        count += 1;
        const id = `e${count}`;
        addEvent.run(id, event.activity);
        into.get(event.activity)?.run(id, zoned(event.done_at), ...eventValues(event));
        relate.run(id, case_id);
      }
    },
    close() {
      database.exec('commit');
      database.close();
    },
  };
}
