import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobContext } from '../jobs/index.ts';
import { isHuiliuError, shanghaiTime } from '../kernel/index.ts';
import { forWholeCity, maskRow, openSm3 } from '../security/index.ts';
import { exportTooLarge, rowsGrown, sourceUnknown } from './errors.ts';
import type { ExportReader, ExportRow, ExportSource } from './model.ts';
import { auditExport, type ExportRequest, moveRequest } from './register.ts';
import type { ExportsWorld } from './world.ts';
import { writeCsv } from './write/csv.ts';
import type { Explanation } from './write/workbook.ts';
import { writeWorkbook } from './write/workbook.ts';
import { openZip } from './write/zip-writer.ts';

/** Where the file of an export lies. */
export function fileOf({ dir }: Pick<ExportsWorld, 'dir'>, request: ExportRequest): string {
  return join(dir, `${request.export_id}.${request.format === 'csv' ? 'zip' : 'xlsx'}`);
}

/**
 * Writes the file of an approved export while its rows are read, with the rights and scope the
 * request was made with. A failure leaves no file and its reason; it can be run again.
 * @throws EXPORTS_UNKNOWN, EXPORTS_STATE, EXPORTS_TOO_LARGE, EXPORTS_ROWS_GROWN
 */
export async function runExport(
  world: ExportsWorld,
  exportId: string,
  context: Pick<JobContext, 'signal' | 'progress'>,
): Promise<{ readonly export_id: string; readonly rows: number; readonly bytes: number }> {
  const { db, clock } = world;
  const request = await forWholeCity(db, (transaction) =>
    moveRequest(transaction, exportId, ['approved', 'running', 'failed'], {
      ...{ state: 'running', failure: null },
    }),
  );
  const source = world.sources.get(request.source);
  try {
    if (source === undefined) throw sourceUnknown({});
    const written = await writeFile(world, { request, source, context });
    const ready = clock.now();
    const expires = new Date(ready.getTime() + world.limits.expiryHours * 3_600_000);
    await forWholeCity(db, async (transaction) => {
      const after = await moveRequest(transaction, exportId, ['running'], {
        ...{ state: 'ready', rows_written: BigInt(written.rows), file_sm3: written.sm3 },
        ...{ file_bytes: BigInt(written.bytes), ready_at: shanghaiTime(ready) },
        expires_at: shanghaiTime(expires),
      });
      const { asked_by: actor, origin, reason: purpose } = request;
      const act = { actor, origin, object: exportId, purpose, action: 'exports.written' };
      await auditExport(transaction, world, { ...act, changed: { before: request, after } });
    });
    return { export_id: exportId, rows: written.rows, bytes: written.bytes };
  } catch (error) {
    await rm(fileOf(world, request), { force: true });
    const failure = isHuiliuError(error) ? error.message : '程序内部错误，文件没有生成。可以重试。';
    await forWholeCity(db, (transaction) =>
      moveRequest(transaction, exportId, ['running'], { state: 'failed', failure }),
    );
    throw error;
  }
}

interface Writing {
  readonly request: ExportRequest;
  readonly source: ExportSource;
  readonly context: Pick<JobContext, 'signal' | 'progress'>;
}

async function writeFile(
  world: ExportsWorld,
  { request, source, context }: Writing,
): Promise<{ rows: number; bytes: number; sm3: string }> {
  const path = fileOf(world, request);
  await rm(path, { force: true });
  const at = world.clock.now();
  const explanation = explanationOf(world, request, source, shanghaiTime(at));
  const total = Number(request.counted_rows);
  const zip = await openZip(path, at);
  try {
    const content = {
      ...{ explanation, columns: source.columns, at: shanghaiTime(at) },
      rows: shownRows(world, { request, source, context }),
      onRows: (rows: number) => context.progress.report('写入文件', rows, total, 'rows'),
    };
    const write = request.format === 'csv' ? writeCsv : writeWorkbook;
    const rows = await write(zip, content);
    const bytes = await zip.end();
    return { rows, bytes, sm3: await sm3OfFile(path) };
  } catch (error) {
    await zip.abandon().catch(() => undefined);
    throw error;
  }
}

