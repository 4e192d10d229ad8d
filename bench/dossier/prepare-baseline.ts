import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Progress } from '../../server/src/kernel/index.ts';
import { identifier } from '../../server/src/municipal/index.ts';
import { recordAudit } from '../../server/src/security/index.ts';
import {
  type DuckSession,
  openPostgres,
  type PostgresEngine,
} from '../../server/src/store/index.ts';
import { type Protection, readProtection } from '../figures/index.ts';
import { type ChosenPersons, choosePersons } from './choose-persons.ts';
import { copyIn } from './copy-in.ts';
import { cityMissing } from './errors.ts';
import { type PersonTable, personTables } from './person-tables.ts';
import {
  type BenchWorkspace,
  type FolderInput,
  inFolder,
  type OpenBenchWorkspace,
} from './workspace.ts';

export interface PrepareInput extends FolderInput {
  /** Folder of the baseline's PostgreSQL. */
  readonly baselineDir: string;
  /** Persons whose rows the baseline holds. */
  readonly persons: number;
  readonly keys: number;
}

export interface Prepared extends ChosenPersons {
  readonly duckdb: string;
  readonly protection: Protection;
  readonly postgres: string;
  /** Current rows of every table of a dossier: in the municipal database and in the baseline. */
  readonly rows: Readonly<Record<string, { readonly city: number; readonly baseline: number }>>;
  readonly database_bytes: { readonly city: number; readonly baseline: number };
}

/** Chooses the persons and loads their rows into a PostgreSQL of the baseline's own. */
export async function prepareBaseline(
  input: PrepareInput,
  progress: Progress,
  open: OpenBenchWorkspace,
): Promise<Prepared> {
  return inFolder(open, input, async (workspace) => {
    const postgres = await openPostgres({ dataDir: input.baselineDir });
    try {
      // One session: the chosen persons are in a temporary table of it.
      return await workspace.duck.write(async (session) => {
        const chosen = await choosePersons(session, input);
        if (chosen.keys.length === 0) throw cityMissing({ dir: input.dataDir });
        await recordLook(workspace, chosen);
        const rows = await fill(workspace, session, postgres, progress);
        return { ...chosen, rows, ...(await sizesOf(session, postgres)) };
      });
    } finally {
      await postgres.close();
    }
  });
}

/** The look-ups show and keep nothing, but that they happened belongs in the city's audit log. */
async function recordLook({ dossier }: BenchWorkspace, { keys }: ChosenPersons): Promise<void> {
  await recordAudit(
    dossier.db,
    {
      actor: `cli:${userInfo().username}`,
      origin: 'cli',
      action: 'bench.dossier',
      object: null,
      keyTag: null,
      purpose: `测速：反复读取 ${keys.length} 人的档案并计时，内容不显示、不留存`,
      outcome: 'ok',
      matterNo: null,
    },
    dossier.clock,
  );
}

async function fill(
  workspace: BenchWorkspace,
  session: DuckSession,
  postgres: PostgresEngine,
  progress: Progress,
): Promise<Prepared['rows']> {
  const tables = personTables(workspace.content);
  // DuckDB may write nowhere else; what a crash leaves there is swept at the next load.
  const dir = join(workspace.duck.stagingDir, `bench-${randomUUID()}`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const rows: Record<string, { city: number; baseline: number }> = {};
  try {
    for (const [at, table] of tables.entries()) {
      progress.report('装入 PostgreSQL 基线', at, tables.length, 'steps');
      rows[table.name] = await fillTable(session, postgres, table, join(dir, `${table.name}.csv`));
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  return rows;
}

async function fillTable(
  session: DuckSession,
  postgres: PostgresEngine,
  table: PersonTable,
  file: string,
): Promise<{ city: number; baseline: number }> {
  const name = identifier(table.name);
  await session.run(
    `copy (${table.exportSql}) to '${file.replaceAll("'", "''")}' (format csv, header false, nullstr '')`,
  );
  const client = await postgres.pool.connect();
  try {
    await client.query(table.createSql);
    const baseline = await copyIn(client, name, file);
    for (const column of table.indexed) {
      await client.query(`create index on ${name} (${identifier(column)})`);
    }
    await client.query(`vacuum (analyze) ${name}`);
    const row = await session.first<{ rows: bigint }>(`select count(*) as rows from ${name}`);
    return { city: Number(row?.rows ?? 0n), baseline };
  } finally {
    client.release();
    await rm(file, { force: true });
  }
}

async function sizesOf(
  session: DuckSession,
  postgres: PostgresEngine,
): Promise<Pick<Prepared, 'duckdb' | 'protection' | 'postgres' | 'database_bytes'>> {
  const duck = await session.first<{ version: string; bytes: bigint }>(
    `select version() as version, (block_size * total_blocks)::BIGINT as bytes
     from pragma_database_size() where database_name = current_database()`,
  );
  const found = await postgres.pool.query<{ version: string; bytes: bigint }>(
    `select current_setting('server_version') as version, pg_database_size(current_database()) as bytes`,
  );
  return {
    duckdb: duck?.version ?? '',
    protection: await readProtection(session),
    postgres: found.rows[0]?.version ?? '',
    database_bytes: {
      city: Number(duck?.bytes ?? 0n),
      baseline: Number(found.rows[0]?.bytes ?? 0n),
    },
  };
}
