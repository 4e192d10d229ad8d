import { callDepartment } from './call-department.ts';
import { CallFailure } from './failure.ts';
import type { ConnectorConfig } from './model.ts';
import { SCHEMES } from './schemes/index.ts';
import { credentialsOf, type SecretWorld } from './secret.ts';

/**
 * Asks a department once; when the platform says the secret no longer holds, once more with a new
 * one. @throws CallFailure
 */
export async function ask(
  world: SecretWorld,
  config: ConnectorConfig,
  url: string,
  parameters: Readonly<Record<string, string | number>>,
): Promise<unknown> {
  const scheme = SCHEMES[config.scheme];
  const once = async (renew: boolean): Promise<unknown> => {
    const keys = await credentialsOf(world, config, renew);
    const now = world.clock.now();
    const nonce = world.random.bytes(16).toString('hex');
    const call = scheme.prepare({ ...config.parameters, ...parameters }, keys, { now, nonce });
    const target = { url, timeoutMs: config.timeoutMs, now };
    return scheme.open(await callDepartment(world.network, world.hosts, target, call), keys);
  };
  try {
    return await once(false);
  } catch (error) {
    const stale =
      error instanceof CallFailure && error.kind === 'signature' && config.refresh !== null;
    if (!stale) throw error;
    return once(true);
  }
}
