import type { FieldPlace } from '../../security/index.ts';
import { openField, sealField } from '../../security/index.ts';
import type { InterfacesWorld } from '../apps/index.ts';
import { callDepartment, type Network } from './call-department.ts';
import { CallFailure } from './failure.ts';
import type { ConnectorConfig, Credentials } from './model.ts';
import { isObject, jsonCall, openSecret, refreshHeaders } from './schemes/index.ts';

export interface SecretWorld extends InterfacesWorld {
  readonly network: Network;
  readonly hosts: readonly string[];
}

const placeOf = (id: string): FieldPlace => ({
  table: 'connector_state',
  column: 'sealed_secret',
  key: id,
});

/**
 * Gives the credentials a call is signed with. Where the platform changes secrets, a new one is
 * fetched before the old one ends, or at once when `force` says that it no longer holds.
 * @throws CallFailure
 */
export async function credentialsOf(
  world: SecretWorld,
  config: ConnectorConfig,
  force = false,
): Promise<Credentials> {
  const { refresh } = config;
  if (refresh === null) return config.credentials;
  const kept = await world.db
    .selectFrom('connector_state')
    .select(['sealed_secret', 'secret_until'])
    .where('connector_id', '=', config.id)
    .executeTakeFirst();
  const now = world.clock.now();
  const renewFrom = Date.parse(kept?.secret_until ?? '') - refresh.beforeMinutes * 60_000;
  if (!force && kept?.sealed_secret != null && now.getTime() < renewFrom) {
    return {
      ...config.credentials,
      secret: openField(world.keys, placeOf(config.id), kept.sealed_secret),
    };
  }
  const fresh = await fetchSecret(world, config, refresh.url);
  await world.db
    .updateTable('connector_state')
    .set({
      sealed_secret: sealField(world.keys, placeOf(config.id), fresh.secret),
      secret_until: fresh.until,
    })
    .where('connector_id', '=', config.id)
    .execute();
  return { ...config.credentials, secret: fresh.secret };
}

async function fetchSecret(world: SecretWorld, config: ConnectorConfig, url: string) {
  const now = world.clock.now();
  const nonce = world.random.bytes(16).toString('hex');
  const call = jsonCall(refreshHeaders(config.credentials, { now, nonce }), {});
  const target = { url, timeoutMs: config.timeoutMs, now };
  const answer = await callDepartment(world.network, world.hosts, target, call);
  const data = isObject(answer) && isObject(answer.data) ? answer.data : null;
  const until = untilOf(data?.secretEndTime);
  if (typeof data?.secret !== 'string' || until === null) {
    throw new CallFailure('secret', '更换密钥的应答缺少密钥或到期时间');
  }
  return { secret: openSecret(data.secret, config.credentials.appKey ?? ''), until };
}

/** Milliseconds, or wall time in Shanghai. */
function untilOf(value: unknown): string | null {
  const text = String(value ?? '');
  const ms = /^\d{13}$/.test(text) ? Number(text) : Date.parse(`${text.replace(' ', 'T')}+08:00`);
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
