import type { DuckSession } from '../../store/index.ts';
import type { ImportReport, LogInfo, PreparedLog } from '../model.ts';
import type { LogCounts } from './write-log.ts';

interface RegisterRow extends Record<string, unknown> {
  readonly log: string;
  readonly generation: number;
  readonly stamp: string;
  readonly report: string;
}

/** Takes the next schema name; a log is written into it and only then becomes the log. */
export async function nextGeneration(session: DuckSession): Promise<number> {
  const row = await session.first<{ n: bigint }>("select nextval('generation_no') as n");
  return Number(row?.n ?? 0n);
}

export const schemaOf = (generation: number): string => `g${generation}`;

export interface NewLog {
  readonly log: string;
  readonly generation: number;
  readonly stamp: string;
  readonly title: string;
  readonly kind: LogInfo['kind'];
  readonly format: string;
  readonly objectType: string | null;
  readonly sourceName: string | null;
  readonly edition: number | null;
  readonly asOf: string | null;
  readonly at: string;
  readonly by: string;
  readonly counts: LogCounts;
  readonly report: ImportReport;
}

/** Makes a written generation the log of its name. */
export async function registerLog(session: DuckSession, log: NewLog): Promise<void> {
  await session.run('delete from log_register where log = $log', { log: log.log });
  await session.run(
    `insert into log_register values ($log, $generation, $stamp, $title, $kind, $format, $objectType,
       $sourceName, $edition, $asOf, $at, $by, $cases, $events, $activities, $variants, $report)`,
    {
      ...{ log: log.log, generation: log.generation, stamp: log.stamp, title: log.title },
      ...{ kind: log.kind, format: log.format, objectType: log.objectType },
      ...{ sourceName: log.sourceName, edition: log.edition, asOf: log.asOf, at: log.at },
      ...{ by: log.by, ...log.counts, report: JSON.stringify(log.report) },
    },
  );
}

/** A question that has begun still reads the generation just replaced. */
const KEPT_GENERATIONS = 3;

/** Drops generations that are no log any more and that nobody can still be reading. */
export async function dropOldGenerations(session: DuckSession, newest: number): Promise<void> {
  const rows = await session.rows<{ name: string }>(
    `select schema_name as name from information_schema.schemata
     where regexp_full_match(schema_name, 'g[0-9]+')
       and schema_name not in (select 'g' || generation from log_register)
       and try_cast(substr(schema_name, 2) as integer) < $oldest`,
    { oldest: newest - KEPT_GENERATIONS },
  );
  for (const { name } of rows) await session.run(`drop schema ${name} cascade`);
}

export async function readRegister(session: DuckSession): Promise<PreparedLog[]> {
  const rows = await session.rows<RegisterRow>('from log_register order by kind, log');
  return rows.map(({ generation, stamp, report, ...row }) => ({
    at: schemaOf(generation),
    stamp: `${stamp}/${generation}`,
    info: {
      ...(row as unknown as LogInfo),
      ...{ cases: Number(row.cases), events: Number(row.events) },
      ...{ activities: Number(row.activities), variants: Number(row.variants) },
      report: JSON.parse(report) as ImportReport,
    },
  }));
}
