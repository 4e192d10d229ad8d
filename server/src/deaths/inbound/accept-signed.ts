import { shanghaiTime } from '../../kernel/index.ts';
import {
  type AppBook,
  type InterfacesWorld,
  interfaceOfApp,
  type KnownApp,
} from '../apps/index.ts';
import type { HealthBook } from '../freshness/health-book.ts';
import * as refusals from './errors.ts';
import type { GroupWriter } from './group-writer.ts';
import type { NewEvent, Receipt } from './model.ts';
import type { Pace } from './pace.ts';
import { readBody } from './read-body.ts';
import type { EventBody } from './read-event.ts';
import {
  isSignedBy,
  readSignedHeaders,
  type SignedHeaders,
  type SignedRequest,
} from './signature.ts';
import type { Subject } from './tables.ts';

/** How far a request's clock may be from ours. @source HL-SIGN-1, Standard Webhooks */
export const CLOCK_WINDOW_S = 300;
export const BODY_LIMIT_BYTES = 2 * 1024 * 1024;

/** What the checks of a signed request need. */
export interface AcceptWorld extends InterfacesWorld {
  readonly apps: AppBook;
  readonly writer: GroupWriter;
  readonly pace: Pace;
  readonly health: HealthBook;
  /** Seconds to wait because the inbox is full; 0 when it is not. */
  readonly fullFor: () => number;
}

/**
 * Takes in a signed request (HL-SIGN-1). The order of the checks is part of the contract: size →
 * application and address → clock → signature → nonce → schema → inbox. Only what was signed by
 * somebody known costs us more than a digest, and a receipt is given only after the commit.
 * @throws OPEN_* by the first check that fails
 */
export async function acceptSigned(
  world: AcceptWorld,
  subject: Subject,
  request: SignedRequest,
): Promise<readonly Receipt[]> {
  const { app, headers } = await authenticate(world, request);
  const wait = world.fullFor();
  if (wait > 0) throw refusals.inboxFull({ retry_after_s: wait });
  const body = readBody(subject, request.body, headers.eventId, world.content);
  const events = 'events' in body ? body.events : [];
  const pause = world.pace.take(
    app.appId,
    app.perSecond,
    Math.max(1, events.length),
    world.clock.now().getTime(),
  );
  if (pause > 0) throw refusals.tooFast({ retry_after_s: pause });
  const placed = events.map((event) => placeEvent(app, subject, event));
  const outside = placed.filter((each) => typeof each === 'string');
  const sound = 'events' in body && outside.length === 0;
  const written = await world.writer.write({
    appId: app.appId,
    nonce: headers.nonce,
    parcel: sound
      ? {
          sender: { interfaceId: interfaceOfApp(app.appId), appId: app.appId, channel: 'api' },
          events: placed.filter((each) => typeof each === 'object'),
        }
      : null,
  });
  // The nonce is judged before the body, although both are known by now.
  if (written === 'replayed') throw refusals.replayed({});
  if ('problems' in body) {
    throw refusals.bodyUnreadable({ problems: body.problems, problem_count: body.problemCount });
  }
  if (written === 'spent')
    throw refusals.outsideGrant({ problems: [...new Set(outside)].slice(0, 20) });
  if ('differing' in written) {
    throw refusals.eventDiffers({ event_ids: written.differing.slice(0, 20) });
  }
  world.health.succeeded(interfaceOfApp(app.appId), lastOf(events));
  return written.receipts;
}

async function authenticate(
  world: AcceptWorld,
  request: SignedRequest,
): Promise<{ app: KnownApp; headers: SignedHeaders }> {
  if (request.body.length > BODY_LIMIT_BYTES) {
    throw refusals.bodyTooLong({ limit_bytes: BODY_LIMIT_BYTES });
  }
  const read = readSignedHeaders(request.rawHeaders);
  if ('problems' in read) throw refusals.headersInvalid({ problems: read.problems });
  const { headers } = read;
  const app = await world.apps.find(headers.app).catch((error: unknown) => {
    throw refusals.inboxUnavailable({ retry_after_s: 5 }, error);
  });
  if (app === null) throw refusals.appRefused({});
  const refuse = (kind: 'address' | 'clock' | 'signature', error: Error): never => {
    world.health.failed(interfaceOfApp(app.appId), kind, error.message);
    throw error;
  };
  if (!app.isAddressAllowed(request.address)) refuse('address', refusals.addressRefused({}));
  const now = world.clock.now();
  if (Math.abs(now.getTime() - Number(headers.timestamp) * 1000) > CLOCK_WINDOW_S * 1000) {
    const server_time = shanghaiTime(now);
    refuse('clock', refusals.clockOutside({ server_time, allowed_s: CLOCK_WINDOW_S }));
  }
  if (!isSignedBy(app.keysAt(now), request, headers)) {
    refuse('signature', refusals.signatureWrong({}));
  }
  return { app, headers };
}

/** Puts an event under the application's source and county, or says why it may not be sent by it. */
function placeEvent(app: KnownApp, subject: Subject, body: EventBody): NewEvent | string {
  const source = subject === 'death' ? app.deathSource : app.custodySource;
  if (source === null) {
    return subject === 'death' ? '该应用没有登记死亡信息来源' : '该应用没有登记服刑羁押信息来源';
  }
  if (body.source !== undefined && body.source !== source) {
    return `来源 ${body.source} 与登记的 ${source} 不同`;
  }
  const [only, ...more] = app.agencies;
  const named = body.agency === undefined ? null : String(body.agency);
  if (named === null)
    return { subject, source, body, agency: more.length === 0 ? (only ?? null) : null };
  // 140500 speaks for the whole city: nobody's county, and only an application of all may say it.
  if (named === '140500' && more.length > 0) return { subject, source, body, agency: null };
  if (!app.agencies.includes(named)) return `县区 ${named} 不在该应用登记的范围内`;
  return { subject, source, body, agency: named };
}

function lastOf(events: readonly EventBody[]): string | null {
  const times = events.map((event) => Date.parse(event.occurred_at));
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}
