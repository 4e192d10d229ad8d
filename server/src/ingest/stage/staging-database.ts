import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MunicipalContent, SourceProfile, TableDef } from '../../contract/index.ts';
import type { DuckEngine, DuckSession } from '../../store/index.ts';
import { chooseInPlace, dropInPlace, inPlaceTable } from './in-place.ts';
import type { ReferenceSets } from './plan.ts';
import { textLiteral } from './sql-text.ts';

/**
 * The database of one package while it is being read: its own, attached beside the
 * municipal database, so that a load that dies leaves nothing in it and publication alone writes there;
 * but for the first rows of a large table, see `in-place.ts`.
 */
export interface StagingDatabase {
  /** Name under which SQL finds it. */
  readonly name: string;
  readonly directory: string;
  readonly batch: number;
  /** Datasets staged in the municipal database itself. */
  readonly inPlace: ReadonlySet<string>;
  /** Qualified name of the table a dataset is staged in. */
  tableOf(def: TableDef): string;
  /** Where decoded text lies until the engine has read it. */
  readonly chunks: string;
  readonly profile: SourceProfile;
  readonly content: MunicipalContent;
  readonly asOf: string;
  readonly references: ReferenceSets;
  run(sql: string): Promise<number>;
  write<T>(work: (session: DuckSession) => Promise<T>): Promise<T>;
  /** Loads `line,text` of records that do not fit the columns (ROW01). */
  keepMisfits(dataset: string, path: string): Promise<void>;
  /** Rebuilds the set of known persons or units after that dataset was staged. */
  learnReferences(def: TableDef, accepted: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Packages up to this many rows (every monthly one) are staged in memory, uncompressed: writing a
 * compressed file costs as much as parsing the text. What does not fit spills to the temporary
 * folder; a full history of 260 million rows would spill 40 GB and gets a file.
 */
const ROWS_IN_MEMORY = 25_000_000;

interface StagingInput {
  readonly root: string;
  readonly chunks: string | undefined;
  readonly batch: number;
  readonly profile: SourceProfile;
  readonly content: MunicipalContent;
  readonly asOf: string;
  readonly datasets: readonly { dataset: string; mode: 'F' | 'I'; rows: number }[];
  /** For tests: rows from which the first of a table are staged in place. */
  readonly inPlaceRows?: number | undefined;
}

/** Makes the staging database of a package; anything left of an earlier try is removed. */
export async function openStaging(duck: DuckEngine, input: StagingInput): Promise<StagingDatabase> {
  const name = `stage_${input.batch}`;
  const directory = join(input.root, name);
  const chunks = join(input.chunks ?? input.root, name);
  const removeStage = async () => {
    await duck.write((session) => session.run(`detach database if exists ${name}`));
    await rm(directory, { recursive: true, force: true });
    await rm(chunks, { recursive: true, force: true });
  };
  await removeStage();
  await mkdir(chunks, { recursive: true, mode: 0o700 });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const run = (sql: string) => duck.write((session) => session.run(sql));
  const inPlace = await chooseInPlace(duck, input.content, input.datasets, input.inPlaceRows);
  const tableOf = (def: TableDef) =>
    inPlace.has(def.name) ? inPlaceTable(def) : `${name}.${def.name}`;
  await duck.write((session) => dropInPlace(session, inPlace));
  const rows = input.datasets.reduce((n, it) => n + (inPlace.has(it.dataset) ? 0 : it.rows), 0);
  const place = rows <= ROWS_IN_MEMORY ? ':memory:' : join(directory, 'stage.duckdb');
  await duck.attachPassing(name, place);
  await run(`create table ${name}.known_person as select distinct person_id as id from rows.person;
    create table ${name}.known_unit as select distinct unit_id as id from rows.unit;
    create table ${name}.misfit (dataset VARCHAR, line BIGINT, text VARCHAR);`);
  const { batch, profile, content, asOf } = input;
  return {
    ...{ name, directory, chunks, batch, inPlace, tableOf, profile, content, asOf },
    references: {
      persons: `${name}.known_person`,
      units: `${name}.known_unit`,
      regions: regionSet(input.content),
    },
    run,
    write: (work) => duck.write(work),
    keepMisfits: async (dataset, path) => {
      await run(`insert into ${name}.misfit select ${textLiteral(dataset)}, line, text
        from read_csv(${textLiteral(path)}, delim = ',', quote = '"', escape = '"', header = false,
          auto_detect = false, parallel = false, nullstr = '\\x00', columns = {line: 'BIGINT', text: 'VARCHAR'})`);
    },
    learnReferences: async (def, accepted) => {
      const [set, column] =
        def.name === 'person' ? ['known_person', 'person_id'] : ['known_unit', 'unit_id'];
      await run(`insert into ${name}.${set} select distinct ${column} from ${tableOf(def)}
        where ${accepted} and ${column} not in (select id from ${name}.${set})`);
    },
    close: async () => {
      await duck.write((session) => dropInPlace(session, inPlace));
      await removeStage();
    },
  };
}

/** Every region code an id number may begin with, as a FROM item. */
export function regionSet(content: MunicipalContent): string {
  return `(select unnest([${[...content.idRegions].map(textLiteral).join(', ')}]) as code)`;
}
