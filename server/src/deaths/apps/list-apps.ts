import type { DataScope } from '../../contract/index.ts';
import type { AppAlgorithm, AppKey, DepartmentApp } from './model.ts';
import type { InterfacesWorld } from './world.ts';

/** Lists applications within a scope, the newest first, with their keys but no secret. */
export async function listApps(
  world: Pick<InterfacesWorld, 'db'>,
  scope: DataScope,
): Promise<readonly (DepartmentApp & { readonly keys: readonly AppKey[] })[]> {
  const apps = await world.db
    .selectFrom('department_app')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('app_id')
    .execute();
  const keys = await world.db
    .selectFrom('department_app_key')
    .select(['app_id', 'key_no', 'algorithm', 'public_key', 'expires_at', 'revoked_at'])
    .orderBy('key_no')
    .execute();
  const { agencies } = scope;
  return apps
    .filter((app) => agencies === 'all' || app.agencies.some((code) => agencies.includes(code)))
    .map((app) => ({
      ...appOf(app),
      keys: keys
        .filter((key) => key.app_id === app.app_id)
        .map((key) => ({
          keyNo: key.key_no,
          algorithm: key.algorithm as AppAlgorithm,
          publicKey: key.public_key,
          expiresAt: key.expires_at,
          revokedAt: key.revoked_at,
        })),
    }));
}

interface AppRow {
  readonly app_id: string;
  readonly name: string;
  readonly death_source: string | null;
  readonly custody_source: string | null;
  readonly agencies: readonly string[];
  readonly addresses: readonly string[];
  readonly per_second: number;
  readonly expected_per_day: number | null;
  readonly silent_after_hours: number;
  readonly callback_url: string | null;
  readonly created_at: string;
  readonly revoked_at: string | null;
}

export function appOf(row: AppRow): DepartmentApp {
  return {
    appId: row.app_id,
    name: row.name,
    deathSource: row.death_source,
    custodySource: row.custody_source,
    agencies: row.agencies,
    addresses: row.addresses,
    perSecond: row.per_second,
    expectedPerDay: row.expected_per_day,
    silentAfterHours: row.silent_after_hours,
    callbackUrl: row.callback_url,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}
