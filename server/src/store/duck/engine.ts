import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { duckFatal } from '../errors.ts';
import { gate } from './gate.ts';
import type { Generation } from './generation.ts';
import type { DuckProfile } from './instance.ts';
import { attachment, defaultMemoryLimit, defaultThreads } from './instance.ts';
import type { DuckSession } from './session.ts';
import { openSuccession } from './succession.ts';
import { inTransaction } from './transaction.ts';

export interface DuckOptions {
  /** Database file; made when absent. */
  readonly file: string;
  /** The only folder SQL may read from or write to. */
  readonly stagingDir: string;
  /** A second folder SQL may read from, for text that should not reach a disk. */
  readonly passingDir?: string;
  /** Where work larger than memory spills; keep 20 GB free for a full city. */
  readonly tempDir: string;
  /** DuckDB size text such as `2GB`; default half of the machine's memory, at most 4 GB. */
  readonly memoryLimit?: string;
  /** Default: the cores of the machine. */
  readonly threads?: number;
  /** Keys of 32 bytes the file is encrypted under, the newest first; absent = not encrypted. */
  readonly keys?: readonly Buffer[];
  /** DuckDB's signed httpfs extension, for its OpenSSL; absent = the built-in cipher. */
  readonly cryptoModule?: string | undefined;
}

export interface DuckEngine {
  readonly file: string;
  readonly stagingDir: string;
  /** Lends a connection for reading; up to 16 at once, others wait. */
  read<T>(work: (session: DuckSession) => Promise<T>): Promise<T>;
  /** Like `read`, on a connection of its own: it may make temporary tables, which end with it. */
  scratch<T>(work: (session: DuckSession) => Promise<T>): Promise<T>;
  /** Lends a new connection for writing, one at a time in order of asking, no transaction. */
  write<T>(work: (session: DuckSession) => Promise<T>): Promise<T>;
  /** Writes inside BEGIN/COMMIT; a statement that fails or anything `work` throws undoes all. */
  transaction<T>(work: (session: DuckSession) => Promise<T>): Promise<T>;
  /** Tells whether the file is encrypted under the newest of the keys; a rebuild makes it so. */
  isUnderNewestKey(): Promise<boolean>;
  /** Moves the log into the database file. */
  checkpoint(): Promise<void>;
  /**
   * Attaches a database of passing use, `:memory:` or a file of the staging folder; where the
   * municipal database is encrypted so is the file, under a key that ends with the process.
   */
  attachPassing(name: string, file: string): Promise<void>;
  /** Opens another database file with the same settings and staging folder; memory may differ. */
  openBeside(file: string, changes?: Pick<DuckOptions, 'memoryLimit'>): Promise<DuckEngine>;
  /** Closes the file, lets `swap` put another in its place, and opens it; calls wait meanwhile. */
  exchange(swap: () => Promise<void>): Promise<void>;
  /** Waits for the work under way and closes the file. */
  close(): Promise<void>;
}

const MAX_READERS = 16;

interface Errand {
  readonly generation: Generation;
  readonly writing: boolean;
  active: boolean;
}

/**
 * Opens the municipal database (市人社数据库), made when absent, locked down to the staging folder.
 * After a fatal error (disk full) the call throws and the next one finds the file opened anew.
 * @throws STORE_DUCK_HELD, STORE_DUCK_UNREADABLE
 */
export async function openDuck(options: DuckOptions): Promise<DuckEngine> {
  const profile = profileOf(options);
  const errands = new AsyncLocalStorage<Errand>();
  const readers = gate(MAX_READERS);
  const writer = gate(1);
  const { live, exchange, close } = await openSuccession(profile);

  const errand = async <T>(
    writing: boolean,
    work: (session: DuckSession) => Promise<T>,
    fresh = writing,
  ) => {
    const outer = errands.getStore();
    const nested = outer?.active === true ? outer : undefined;
    if (nested?.writing && writing) {
      throw new Error('a write inside a write would wait for itself: use the session given');
    }
    if (nested?.generation.broken) throw duckFatal({ reason: '数据库已停用' });
    const enter =
      nested && !writing ? <R>(job: () => Promise<R>) => job() : writing ? writer : readers;
    return enter(async () => {
      const generation = await live();
      const mine: Errand = { generation, writing, active: true };
      try {
        return await errands.run(mine, () => generation.lend(fresh, work));
      } finally {
        mine.active = false;
      }
    });
  };

  return {
    file: profile.file,
    stagingDir: profile.stagingDir,
    read: (work) => errand(false, work),
    scratch: (work) => errand(false, work, true),
    write: (work) => errand(true, work),
    transaction: (work) => errand(true, (session) => inTransaction(session, work)),
    openBeside: (file, changes = {}) => openDuck({ ...options, ...changes, file }),
    exchange,
    isUnderNewestKey: async () => (await live()).underNewestKey,
    attachPassing: (name, file) => {
      const sealed = profile.keys.length > 0 && file !== ':memory:';
      const key = sealed ? randomBytes(32).toString('hex') : null;
      const sql = attachment({ file, name, key });
      return errand(true, async (session) => void (await session.run(sql)));
    },
    checkpoint: () => errand(true, async (session) => void (await session.run('checkpoint'))),
    close,
  };
}

function profileOf(options: DuckOptions): DuckProfile {
  return {
    file: resolve(options.file),
    stagingDir: resolve(options.stagingDir),
    passingDir: options.passingDir ?? null,
    tempDir: resolve(options.tempDir),
    memoryLimit: options.memoryLimit ?? defaultMemoryLimit(),
    threads: options.threads ?? defaultThreads(),
    keys: (options.keys ?? []).map((key) => key.toString('hex')),
    cryptoModule: options.cryptoModule || null,
  };
}
