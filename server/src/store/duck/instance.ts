import { mkdir } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import { duckDiskFull, duckHeld, duckMemory, duckUnreadable } from '../errors.ts';
import { asStoreError } from './faults.ts';
import { portableMacros } from './macros.ts';

/** Everything an instance is opened with, after defaults. */
export interface DuckProfile {
  readonly file: string;
  readonly stagingDir: string;
  readonly tempDir: string;
  readonly memoryLimit: string;
  readonly threads: number;
}

const MIB = 2 ** 20;

/** File format since 1.5: texts are packed in one pass, a third faster to write than before. */
const STORAGE = 'v1.5.0';

/** Half of the machine's memory, at most 4 GB: more brought nothing in our measurements. */
export function defaultMemoryLimit(machineBytes: number = totalmem()): string {
  return `${Math.min(4096, Math.floor(machineBytes / MIB / 2))}MiB`;
}

export const defaultThreads = (): number => availableParallelism();

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Opens and locks down the database file: afterwards no SQL can touch a file outside staging,
 * load an extension or undo the lock, not even SQL of a rule somebody wrote.
 * @throws STORE_DUCK_HELD, STORE_DUCK_UNREADABLE, STORE_DUCK_DISK_FULL, STORE_DUCK_MEMORY
 */
export async function openInstance(profile: DuckProfile): Promise<DuckDBInstance> {
  await mkdir(profile.stagingDir, { recursive: true, mode: 0o700 });
  await mkdir(profile.tempDir, { recursive: true, mode: 0o700 });
  const instance = await create(profile);
  try {
    const connection = await instance.connect();
    // Global settings first, the lock last: after it nothing can be set any more.
    await connection.run(`set global TimeZone = 'Asia/Shanghai'`);
    await connection.run(`set allowed_directories = [${quoted(profile.stagingDir)}]`);
    await connection.run('set enable_external_access = false');
    await connection.run('set lock_configuration = true');
    connection.closeSync();
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function create(profile: DuckProfile): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(profile.file, {
      temp_directory: profile.tempDir,
      memory_limit: profile.memoryLimit,
      threads: String(profile.threads),
      storage_compatibility_version: STORAGE,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
  } catch (error) {
    throw openingError(error, profile);
  }
}

/** A full disk or memory is no damage: the file must not be taken for lost. */
function openingError(error: unknown, profile: DuckProfile): Error {
  const text = error instanceof Error ? error.message : String(error);
  if (/could not set lock|conflicting lock/i.test(text)) {
    return duckHeld({ file: profile.file }, error);
  }
  const known = asStoreError(error, { ...profile, broken: false });
  const passing: readonly string[] = [duckDiskFull.code, duckMemory.code];
  return passing.includes(known.code) ? known : duckUnreadable({ file: profile.file }, error);
}

/** Opens one connection with the functions portable SQL counts on. */
export async function connect(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run(portableMacros);
  return connection;
}
