import { mkdir } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance, version } from '@duckdb/node-api';
import {
  duckCryptoModule,
  duckDiskFull,
  duckHeld,
  duckKeyWrong,
  duckMemory,
  duckPlain,
  duckUnreadable,
} from '../errors.ts';
import { asStoreError } from './faults.ts';
import { portableMacros } from './macros.ts';

/** Everything an instance is opened with, after defaults. */
export interface DuckProfile {
  readonly file: string;
  readonly stagingDir: string;
  readonly passingDir: string | null;
  readonly tempDir: string;
  readonly memoryLimit: string;
  readonly threads: number;
  /** Keys the file may be encrypted under, hex, the newest first; none = not encrypted. */
  readonly keys: readonly string[];
  /** Signed extension with OpenSSL, which is several times faster than the built-in cipher. */
  readonly cryptoModule: string | null;
}

const MIB = 2 ** 20;

/** File format since 1.5: texts are packed in one pass, a third faster to write than before. */
const STORAGE = 'v1.5.0';

/**
 * Rows of a group of the municipal database: what one person's look-up decodes at least. A quarter of
 * the engine's own size makes 20 look-ups three times as fast and costs a full scan nothing.
 */
const ROW_GROUP = 30_720;

/** Half of the machine's memory, at most 4 GB: more brought nothing in our measurements. */
export function defaultMemoryLimit(machineBytes: number = totalmem()): string {
  return `${Math.min(4096, Math.floor(machineBytes / MIB / 2))}MiB`;
}

export const defaultThreads = (): number => availableParallelism();

/** Version of the engine, e.g. `v1.5.5`: an extension must be made for it. */
export const duckVersion = (): string => version();

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Name of the municipal database: it is always attached to an instance in memory. */
const CITY = 'city';

/** An instance and which of the keys opened its file; 0 is the newest. */
export interface OpenedInstance {
  readonly instance: DuckDBInstance;
  readonly key: number;
}

/**
 * Opens and locks down the database file: afterwards no SQL can touch a file outside staging,
 * load an extension or undo the lock, not even SQL of a rule somebody wrote. `spillDir` is this
 * instance's alone: two instances would overwrite each other's files.
 * @throws STORE_DUCK_HELD, STORE_DUCK_UNREADABLE, STORE_DUCK_DISK_FULL, STORE_DUCK_MEMORY,
 *   STORE_DUCK_PLAIN, STORE_DUCK_KEY_WRONG
 */
export async function openInstance(
  profile: DuckProfile,
  spillDir: string,
): Promise<OpenedInstance> {
  await mkdir(profile.stagingDir, { recursive: true, mode: 0o700 });
  await mkdir(spillDir, { recursive: true, mode: 0o700 });
  const instance = await create(profile, spillDir);
  try {
    const connection = await instance.connect();
    const key = await attachCity(connection, profile);
    // Global settings first, the lock last: after it nothing can be set any more.
    await connection.run(`set global TimeZone = 'Asia/Shanghai'`);
    const folders = [profile.stagingDir, profile.passingDir].filter((dir) => dir !== null);
    await connection.run(`set allowed_directories = [${folders.map(quoted).join(', ')}]`);
    await connection.run('set enable_external_access = false');
    await connection.run('set lock_configuration = true');
    connection.closeSync();
    return { instance, key };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function create(profile: DuckProfile, spillDir: string): Promise<DuckDBInstance> {
  const encrypted = profile.keys.length > 0;
  try {
    return await DuckDBInstance.create(':memory:', {
      temp_directory: spillDir,
      memory_limit: profile.memoryLimit,
      threads: String(profile.threads),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      ...(encrypted ? { temp_file_encryption: 'true' } : {}),
      ...(encrypted && profile.cryptoModule === null ? { force_mbedtls_unsafe: 'true' } : {}),
    });
  } catch (error) {
    throw openingError(error, profile);
  }
}

/**
 * Attaches the file under the first key that opens it, and tells which; a new file gets the newest.
 * The engine calls its built-in cipher unsafe because of where it takes nonces from; `docs/decisions`
 * says why that holds for a file whose key comes from us.
 */
async function attachCity(connection: DuckDBConnection, profile: DuckProfile): Promise<number> {
  const { file, keys, cryptoModule } = profile;
  if (keys.length > 0 && cryptoModule !== null) await loadCrypto(connection, cryptoModule);
  for (const [index, key] of (keys.length > 0 ? keys : [null]).entries()) {
    try {
      await connection.run(attachment({ file, name: CITY, key, rowGroup: ROW_GROUP }));
      return index;
    } catch (error) {
      if (!/wrong encryption key/i.test(textOf(error))) throw openingError(error, profile);
    }
  }
  throw duckKeyWrong({ file });
}

/** SQL that attaches a database file, encrypted where a key is given. */
export function attachment(request: {
  readonly file: string;
  readonly name: string;
  readonly key: string | null;
  /** Rows of a group; default the engine's own, which suits what is read whole. */
  readonly rowGroup?: number;
}): string {
  const { file, name, key, rowGroup } = request;
  const options = [
    ...(key === null ? [] : [`ENCRYPTION_KEY ${quoted(key)}`, `ENCRYPTION_CIPHER 'GCM'`]),
    `STORAGE_VERSION '${STORAGE}'`,
    ...(rowGroup === undefined ? [] : [`ROW_GROUP_SIZE ${rowGroup}`]),
  ];
  return `attach ${quoted(file)} as ${name} (${options.join(', ')})`;
}

async function loadCrypto(connection: DuckDBConnection, file: string): Promise<void> {
  try {
    await connection.run(`load ${quoted(file)}`);
  } catch (error) {
    throw duckCryptoModule({ file }, error);
  }
}

/** A full disk or memory is no damage: the file must not be taken for lost. */
function openingError(error: unknown, profile: DuckProfile): Error {
  const text = textOf(error);
  if (/could not set lock|conflicting lock/i.test(text)) {
    return duckHeld({ file: profile.file }, error);
  }
  if (/but database .* is not encrypted/i.test(text)) return duckPlain({ file: profile.file });
  if (/encrypted database .* without a key/i.test(text))
    return duckKeyWrong({ file: profile.file });
  const known = asStoreError(error, { ...profile, broken: false });
  const passing: readonly string[] = [duckDiskFull.code, duckMemory.code];
  return passing.includes(known.code) ? known : duckUnreadable({ file: profile.file }, error);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Opens one connection with the functions portable SQL counts on. */
export async function connect(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run(`use ${CITY}`);
  await connection.run(portableMacros);
  return connection;
}
