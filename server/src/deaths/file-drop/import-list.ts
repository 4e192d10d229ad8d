import type { FindingDelivery } from '../../contract/index.ts';
import { shanghaiDay, shanghaiTime } from '../../kernel/index.ts';
import { forWholeCity, sealField, sm3Hex, withinScope } from '../../security/index.ts';
import { afterReports } from '../compare/after-reports.ts';
import { fileUnreadable, mappingNeeded, sourceUnknown } from '../errors.ts';
import type { DeathReport } from '../model.ts';
import { type Asker, auditAct } from '../registry/audit.ts';
import type { RegistryDb } from '../registry/tables.ts';
import { takeIn } from '../registry/take-in.ts';
import type { DeathsWorld } from '../world.ts';
import {
  headerKey,
  looksLikeHeader,
  type Mapping,
  mappingProblem,
  proposeMapping,
} from './mapping.ts';
import { readList, type SentList, type SentRow } from './read-list.ts';
import { readRow } from './read-row.ts';

export interface ListFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly source: string;
}

/** A row that could not be taken in (坏行); nothing of it is lost. */
export interface BadRow {
  readonly line: number;
  readonly reason: string;
}

export interface ImportReport {
  readonly file_no: string;
  readonly source: string;
  readonly rows: number;
  readonly accepted: number;
  /** Known already, word for word. */
  readonly duplicate: number;
  readonly conflict: number;
  readonly bad: readonly BadRow[];
  readonly mapping: Mapping;
  readonly findings: number;
}

/** What a list looks like before it is imported. */
export interface ListPreview {
  readonly headers: readonly string[];
  readonly rows: number;
  /** Mapping remembered for this source and header set; null when a person must confirm one. */
  readonly remembered: Mapping | null;
  readonly proposed: Mapping;
  readonly problem: string | null;
}

const CLASH = '同一编号此前内容不同：原报告不变，这一行另存，请来源部门说明或按更正报送';

/** Shows headers and the proposed mapping, and takes nothing in. @throws DEATHS_FILE_UNREADABLE */
export async function previewList(world: DeathsWorld, file: ListFile): Promise<ListPreview> {
  const list = await openList(world, file);
  const proposed = proposeMapping(list.headers, world.pack.headers);
  const remembered = await rememberedMapping(world, file.source, list.headers);
  return {
    ...{ headers: list.headers, rows: list.rows.length, remembered, proposed },
    problem: mappingProblem(remembered ?? proposed, list.headers),
  };
}

/**
 * Imports a death list (导入名单): every row becomes evidence or is listed with its line and reason.
 * The mapping is confirmed once by a person and remembered for this source and header set.
 * Importing a list again takes nothing in twice; persons are compared at once.
 * @throws DEATHS_SOURCE_UNKNOWN, DEATHS_FILE_UNREADABLE, DEATHS_MAPPING_NEEDED
 */
export async function importList(
  world: DeathsWorld,
  asker: Asker,
  file: ListFile & { readonly mapping?: Mapping },
): Promise<{ readonly report: ImportReport; readonly delivery: FindingDelivery | null }> {
  const list = await openList(world, file);
  const mapping = await confirmedMapping(world, asker, file, list);
  const now = world.clock.now();
  const { scope } = asker.principal;
  const agency = scope.agencies === 'all' ? null : (scope.agencies[0] ?? null);
  const context = {
    ...{ source: file.source, headers: list.headers, mapping, def: world.pack.headers, agency },
    ...{ today: shanghaiDay(now), receivedAt: shanghaiTime(now) },
  };
  const good: { row: SentRow; report: DeathReport }[] = [];
  const bad: (BadRow & { row: SentRow })[] = [];
  for (const row of list.rows) {
    const read = readRow(row, context);
    if (read.kind === 'report') good.push({ row, report: read.report });
    else bad.push({ line: row.line, reason: read.reason, row });
  }
  const taken = await takeIn(
    world,
    good.map(({ report }) => report),
  );
  const of = (outcome: string) => taken.filter((one) => one.outcome === outcome);
  for (const [index, one] of taken.entries()) {
    const row = good[index]?.row;
    if (one.outcome === 'conflict' && row) bad.push({ line: row.line, reason: CLASH, row });
  }
  bad.sort((a, b) => a.line - b.line);
  const counts = {
    ...{ rows: list.rows.length, accepted: of('accepted').length },
    ...{ duplicate: of('duplicate').length, conflict: of('conflict').length },
  };
  const fileNo = await keepFile(world, asker, file, { ...counts, bad });
  const subjects = [...new Set(of('accepted').map(({ subject }) => subject))];
  const delivery =
    subjects.length === 0 ? null : await afterReports(world, subjects, asker.principal.actor);
  return {
    report: {
      ...{ file_no: String(fileNo), source: file.source, ...counts, mapping },
      bad: bad.map(({ line, reason }) => ({ line, reason })),
      findings: delivery?.findings.length ?? 0,
    },
    delivery,
  };
}

