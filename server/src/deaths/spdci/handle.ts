import type { Kysely } from 'kysely';
import {
  type FieldPlace,
  forWholeCity,
  openField,
  sealField,
  sm3Hex,
} from '../../security/index.ts';
import {
  type AppBook,
  auditAct,
  type InterfacesWorld,
  interfaceOfApp,
  type KnownApp,
} from '../apps/index.ts';
import type { HealthBook } from '../freshness/health-book.ts';
import type { InterfaceTables } from '../inbound/index.ts';
import {
  type Action,
  type CallbackAction,
  type Envelope,
  isJson,
  isText,
  type Json,
  Refusal,
  readEnvelope,
} from './envelope.ts';
import { putOut } from './outbox.ts';
import { receiveRecords } from './receive.ts';
import { answerSearch } from './search.ts';
import { checkSignature, makeSignature } from './signature.ts';
import { subscribe, unsubscribe } from './subscribe.ts';

export interface SpdciWorld extends InterfacesWorld {
  readonly apps: AppBook;
  readonly health: HealthBook;
  /** Told when notices came into the inbox. */
  readonly arrived: () => void;
}

/** A message as it came in. */
export interface SpdciRequest {
  readonly action: Action;
  /** `sync`: the result is the answer; `async`: it is sent to the partner's address. */
  readonly mode: 'sync' | 'async';
  readonly authorization: string | undefined;
  readonly address: string;
  readonly body: Buffer;
}

export interface SpdciAnswer {
  readonly status: number;
  readonly body: Json;
}

type Db = Kysely<InterfaceTables>;

/**
 * Answers one message of the SPDCI civil registration interface (民事登记互通): who it is, form,
 * signature, whether it is new, then the work — all of it in one transaction with its audit entry.
 */
export async function handleSpdci(world: SpdciWorld, request: SpdciRequest): Promise<SpdciAnswer> {
  try {
    const app = await findApp(world, request);
    const envelope = readEnvelope(request.body, request.action);
    if (envelope.senderId !== '' && envelope.senderId !== app.appId) {
      throw new Refusal(401, 'err.sender_id.invalid', 'sender_id 应为登记的应用编号');
    }
    try {
      checkSignature(envelope, app, world.clock.now());
    } catch (error) {
      if (error instanceof Refusal)
        world.health.failed(interfaceOfApp(app.appId), 'signature', error.message);
      throw error;
    }
    const body = await forWholeCity(world.db, (transaction) =>
      work(world, transaction, app, envelope, request),
    );
    world.health.succeeded(interfaceOfApp(app.appId), null);
    if (request.action === 'notify' || request.action === 'on-search') world.arrived();
    return { status: 200, body };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      status: error.status,
      body: { errors: [{ code: error.code, message: error.message }] },
    };
  }
}

async function findApp(world: SpdciWorld, request: SpdciRequest): Promise<KnownApp> {
  const [, appId] = /^Bearer (app-[0-9a-f]{16})$/.exec(request.authorization ?? '') ?? [];
  const app = appId === undefined ? null : await world.apps.find(appId);
  if (app === null)
    throw new Refusal(401, 'err.request.unauthorized', '需要 Authorization: Bearer 应用编号');
  if (!app.isAddressAllowed(request.address)) {
    throw new Refusal(403, 'err.request.unauthorized', '这个应用不允许从当前网络地址访问');
  }
  return app;
}

async function work(
  world: SpdciWorld,
  db: Db,
  app: KnownApp,
  envelope: Envelope,
  request: SpdciRequest,
): Promise<Json> {
  await spendMessage(world, db, app, envelope);
  const { action } = request;
  // The partner's own number may be anything; its digest is what the log can hold.
  const act = {
    action: `spdci.${action.replaceAll('-', '_')}`,
    object: sm3Hex(envelope.transactionId).slice(0, 32),
  };
  await auditAct(db, world, { actor: interfaceOfApp(app.appId) }, request.address, act);
  const { message } = envelope;
  const correlation = `hl-${world.random.bytes(12).toString('hex')}`;
  switch (action) {
    case 'notify':
    case 'on-search': {
      const list = action === 'notify' ? 'notify_event' : 'search_response';
      await receiveRecords(world, db, app, message, list);
      return acknowledgement(world, 'ACK', correlation);
    }
    case 'on-subscribe':
    case 'on-unsubscribe':
    case 'txn-on-status':
      return acknowledgement(world, 'ACK', correlation);
    case 'txn-status': {
      const found = await findTransaction(world, db, app, envelope, correlation);
      return answer(world, db, app, request, { on: 'txn-on-status', message: found, correlation });
    }
    case 'search':
    case 'subscribe':
    case 'unsubscribe': {
      const ids = { transaction_id: envelope.transactionId, correlation_id: correlation };
      const made: Json = {
        ...ids,
        ...(action === 'search'
          ? {
              search_response: await answerSearch(
                world,
                db as unknown as Kysely<never>,
                app,
                message,
              ),
            }
          : {}),
        ...(action === 'subscribe'
          ? { subscribe_response: await subscribe(world, db, app, message) }
          : {}),
        ...(action === 'unsubscribe' ? await unsubscribe(world, db, app, message) : {}),
      };
      await keepTransaction(world, db, app, action, made);
      return answer(world, db, app, request, { on: `on-${action}`, message: made, correlation });
    }
  }
}

