import type { MunicipalContent } from '../../contract/index.ts';
import { type EventBody, readEvent } from './read-event.ts';
import type { Subject } from './tables.ts';

export const MOST_EVENTS = 1_000;
const PROBLEMS_SHOWN = 20;
const ID_FORM = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** A body that was read whole, or everything that is wrong with it. */
export type ReadBody =
  | { readonly events: readonly EventBody[] }
  | { readonly problems: readonly string[]; readonly problemCount: number };

/**
 * Reads the raw body: one event, or `{batch_id, events}` of up to 1,000. `eventId` is what the
 * header named; it must be the event or the batch, so that the header is covered by the signature.
 */
export function readBody(
  subject: Subject,
  bytes: Uint8Array,
  eventId: string,
  content: MunicipalContent,
): ReadBody {
  const problems: string[] = [];
  let count = 0;
  const problem = (text: string): void => {
    count += 1;
    if (problems.length < PROBLEMS_SHOWN) problems.push(text);
  };
  const events = readEvents(subject, parse(bytes, problem), eventId, content, problem);
  return count === 0 ? { events } : { problems, problemCount: count };
}

function readEvents(
  subject: Subject,
  body: unknown,
  eventId: string,
  content: MunicipalContent,
  problem: (text: string) => void,
): EventBody[] {
  if (body === undefined) return [];
  const isBatch =
    typeof body === 'object' &&
    body !== null &&
    !Array.isArray(body) &&
    Object.hasOwn(body, 'events');
  if (!isBatch) {
    const event = readEvent(subject, body, content, problem);
    if (event !== null && event.event_id !== eventId) problem('事件号与请求头 X-HL-Event-Id 不同');
    return event === null ? [] : [event];
  }
  const { batch_id: batchId, events, ...rest } = body as Record<string, unknown>;
  for (const name of Object.keys(rest)) problem(`没有 ${name.slice(0, 40)} 这一项`);
  if (typeof batchId !== 'string' || !ID_FORM.test(batchId))
    problem('缺少批号（batch_id）或写法不对');
  else if (batchId !== eventId) problem('批号与请求头 X-HL-Event-Id 不同');
  if (!Array.isArray(events) || events.length === 0) {
    problem('events 应为至少一件的列表');
    return [];
  }
  if (events.length > MOST_EVENTS) {
    problem(`一批 ${events.length} 件，超过 ${MOST_EVENTS} 件`);
    return [];
  }
  return (events as readonly unknown[]).flatMap((raw, at) => {
    const event = readEvent(subject, raw, content, (text) => problem(`第 ${at + 1} 件：${text}`));
    return event === null ? [] : [event];
  });
}

/** The text is UTF-8 without compromise: a byte that is not would make two readings of one body. */
function parse(bytes: Uint8Array, problem: (text: string) => void): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return JSON.parse(text) as unknown;
  } catch {
    problem('不是 UTF-8 编码的 JSON');
    return undefined;
  }
}
