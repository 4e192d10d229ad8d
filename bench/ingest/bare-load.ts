import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Progress } from '../../server/src/kernel/index.ts';
import { openDuck } from '../../server/src/store/index.ts';
import { cpuSecondsSince } from './cpu-seconds.ts';
import { type EngineSettings, readSettings } from './engine-settings.ts';

export interface BareLoadInput {
  /** Folder for the fresh database file. */
  readonly dir: string;
  /** UTF-8 files by dataset, all in one folder. */
  readonly files: Readonly<Record<string, string>>;
}

export interface BareLoad {
  readonly seconds: number;
  readonly cpu_seconds: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly database_bytes: number;
  readonly settings: EngineSettings;
}

/** Types of the columns in the order of the files. */
const COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  person: {
    ...{ AAC001: 'VARCHAR', AAC002: 'VARCHAR', AAC058: 'VARCHAR', AAC003: 'VARCHAR' },
    ...{ AAC004: 'VARCHAR', AAC006: 'DATE', AAC012: 'VARCHAR', AAC008: 'VARCHAR' },
    ...{ AAC060: 'VARCHAR', AAC009: 'VARCHAR', AAC067: 'VARCHAR', AAB034: 'VARCHAR' },
  },
  contribution: {
    ...{ contrib_id: 'VARCHAR', AAC001: 'VARCHAR', AAB001: 'VARCHAR', AAE140: 'VARCHAR' },
    ...{ AAE002: 'INTEGER', AAE003: 'INTEGER', AAA115: 'VARCHAR', AAE180: 'DECIMAL(14, 2)' },
    ...{ AAE020: 'DECIMAL(14, 2)', AAE022: 'DECIMAL(14, 2)', AAE202: 'INTEGER' },
    ...{ AAE114: 'VARCHAR', AAB191: 'DATE' },
  },
};

/** Datasets the baseline loads; the few units are left out in its favour. */
export const BARE_DATASETS: readonly string[] = Object.keys(COLUMNS);

/** What DuckDB writes unless told otherwise. Our engine asks for a newer, faster format. */
const DEFAULT_FORMAT = 'v1.0.0';

/**
 * The baseline: DuckDB as it comes reads the files typed into a fresh database. Nothing is checked.
 * Memory and threads are those of our side.
 */
export async function bareLoad(input: BareLoadInput, progress: Progress): Promise<BareLoad> {
  await mkdir(input.dir, { recursive: true });
  const duck = await openDuck({
    file: join(input.dir, 'engine.duckdb'),
    stagingDir: dirname(input.dir), // holds the files too
    tempDir: join(input.dir, 'tmp'),
  });
  const file = join(input.dir, 'bare.duckdb');
  try {
    await duck.write((session) =>
      session.run(`attach '${file}' as bare (storage_version '${DEFAULT_FORMAT}')`),
    );
    const settings = await readSettings(duck);
    const rows: Record<string, number> = {};
    const cpu = process.cpuUsage();
    const began = performance.now();
    for (const dataset of BARE_DATASETS) {
      progress.report(`基线读入 ${dataset}`, 0, null, 'rows');
      await duck.write((session) => session.run(createSql(dataset, input.files[dataset] ?? '')));
    }
    await duck.write((session) => session.run('checkpoint bare'));
    const seconds = (performance.now() - began) / 1000;
    const cpuSeconds = cpuSecondsSince(cpu);
    for (const dataset of BARE_DATASETS) {
      const row = await duck.read((session) =>
        session.first<{ rows: bigint }>(`select count(*) as rows from bare.${dataset}`),
      );
      rows[dataset] = Number(row?.rows ?? 0n);
    }
    const { size } = await stat(file);
    return { seconds, cpu_seconds: cpuSeconds, rows, database_bytes: size, settings };
  } finally {
    await duck.close();
  }
}

function createSql(dataset: string, file: string): string {
  const columns = Object.entries(COLUMNS[dataset] ?? {}).map(
    ([name, type]) => `'${name}': '${type}'`,
  );
  return `create table bare.${dataset} as select * from read_csv('${file.replaceAll("'", "''")}',
    auto_detect = false, header = true, delim = '|', quote = '"', escape = '"', new_line = '\\n',
    nullstr = '', dateformat = '%Y%m%d', columns = {${columns.join(', ')}})`;
}
