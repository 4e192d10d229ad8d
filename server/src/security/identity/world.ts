import type { Clock } from '../../kernel/index.ts';
import type { AccessPolicy } from '../access/policy.ts';
import type { KeyProvider } from '../crypto/index.ts';
import type { OidcConfig } from './oidc/oidc-config.ts';
import type { PasswordRules } from './passwords/rules.ts';
import type { KeysOff, RelyingParty } from './security-keys/relying-party.ts';
import type { IdentityDatabase } from './tables.ts';

/** What identity and access work with. */
export interface IdentityWorld {
  readonly db: IdentityDatabase;
  readonly clock: Clock;
  readonly policy: AccessPolicy;
  readonly passwords: PasswordRules;
  /** Seals account rows and grants, tags logins, binds CSRF tokens to sessions. */
  readonly key: string;
  /** Encrypts seeds of second factors. */
  readonly keys: KeyProvider;
  /** Agencies and insurances a grant may name: code → name. */
  readonly agencies: ReadonlyMap<string, string>;
  readonly insurances: ReadonlyMap<string, string>;
  /** The city's sign-on, where one is configured. */
  readonly oidc: OidcConfig | null;
  /** For whom security keys sign, or why they cannot; whoever serves pages says where they are. */
  readonly relyingParty: RelyingParty | KeysOff;
  /** A data folder of the demonstration: no second factor is asked for, and every page says so. */
  readonly demo: boolean;
  /** Waits before a failed sign-in is answered; tests pass one that does not. */
  readonly pause: (ms: number) => Promise<void>;
}
