import { join } from 'node:path';
import type { DuckEngine } from '../../store/index.ts';

/** The process database (流程日志库): prepared logs, in a file of their own beside the city's. */
export interface LogStore {
  /** Opens the file when first asked for. */
  engine(): Promise<DuckEngine>;
  /** Does a piece of work once for all who ask for it while it runs. */
  together(key: string, work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Ten million events are prepared within it; the municipal database needs the rest of the machine. */
const MEMORY_LIMIT = '1GiB';

const REGISTER = `
create table if not exists log_register (
  log VARCHAR primary key, generation INTEGER not null, stamp VARCHAR not null, title VARCHAR,
  kind VARCHAR, format VARCHAR, object_type VARCHAR, source_name VARCHAR, edition INTEGER,
  as_of VARCHAR, imported_at VARCHAR, imported_by VARCHAR,
  cases BIGINT, events BIGINT, activities BIGINT, variants BIGINT, report VARCHAR
);
create sequence if not exists generation_no;
`;

/**
 * A separate file, because imported logs are no published data: a rebuild of the municipal database
 * must not lose them, and reading 10 million events must not wait for a publication.
 */
export function openLogStore(
  duck: DuckEngine,
  dataDir: string,
  memoryLimit: string = MEMORY_LIMIT,
): LogStore {
  let opened: Promise<DuckEngine> | null = null;
  const running = new Map<string, Promise<void>>();
  const open = async (): Promise<DuckEngine> => {
    const engine = await duck.openBeside(join(dataDir, 'process.duckdb'), { memoryLimit });
    try {
      await engine.write((session) => session.run(REGISTER));
      return engine;
    } catch (error) {
      await engine.close();
      throw error;
    }
  };
  return {
    engine: () => {
      opened ??= open().catch((error: unknown) => {
        opened = null;
        throw error;
      });
      return opened;
    },
    together: (key, work) => {
      const known = running.get(key);
      if (known !== undefined) return known;
      const mine = work().finally(() => running.delete(key));
      running.set(key, mine);
      return mine;
    },
    close: async () => {
      const engine = await opened?.catch(() => undefined);
      await engine?.close();
    },
  };
}
