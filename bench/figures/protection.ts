import type { DuckSession } from '../../server/src/store/index.ts';

/** What encrypts the municipal database: it decides how fast blocks are read and written. */
export type Protection = 'openssl' | 'builtin' | 'none';

const TEXTS: Readonly<Record<Protection, string>> = {
  openssl: '库文件加密（OpenSSL 加密模块）',
  builtin: '库文件加密（内置加密模块，较慢）',
  none: '库文件不加密',
};

/**
 * Asks the engine that holds the database. Locked, it does not list its extensions; the module is
 * known by a setting that it brings.
 */
export async function readProtection(session: DuckSession): Promise<Protection> {
  const row = await session.first<{ encrypted: boolean; openssl: boolean }>(
    `select (select encrypted from duckdb_databases() where database_name = current_database()) as encrypted,
       exists (select 1 from duckdb_settings() where name = 's3_endpoint') as openssl`,
  );
  if (row?.encrypted !== true) return 'none';
  return row.openssl ? 'openssl' : 'builtin';
}

/** Says it in Chinese. */
export function protectionText(protection: Protection): string {
  return TEXTS[protection];
}
