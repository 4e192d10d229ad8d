import type { Attribute } from './attributes.ts';
import { JsonElements } from './json-elements.ts';
import {
  addEvent,
  addObject,
  addRelation,
  closeOcel,
  drainOcel,
  type OcelFiles,
  ocelSource,
  openOcelFiles,
} from './ocel-rows.ts';
import { textStream } from './open-file.ts';
import type { SourceRequest, StagedSource } from './source.ts';

/** Reads an OCEL 2.0 document in JSON element by element. */
export async function stageOcelJson(request: SourceRequest): Promise<StagedSource> {
  const files = openOcelFiles(request.folder);
  let ord = 0;
  const reader = new JsonElements((array, element) => {
    if (array === 'events') ord = takeEvent(files, ord, element);
    else if (array === 'objects') takeObject(files, element);
  });
  let read = 0;
  for await (const text of textStream(request.path, request.gzip, 'utf-8')) {
    reader.write(text);
    read += text.length;
    request.onBytes(read);
    await drainOcel(files);
  }
  reader.end();
  await closeOcel(files);
  return ocelSource('OCEL JSON', files, request);
}

function takeEvent(files: OcelFiles, ord: number, element: unknown): number {
  const event = record(element);
  const id = text(event.id) ?? '';
  addEvent(files, ord, {
    id,
    type: text(event.type) ?? '',
    time: text(event.time),
    attributes: attributesOf(event.attributes),
  });
  for (const each of list(event.relationships)) {
    const relation = record(each);
    addRelation(files, id, text(relation.objectId) ?? '', text(relation.qualifier) ?? '');
  }
  return ord + 1;
}

function takeObject(files: OcelFiles, element: unknown): void {
  const object = record(element);
  addObject(files, {
    id: text(object.id) ?? '',
    type: text(object.type) ?? '',
    attributes: attributesOf(object.attributes),
  });
}

/** Of an attribute that changes over time the first value is kept: the object as it began. */
function attributesOf(value: unknown): Record<string, Attribute> {
  const attributes: Record<string, Attribute> = {};
  for (const each of list(value)) {
    const { name, value: held } = record(each);
    const key = text(name);
    if (key !== null && !(key in attributes)) attributes[key] = { t: typeOf(held), v: text(held) };
  }
  return attributes;
}

function typeOf(value: unknown): string {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return 'string';
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
