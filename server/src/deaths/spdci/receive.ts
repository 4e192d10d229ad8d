import type { Kysely } from 'kysely';
import { sm3Hex } from '../../security/index.ts';
import type { KnownApp } from '../apps/index.ts';
import { interfaceOfApp } from '../apps/index.ts';
import { type InterfaceTables, keepEvents, type NewEvent, readEvent } from '../inbound/index.ts';
import { isJson, isText, type Json, listIn, Refusal } from './envelope.ts';
import type { SpdciWorld } from './handle.ts';
import { isDeathEvent } from './subscribe.ts';

/**
 * Takes notices of deaths (notify) and found records (on-search) of a civil registry into the inbox,
 * all of a message or none. Other events are acknowledged and left alone. @throws Refusal
 */
export async function receiveRecords(
  world: SpdciWorld,
  db: Kysely<InterfaceTables>,
  app: KnownApp,
  message: Json,
  list: 'notify_event' | 'search_response',
): Promise<number> {
  const events: NewEvent[] = [];
  for (const item of listIn(message, list)) {
    const data = isJson(item.data) ? item.data : {};
    if (data.reg_event_type !== undefined && !isDeathEvent(data.reg_event_type)) continue;
    const records = Array.isArray(data.reg_records) ? data.reg_records : [data.reg_records];
    for (const [at, record] of records.entries()) {
      // An answer that found nobody, and a record of somebody alive, are no notices of a death.
      if (list === 'search_response' && !isDead(record)) continue;
      events.push(eventOf(world, app, item, record, at));
    }
  }
  if (events.length === 0) return 0;
  const sender = {
    interfaceId: interfaceOfApp(app.appId),
    appId: app.appId,
    channel: 'spdci' as const,
  };
  const now = world.clock.now().toISOString();
  const [kept] = await keepEvents(db, [{ sender, events }], now, world.keys);
  if (kept !== undefined && 'differing' in kept) {
    throw new Refusal(409, 'err.request.bad', 'reference_id 以前报过不同的内容，没有采用');
  }
  return events.length;
}

const isDead = (record: unknown): boolean =>
  isJson(record) && typeof record.death_date === 'string' && record.death_date !== '';

function eventOf(
  world: SpdciWorld,
  app: KnownApp,
  item: Json,
  record: unknown,
  at: number,
): NewEvent {
  const source = app.deathSource;
  if (source === null)
    throw new Refusal(403, 'err.sender_id.invalid', '该应用没有登记死亡信息来源');
  const reference = isText(item.reference_id) ? item.reference_id : '';
  if (reference === '' || !isJson(record)) {
    throw new Refusal(400, 'err.request.bad', '事件缺少 reference_id 或 reg_records');
  }
  const raw = {
    event_id: `spdci-${sm3Hex(`${reference}/${at}`).slice(0, 40)}`,
    occurred_at: timeOf(item.timestamp),
    ...textOf('id_no', numberOf(record.identifier)),
    ...textOf('name', nameOf(record.name)),
    ...textOf('sex', ({ male: '1', female: '2' } as const)[String(record.sex) as 'male']),
    ...textOf('birth_date', dayOf(record.birth_date)),
    ...textOf('death_date', dayOf(record.death_date)),
  };
  const problems: string[] = [];
  const body = readEvent('death', raw, world.content, (text) => problems.push(text));
  if (body === null)
    throw new Refusal(400, 'err.request.bad', `事件内容不完整：${problems.join('；')}`);
  const [only, ...more] = app.agencies;
  return { subject: 'death', source, body, agency: more.length === 0 ? (only ?? null) : null };
}

const textOf = (name: string, value: string | null | undefined): Json =>
  value === null || value === undefined || value === '' ? {} : { [name]: value };

/** The first citizen number among the identifiers. */
function numberOf(identifier: unknown): string | null {
  const list = Array.isArray(identifier) ? identifier : [identifier];
  const values = list.map((each) => (isJson(each) ? String(each.identifier_value ?? '') : ''));
  return values.find((value) => /^(\d{15}|\d{17}[\dXx])$/.test(value))?.toUpperCase() ?? null;
}

/** Chinese names are written without a blank between surname and given name. */
function nameOf(name: unknown): string | null {
  if (typeof name === 'string') return name.trim();
  if (!isJson(name)) return null;
  const parts = [name.surname, name.given_name].filter(
    (part): part is string => typeof part === 'string',
  );
  const isChinese = parts.every((part) => /^\p{Script=Han}*$/u.test(part));
  return parts.join(isChinese ? '' : ' ').trim();
}

const dayOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, 10) : null;

function timeOf(value: unknown): string {
  const ms = Date.parse(String(value));
  if (Number.isNaN(ms)) throw new Refusal(400, 'err.request.bad', '事件的 timestamp 不是时刻');
  return new Date(ms).toISOString();
}