/** A message comes once: its number is kept like a nonce and outlives the signature. */
async function spendMessage(world: SpdciWorld, db: Db, app: KnownApp, { messageId }: Envelope) {
  const spent = await db
    .insertInto('inbound_nonce')
    .values({
      ...{ app_id: app.appId, nonce: `spdci-${sm3Hex(messageId)}` },
      // Signatures live up to an hour; nonces of this time are deleted after a quarter.
      seen_at: new Date(world.clock.now().getTime() + 3_600_000).toISOString(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('nonce')
    .executeTakeFirst();
  if (spent === undefined)
    throw new Refusal(409, 'err.request.bad', 'message_id 重复，没有再次处理');
}

async function answer(
  world: SpdciWorld,
  db: Db,
  app: KnownApp,
  request: SpdciRequest,
  made: { readonly on: CallbackAction; readonly message: Json; readonly correlation: string },
): Promise<Json> {
  if (request.mode === 'sync') return envelopeOf(world, app, made.on, made.message);
  // Without an address there is nowhere to send it: the partner asks for the status instead.
  if (app.callbackUrl === null) return acknowledgement(world, 'NACK', made.correlation);
  await putOut(world, db, app.appId, made.on, made.message);
  return acknowledgement(world, 'ACK', made.correlation);
}

function acknowledgement(world: SpdciWorld, status: 'ACK' | 'NACK', correlation: string): Json {
  const timestamp = world.clock.now().toISOString();
  return { message: { ack_status: status, timestamp, correlation_id: correlation } };
}

function envelopeOf(world: SpdciWorld, app: KnownApp, action: CallbackAction, message: Json): Json {
  const now = world.clock.now();
  const header: Json = {
    ...{ version: '1.0.0', message_id: `hl-${world.random.bytes(12).toString('hex')}` },
    ...{
      message_ts: now.toISOString(),
      action,
      status: 'succ',
      total_count: 1,
      completed_count: 1,
    },
    ...{ sender_id: 'huiliu', receiver_id: app.appId },
  };
  const signature = makeSignature({ header, message }, app, now);
  return { ...(signature === null ? {} : { signature }), header, message };
}

const placeOf = (appId: string, kind: string, transactionId: string): FieldPlace => ({
  ...{
    table: 'spdci_transaction',
    column: 'sealed_answer',
    key: `${appId}/${kind}/${transactionId}`,
  },
});

async function keepTransaction(
  world: SpdciWorld,
  db: Db,
  app: KnownApp,
  kind: 'search' | 'subscribe' | 'unsubscribe',
  made: Json,
): Promise<void> {
  const { transaction_id: id, correlation_id: correlation } = made as Record<string, string>;
  const values = {
    ...{ correlation_id: correlation ?? '', created_at: world.clock.now().toISOString() },
    sealed_answer: sealField(world.keys, placeOf(app.appId, kind, id ?? ''), JSON.stringify(made)),
  };
  await db
    .insertInto('spdci_transaction')
    .values({ app_id: app.appId, transaction_id: id ?? '', kind, ...values })
    .onConflict((conflict) =>
      conflict.columns(['app_id', 'transaction_id', 'kind']).doUpdateSet(values),
    )
    .execute();
}

async function findTransaction(
  world: SpdciWorld,
  db: Db,
  app: KnownApp,
  { message, transactionId }: Envelope,
  correlation: string,
): Promise<Json> {
  const asked = message.txnstatus_request;
  const kinds = ['search', 'subscribe', 'unsubscribe'] as const;
  const kind = isJson(asked) ? kinds.find((each) => each === asked.txn_type) : undefined;
  if (
    !isJson(asked) ||
    kind === undefined ||
    !isText(asked.reference_id) ||
    !isText(asked.attribute_value)
  ) {
    throw new Refusal(
      400,
      'err.request.bad',
      'txnstatus_request 缺少 reference_id、txn_type 或 attribute_value',
    );
  }
  const by = { transaction_id: 'transaction_id', correlation_id: 'correlation_id' } as const;
  const column = by[String(asked.attribute_type) as keyof typeof by];
  if (column === undefined) {
    throw new Refusal(
      400,
      'err.request.bad',
      'attribute_type 支持 transaction_id 和 correlation_id',
    );
  }
  const row = await db
    .selectFrom('spdci_transaction')
    .select(['transaction_id', 'sealed_answer'])
    .where('app_id', '=', app.appId)
    .where('kind', '=', kind)
    .where(column, '=', asked.attribute_value)
    .executeTakeFirst();
  const empty = { transaction_id: asked.attribute_value, correlation_id: correlation };
  const found =
    row === undefined
      ? { ...empty, [`${kind}_response`]: [] }
      : (JSON.parse(
          openField(world.keys, placeOf(app.appId, kind, row.transaction_id), row.sealed_answer),
        ) as Json);
  return {
    ...{ transaction_id: transactionId, correlation_id: correlation },
    txnstatus_response: { txn_type: `on-${kind}`, txn_status: found },
  };
}