async function openList(world: DeathsWorld, file: ListFile): Promise<SentList> {
  if (!world.pack.sources.has(file.source)) throw sourceUnknown({ source: file.source });
  const list = await readList(file.bytes, (cells) => looksLikeHeader(cells, world.pack.headers));
  const twice = list.headers.find((name, at) => name !== '' && list.headers.indexOf(name) !== at);
  if (twice !== undefined)
    throw fileUnreadable({ what: `表头“${twice}”出现两次，请改成不同的名称。` });
  return list;
}

async function rememberedMapping(
  world: DeathsWorld,
  source: string,
  headers: readonly string[],
): Promise<Mapping | null> {
  const db: RegistryDb = world.db;
  const row = await forWholeCity(db, (transaction) =>
    transaction
      .selectFrom('death_file_mapping')
      .select('mapping')
      .where('source', '=', source)
      .where('header_key', '=', headerKey(headers))
      .executeTakeFirst(),
  );
  return row === undefined ? null : (row.mapping as Mapping);
}

async function confirmedMapping(
  world: DeathsWorld,
  asker: Asker,
  file: ListFile & { readonly mapping?: Mapping },
  { headers }: SentList,
): Promise<Mapping> {
  const given = file.mapping ?? (await rememberedMapping(world, file.source, headers));
  if (given === null) {
    const proposed = proposeMapping(headers, world.pack.headers);
    throw mappingNeeded({ headers, proposed: proposed as Readonly<Record<string, string>> });
  }
  const problem = mappingProblem(given, headers);
  if (problem !== null) throw fileUnreadable({ what: `列的对应不能用：${problem}` });
  if (file.mapping === undefined) return given;
  const confirmed = {
    mapping: JSON.stringify(given),
    confirmed_by: asker.principal.actor,
    confirmed_at: shanghaiTime(world.clock.now()),
  };
  const db: RegistryDb = world.db;
  await forWholeCity(db, (transaction) =>
    transaction
      .insertInto('death_file_mapping')
      .values({
        ...{ source: file.source, header_key: headerKey(headers), headers: [...headers] },
        ...confirmed,
      })
      .onConflict((conflict) => conflict.columns(['source', 'header_key']).doUpdateSet(confirmed))
      .execute(),
  );
  return given;
}

async function keepFile(
  world: DeathsWorld,
  asker: Asker,
  file: ListFile,
  result: {
    readonly rows: number;
    readonly accepted: number;
    readonly duplicate: number;
    readonly conflict: number;
    readonly bad: readonly (BadRow & { readonly row: SentRow })[];
  },
): Promise<bigint> {
  const { principal } = asker;
  const { agencies } = principal.scope;
  const agency = agencies === 'all' ? '140599' : (agencies[0] ?? '140599');
  const { rows, accepted, duplicate, conflict } = result;
  const db: RegistryDb = world.db;
  return withinScope(db, principal.scope, async (transaction) => {
    const kept = await transaction
      .insertInto('death_file')
      .values({
        ...{ source: file.source, name: file.name.slice(-200), digest: sm3Hex(file.bytes), agency },
        ...{ imported_by: principal.actor, imported_at: shanghaiTime(world.clock.now()) },
        ...{ rows, accepted, duplicate, conflict, bad: rows - accepted - duplicate - conflict },
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const { file_no } = kept;
    for (let at = 0; at < result.bad.length; at += 1_000) {
      const some = result.bad.slice(at, at + 1_000).map(({ line, reason, row }) => {
        const place = { table: 'death_file_bad_row', column: 'sealed', key: `${file_no}/${line}` };
        const sealed = sealField(world.keys, place, JSON.stringify(row.cells));
        return { file_no, line, agency, reason, sealed };
      });
      await transaction.insertInto('death_file_bad_row').values(some).execute();
    }
    const purpose = `导入死亡名单：来源 ${file.source}，${rows} 行，收下 ${accepted} 行`;
    const act = { action: 'deaths.import', object: `file:${file_no}`, purpose };
    const changed = { before: null, after: kept };
    await auditAct(transaction, asker, { ...act, changed }, world.clock);
    return file_no;
  });
}
