import { openField } from '../../security/index.ts';
import { addressCheck } from './addresses.ts';
import { placeOfSecret } from './change-apps.ts';
import { appOf } from './list-apps.ts';
import { type AppAlgorithm, type DepartmentApp, isKeyValid } from './model.ts';
import { type Verifier, verifierOf } from './verifier.ts';
import type { InterfacesWorld } from './world.ts';

/** An application ready to be checked against: keys opened and prepared once. */
export interface KnownApp extends DepartmentApp {
  isAddressAllowed(address: string): boolean;
  /** Keys that may sign at an instant. */
  keysAt(now: Date): readonly Verifier[];
}

/** The applications as a running process knows them. */
export interface AppBook {
  /** Null for one that is unknown or ended: both are answered alike. */
  find(appId: string): Promise<KnownApp | null>;
  /** Forgets what was read; the next request sees a change at once. */
  forget(): void;
}

/**
 * Opens the book. Preparing an SM2 key costs some milliseconds and makes each check ten times
 * faster, so it is done once per key and not per request.
 */
export function openAppBook(world: InterfacesWorld): AppBook {
  let loading: Promise<ReadonlyMap<string, KnownApp>> | null = null;
  return {
    async find(appId) {
      loading ??= load(world);
      const book = await loading.catch((error: unknown) => {
        loading = null;
        throw error;
      });
      return book.get(appId) ?? null;
    },
    forget() {
      loading = null;
    },
  };
}

async function load(world: InterfacesWorld): Promise<ReadonlyMap<string, KnownApp>> {
  const apps = await world.db
    .selectFrom('department_app')
    .selectAll()
    .where('revoked_at', 'is', null)
    .execute();
  const keys = await world.db
    .selectFrom('department_app_key')
    .selectAll()
    .where('revoked_at', 'is', null)
    .orderBy('key_no', 'desc')
    .execute();
  const known = apps.map((app): [string, KnownApp] => {
    const mine = keys
      .filter((key) => key.app_id === app.app_id)
      .map((key) => ({
        expiresAt: key.expires_at,
        revokedAt: key.revoked_at,
        verifier: verifierOf(
          key.key_no,
          key.algorithm as AppAlgorithm,
          key.public_key ??
            openField(world.keys, placeOfSecret(app.app_id, key.key_no), key.sealed_secret ?? ''),
        ),
      }));
    const keysAt = (now: Date) =>
      mine.filter((key) => isKeyValid(key, now)).map((key) => key.verifier);
    return [app.app_id, { ...appOf(app), isAddressAllowed: addressCheck(app.addresses), keysAt }];
  });
  return new Map(known);
}
