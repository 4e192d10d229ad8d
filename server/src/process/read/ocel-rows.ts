import { join } from 'node:path';
import type { DuckSession } from '../../store/index.ts';
import { objectTypeUnknown } from '../errors.ts';
import { type Attribute, attributesText } from './attributes.ts';
import { instantSql } from './instant.ts';
import { cell, FIELD_END, RowFile, readRows } from './row-file.ts';
import type { SourceRequest, StagedSource } from './source.ts';

/** The row files of an object-centric log: events, objects, and which event concerns which object. */
export interface OcelFiles {
  readonly events: RowFile;
  readonly objects: RowFile;
  readonly relations: RowFile;
}

export function openOcelFiles(folder: string): OcelFiles {
  return {
    events: new RowFile(join(folder, 'events.rows')),
    objects: new RowFile(join(folder, 'objects.rows')),
    relations: new RowFile(join(folder, 'relations.rows')),
  };
}

export interface OcelEvent {
  readonly id: string;
  readonly type: string;
  readonly time: string | null;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export function addEvent(files: OcelFiles, ord: number, event: OcelEvent): void {
  const resource = event.attributes['org:resource'] ?? event.attributes.resource;
  const cells = [String(ord), cell(event.id), cell(event.type), cell(event.time)];
  files.events.add(
    [...cells, cell(resource?.v), cell(attributesText(event.attributes))].join(FIELD_END),
  );
}

export function addObject(
  files: OcelFiles,
  object: Pick<OcelEvent, 'id' | 'type' | 'attributes'>,
): void {
  files.objects.add(
    [cell(object.id), cell(object.type), cell(attributesText(object.attributes))].join(FIELD_END),
  );
}

export function addRelation(files: OcelFiles, event: string, object: string, as: string): void {
  files.relations.add([cell(event), cell(object), cell(as)].join(FIELD_END));
}

/** Lets the disk catch up. */
export async function drainOcel({ events, objects, relations }: OcelFiles): Promise<void> {
  await events.drain();
  await objects.drain();
  await relations.drain();
}

export async function closeOcel({ events, objects, relations }: OcelFiles): Promise<void> {
  await events.close();
  await objects.close();
  await relations.close();
}

/**
 * Flattens to one kind of object as the case: an event belongs to every object of that type it
 * names, once each. Without a wish, the type that most events name is taken.
 * @throws PROCESS_OBJECT_TYPE_UNKNOWN
 */
export async function loadOcel(
  session: DuckSession,
  at: string,
  files: OcelFiles,
  wanted: string | null,
): Promise<{ objectType: string; known: readonly string[] }> {
  await session.run(`
    create temp table ocel_event as select cast(ord as BIGINT) as ord, id, type, ${instantSql('done_at')} as done_at, resource, attributes
    from ${readRows(files.events.path, ['ord', 'id', 'type', 'done_at', 'resource', 'attributes'])};
    create temp table ocel_object as select id, any_value(type) as type, any_value(attributes) as attributes
    from ${readRows(files.objects.path, ['id', 'type', 'attributes'])} group by id;
    create temp table ocel_relation as select distinct event, object
    from ${readRows(files.relations.path, ['event', 'object', 'as'])}`);
  const types = await session.rows<{ type: string }>(
    `select o.type from ocel_object o left join ocel_relation r on r.object = o.id
     group by o.type order by count(r.event) desc, o.type`,
  );
  const known = types.map(({ type }) => type);
  const objectType = wanted ?? known[0];
  if (objectType === undefined || !known.includes(objectType)) {
    throw objectTypeUnknown({ given: wanted ?? '', known });
  }
  await session.run(
    `create table ${at}.staged_event as
     select e.ord, o.id as case_id, e.type as activity, null::VARCHAR as code, e.done_at,
       null::TIMESTAMP as start_at, e.resource, e.resource as actor, null::VARCHAR as unit,
       null::VARCHAR as channel, null::VARCHAR as action, false as sent_back,
       e.id as event_id, e.attributes
     from ocel_event e
     join ocel_relation r on r.event = e.id
     join ocel_object o on o.id = r.object and o.type = $type`,
    { type: objectType },
  );
  await session.run(
    `create temp table raw_case as
     select id as case_id, null::VARCHAR as agency, null::VARCHAR as matter, null::VARCHAR as channel,
       null::VARCHAR as insurance, null::VARCHAR as person_id, null::TIMESTAMP as opened_at,
       null::TIMESTAMP as closed_at, null::INTEGER as promised_days, null::TIMESTAMP as due_at,
       null::VARCHAR as result, attributes
     from ocel_object where type = $type`,
    { type: objectType },
  );
  return { objectType, known };
}

/** The source that staged rows are; what became the case is known once it is loaded. */
export function ocelSource(
  format: 'OCEL JSON' | 'OCEL SQLite',
  files: OcelFiles,
  request: Pick<SourceRequest, 'objectType'>,
): StagedSource {
  let objectType: string | null = null;
  const notes: string[] = [];
  return {
    ...{ format, columns: {}, notes },
    get objectType() {
      return objectType;
    },
    load: async (session, at) => {
      const loaded = await loadOcel(session, at, files, request.objectType);
      objectType = loaded.objectType;
      notes.push(`以对象类型 ${objectType} 为案件；文件中的类型：${loaded.known.join('、')}`);
      return { mergedCases: 0 };
    },
  };
}
