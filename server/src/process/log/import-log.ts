import { mkdtemp, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Principal } from '../../contract/index.ts';
import { type Progress, shanghaiTime } from '../../kernel/index.ts';
import { recordAct } from '../../security/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { logEmpty, logNameInvalid } from '../errors.ts';
import { CITY_LOG, type ImportReport, type LogInfo } from '../model.ts';
import { readHead } from '../read/open-file.ts';
import type { StagedSource } from '../read/source.ts';
import { type FormatName, logNameOf, stageSource } from '../read/stage-source.ts';
import { openWorkClock } from '../time/work-clock.ts';
import type { ProcessWorld } from '../world.ts';
import { dropOldGenerations, nextGeneration, registerLog, schemaOf } from './register.ts';
import { logTables } from './schema.ts';
import { settleEvents } from './settle-events.ts';
import { writeLog } from './write-log.ts';

export interface ImportRequest {
  readonly path: string;
  /** Name in answers and in the audit log where the path is a scratch file. */
  readonly fileName?: string;
  /** Default: the file's name without its ending. */
  readonly log: string | null;
  readonly format: FormatName | null;
  /** Column → role, for CSV. */
  readonly map: Readonly<Record<string, string>>;
  /** Object type that is the case, for OCEL. */
  readonly objectType: string | null;
  readonly progress: Progress;
  readonly origin: string;
}

const LOG_NAME = /^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,59}$/u;

/**
 * Imports a log of another system (导入流程日志): XES, OCEL 2.0 or CSV, plain or gzip. A log of the
 * same name is replaced when the new one is whole; a file that cannot be read changes nothing.
 * @throws PROCESS_FILE_UNREADABLE, PROCESS_FORMAT_UNKNOWN, PROCESS_COLUMNS_UNCLEAR, PROCESS_LOG_EMPTY
 */
export async function importLog(
  world: ProcessWorld,
  principal: Principal,
  request: ImportRequest,
): Promise<LogInfo> {
  const fileName = request.fileName ?? basename(request.path);
  const log = request.log ?? logNameOf(fileName);
  if (!LOG_NAME.test(log) || log === CITY_LOG) throw logNameInvalid({ log });
  const engine = await world.logs.engine();
  const folder = await mkdtemp(join(engine.stagingDir, 'process-'));
  try {
    const { progress } = request;
    const { size } = await stat(request.path).catch(() => ({ size: null }));
    const source = await stageSource(
      {
        ...{ path: request.path, ...(await readHead(request.path)), folder, map: request.map },
        ...{ objectType: request.objectType },
        onBytes: (bytes) => progress.report('读取日志', bytes, size, 'bytes'),
      },
      request.format,
    );
    progress.note(`按 ${source.format} 读完 ${fileName}`);
    const info = await engine.transaction((session) =>
      writeImported(world, session, { log, fileName, source, by: principal.actor }),
    );
    const { actor } = principal;
    const { origin } = request;
    await recordAct(world.db, { actor, origin, action: 'process.import', object: log });
    return info;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeImported(
  world: ProcessWorld,
  session: DuckSession,
  given: { log: string; fileName: string; source: StagedSource; by: string },
): Promise<LogInfo> {
  const { source, log } = given;
  const generation = await nextGeneration(session);
  const at = schemaOf(generation);
  await session.run(logTables(at));
  const { mergedCases } = await source.load(session, at);
  const settled = await settleEvents(session, at);
  if (usable(settled) === 0) throw logEmpty({ rows: settled.events_read });
  await openWorkClock(session, world.content, world.definitions.offices);
  const { counts, outOfOrder } = await writeLog(session, at);
  const report: ImportReport = {
    ...{ ...settled, out_of_order: outOfOrder },
    ...{ merged_cases: mergedCases, columns: source.columns, notes: source.notes },
  };
  const entry = {
    ...{ log, generation, stamp: `import-${generation}`, title: log, kind: 'imported' as const },
    ...{ format: source.format, objectType: source.objectType, sourceName: given.fileName },
    ...{ edition: null, asOf: null, at: shanghaiTime(world.clock.now()), by: given.by },
    ...{ counts, report },
  };
  await registerLog(session, entry);
  await dropOldGenerations(session, generation);
  return {
    ...{ log, title: log, kind: 'imported', format: source.format, object_type: source.objectType },
    ...{ source_name: given.fileName, edition: null, as_of: null, imported_at: entry.at },
    ...{ imported_by: given.by, ...counts, report },
  };
}

function usable({ events_read, set_aside }: Pick<ImportReport, 'events_read' | 'set_aside'>) {
  return events_read - set_aside.no_case - set_aside.no_activity - set_aside.no_time;
}
