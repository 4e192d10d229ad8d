import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../kernel/index.ts';
import { loadAccessPolicy } from '../access/load-policy.ts';
import type { KeyProvider } from '../crypto/index.ts';
import { loadOrCreateKey } from '../key-file.ts';
import { loadOidcConfig } from './oidc/oidc-config.ts';
import { loadPasswordRules } from './passwords/rules.ts';
import { relyingPartyOf } from './security-keys/relying-party.ts';
import type { IdentityDatabase } from './tables.ts';
import type { IdentityWorld } from './world.ts';

export interface IdentityOptions {
  readonly db: IdentityDatabase;
  readonly clock: Clock;
  readonly keys: KeyProvider;
  /** Content roots, base first. */
  readonly roots: readonly string[];
  /** `DATA/config`: key, and whether the folder is one of the demonstration. */
  readonly configDir: string;
  readonly agencies: ReadonlyMap<string, string>;
  readonly insurances: ReadonlyMap<string, string>;
  readonly pause?: (ms: number) => Promise<void>;
}

/** File whose presence makes a data folder one of the demonstration; only `demo` writes it. */
export const DEMO_FILE = 'demo';

/**
 * Opens identity and access: reads policy and password rules and the key of this installation.
 * @throws SECURITY_ACCESS_CONTENT_INVALID, SECURITY_PASSWORD_CONTENT_INVALID, SECURITY_KEY_FILE_*
 */
export async function openIdentity(options: IdentityOptions): Promise<IdentityWorld> {
  const { db, clock, keys, roots, configDir, agencies, insurances } = options;
  const key = await loadOrCreateKey(join(configDir, 'identity-key'));
  const demo = await readFile(join(configDir, DEMO_FILE), 'utf8').catch(() => null);
  return {
    ...{ db, clock, key, keys, agencies, insurances },
    policy: loadAccessPolicy(roots),
    passwords: loadPasswordRules(roots),
    oidc: await loadOidcConfig(join(configDir, 'oidc.yaml')),
    relyingParty: relyingPartyOf(undefined),
    demo: demo !== null,
    pause: options.pause ?? (async (ms) => void (await wait(ms))),
  };
}
