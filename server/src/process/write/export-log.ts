import { createWriteStream } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Principal } from '../../contract/index.ts';
import type { Progress } from '../../kernel/index.ts';
import { recordAct } from '../../security/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { exportExists } from '../errors.ts';
import { type Chosen, choose } from '../filter/ask.ts';
import type { LogQuestion } from '../model.ts';
import type { FormatName } from '../read/stage-source.ts';
import type { ProcessWorld } from '../world.ts';
import { CSV_HEAD, csvLines } from './csv-writer.ts';
import { exportedCases } from './event-pages.ts';
import { ocelEvent, ocelHead, ocelObject } from './ocel-json-writer.ts';
import { createOcelDatabase } from './ocel-sqlite-writer.ts';
import { XES_HEAD, XES_TAIL, xesTrace } from './xes-writer.ts';

export interface ExportRequest extends Omit<LogQuestion, 'scope'> {
  readonly path: string;
  readonly format: FormatName;
  readonly gzip: boolean;
  readonly progress: Progress;
  readonly origin: string;
}

export interface ExportReport {
  readonly log: string;
  readonly format: FormatName;
  readonly cases: number;
  readonly events: number;
}

/**
 * Writes the chosen cases to a file other tools read (导出流程日志), a page of cases at a time. The
 * file appears whole or not at all; it holds no person's number or name.
 * @throws PROCESS_EXPORT_EXISTS
 */
export async function exportLog(
  world: ProcessWorld,
  principal: Principal,
  request: ExportRequest,
): Promise<ExportReport> {
  const exists = await access(request.path).then(
    () => true,
    () => false,
  );
  if (exists) throw exportExists({ path: request.path });
  const chosen = await choose(world, { ...request, scope: principal.scope });
  await recordAct(world.db, {
    ...{ actor: principal.actor, origin: request.origin, action: 'process.export' },
    object: chosen.log.info.log,
  });
  const engine = await world.logs.engine();
  const partial = `${request.path}.part`;
  const count = { cases: 0, events: 0 };
  try {
    await engine.read((session) => write(session, chosen, { ...request, path: partial }, count));
    await rename(partial, request.path);
  } finally {
    await rm(partial, { force: true });
  }
  return { log: chosen.log.info.log, format: request.format, ...count };
}

type Count = { cases: number; events: number };

async function write(
  session: DuckSession,
  chosen: Chosen,
  request: ExportRequest,
  count: Count,
): Promise<void> {
  const total = chosen.log.info.cases;
  const pages = async function* () {
    for await (const page of exportedCases(session, chosen)) {
      yield page;
      count.cases += page.length;
      count.events += page.reduce((sum, { events }) => sum + events.length, 0);
      request.progress.report('写出案件', count.cases, total, 'rows');
    }
  };
  const activities = (
    await session.rows<{ name: string }>(`select name from ${chosen.at}.activities order by id`)
  ).map(({ name }) => name);
  const objectType = chosen.log.info.object_type ?? 'case';
  if (request.format === 'ocel-sqlite') {
    const database = createOcelDatabase(request.path, objectType, activities);
    for await (const page of pages()) for (const each of page) database.add(each);
    database.close();
    return;
  }
  const text = { xes: xesText, csv: csvText, 'ocel-json': ocelText }[request.format];
  const source = Readable.from(
    text(pages, () => exportedCases(session, chosen), { objectType, activities }),
  );
  const out = createWriteStream(request.path, { mode: 0o600, flags: 'w' });
  await (request.gzip ? pipeline(source, createGzip(), out) : pipeline(source, out));
}

type Pages = () => ReturnType<typeof exportedCases>;
type Texts = AsyncGenerator<string>;

async function* xesText(pages: Pages): Texts {
  yield XES_HEAD;
  for await (const page of pages()) yield page.map(xesTrace).join('');
  yield XES_TAIL;
}

async function* csvText(pages: Pages): Texts {
  yield CSV_HEAD;
  for await (const page of pages()) yield page.map(csvLines).join('');
}

/** Objects stand before events, so the cases are read twice. */
async function* ocelText(
  pages: Pages,
  again: Pages,
  { objectType, activities }: { objectType: string; activities: readonly string[] },
): Texts {
  yield ocelHead(objectType, activities);
  yield '"objects":[';
  let comma = '';
  for await (const page of pages()) {
    yield page
      .map((each, at) => `${at === 0 ? comma : ','}${ocelObject(each, objectType)}`)
      .join('');
    comma = ',';
  }
  yield '],"events":[';
  let id = 0;
  for await (const page of again()) {
    yield page
      .flatMap(({ case_id, events }) =>
        events.map((event) => {
          id += 1;
          return `${id === 1 ? '' : ','}${ocelEvent(event, case_id, `e${id}`)}`;
        }),
      )
      .join('');
  }
  yield ']}\n';
}
