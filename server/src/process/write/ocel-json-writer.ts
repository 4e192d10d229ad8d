import { parseAttributes } from '../read/attributes.ts';
import { type ExportedCase, type ExportedEvent, zoned } from './event-pages.ts';

/** Columns of cases and events that become attributes of objects and events. */
export const OBJECT_ATTRIBUTES = ['agency', 'matter', 'channel'] as const;
export const EVENT_ATTRIBUTES = ['org:resource', 'org:group', 'channel', 'action'] as const;

/** Everything before the objects: types, which OCEL 2.0 wants declared. */
export function ocelHead(objectType: string, activities: readonly string[]): string {
  const string = (name: string) => ({ name, type: 'string' });
  const objectTypes = [{ name: objectType, attributes: OBJECT_ATTRIBUTES.map(string) }];
  const eventTypes = activities.map((name) => ({ name, attributes: EVENT_ATTRIBUTES.map(string) }));
  return `{"objectTypes":${JSON.stringify(objectTypes)},"eventTypes":${JSON.stringify(eventTypes)},`;
}

export function ocelObject(given: ExportedCase, objectType: string): string {
  const own = OBJECT_ATTRIBUTES.flatMap((name) => {
    const value = given[name];
    return value === null ? [] : [{ name, time: '1970-01-01T00:00:00Z', value }];
  });
  const others = Object.entries(parseAttributes(given.attributes)).map(([name, { v }]) => ({
    ...{ name, time: '1970-01-01T00:00:00Z', value: v ?? '' },
  }));
  return JSON.stringify({ id: given.case_id, type: objectType, attributes: [...own, ...others] });
}

export function ocelEvent(event: ExportedEvent, caseId: string, id: string): string {
  const others = Object.entries(parseAttributes(event.attributes)).map(([name, { v }]) => ({
    ...{ name, value: v ?? '' },
  }));
  const values = eventValues(event);
  const own = EVENT_ATTRIBUTES.flatMap((name, at) => {
    const value = values[at] ?? null;
    return value === null ? [] : [{ name, value }];
  });
  return JSON.stringify({
    ...{ id, type: event.activity, time: zoned(event.done_at), attributes: [...own, ...others] },
    relationships: [{ objectId: caseId, qualifier: 'case' }],
  });
}

/** Values in the order of {@link EVENT_ATTRIBUTES}. */
export function eventValues(event: ExportedEvent): (string | null)[] {
  return [event.resource, event.unit, event.channel, event.action];
}