/** Rows of the source, masked unless plain ones were approved; stops when told to or at the limit. */
async function* shownRows(
  { limits }: ExportsWorld,
  { request, source, context }: Writing,
): AsyncGenerator<ExportRow> {
  const { scope, asked_by, department, filters, unmasked } = request;
  const reader: ExportReader = { actor: asked_by, scope, department };
  const most = request.decided_by === null ? limits.approvalAboveRows : limits.mostRows;
  const names = source.columns.map(({ name }) => name);
  const masked = source.columns.filter(({ mask }) => mask !== 'none');
  let count = 0;
  for await (const row of source.open(reader, filters)) {
    context.signal.throwIfAborted();
    count += 1;
    if (count > most) {
      throw request.decided_by === null
        ? rowsGrown({ limit: most })
        : exportTooLarge({ limit: `${most.toLocaleString('en-US')} 行` });
    }
    yield unmasked || masked.length === 0 ? row : maskedRow(source, names, row);
  }
}

/** The row decides how far an id number is masked: beside a birth date more of it goes. */
function maskedRow(source: ExportSource, names: readonly string[], row: ExportRow): ExportRow {
  const values = Object.fromEntries(names.map((name, at) => [name, row[at] ?? null]));
  const shown = maskRow(source.columns, values) as Record<string, ExportRow[number]>;
  return names.map((name) => shown[name] ?? null);
}

function explanationOf(
  world: ExportsWorld,
  request: ExportRequest,
  source: ExportSource,
  at: string,
): Explanation {
  const { export_id, asked_name, department, asked_by, filters, reason, unmasked } = request;
  const who = `${asked_name}${department === null ? '' : `（${department}）`}`;
  const wishes = Object.entries(filters).map(
    ([name, value]) => `${source.filters[name] ?? name}：${value}`,
  );
  const agencies =
    request.scope.agencies === 'all'
      ? '全市'
      : request.scope.agencies.map((code) => world.content.agencies.get(code) ?? code).join('、');
  return {
    title: request.title,
    watermarkId: export_id,
    watermark: `${who} ${at.slice(0, 16).replace('T', ' ')} ${export_id}`,
    lines: [
      ['导出编号', export_id],
      ['导出人', `${who} ${asked_by}`],
      ['生成时间', at],
      ['数据范围', agencies],
      ['筛选条件', wishes.join('；') || '无'],
      ['用途', reason],
      ...(request.decided_by === null
        ? []
        : [['批准人', `${request.decided_by}：${request.opinion ?? ''}`] as const]),
      ['个人信息', unmasked ? '未遮盖（经批准）' : '已遮盖'],
      ['说明', '本表仅限上述用途，只在内网使用，用完删除。每份导出有编号，流转可查。'],
      ['格式', '证件号码、账号、编号均为文本；以 = + - @ 开头的文本前加了单引号，不会被当作公式。'],
    ],
  };
}

/** Deletes files whose time is over; the entries stay. Returns how many. */
export async function expireExports(world: ExportsWorld): Promise<number> {
  const { db, clock } = world;
  const now = shanghaiTime(clock.now());
  const expired = await forWholeCity(db, (transaction) =>
    transaction
      .updateTable('export_request')
      .set({ state: 'expired', ended_by: 'system:expiry', ended_at: now })
      .where('state', '=', 'ready')
      .where('expires_at', '<=', now)
      .returningAll()
      .execute(),
  );
  for (const request of expired) await rm(fileOf(world, request), { force: true });
  return expired.length;
}

async function sm3OfFile(path: string): Promise<string> {
  const digest = openSm3();
  for await (const chunk of createReadStream(path)) digest.update(chunk as Buffer);
  return digest.hex();
}
