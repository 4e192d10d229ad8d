import type { Principal } from '../../contract/index.ts';
import { shanghaiTime } from '../../kernel/index.ts';
import { requirePurpose, withinScope } from '../../security/index.ts';
import {
  exportEmpty,
  exportTooLarge,
  filterUnknown,
  sourceUnknown,
  unmaskForbidden,
} from '../errors.ts';
import type { ExportFilters, ExportFormat, ExportReader, ExportSource } from '../model.ts';
import { auditExport, type ExportRequest, nextExportId } from '../register.ts';
import { EXPORT_JOB, type ExportsWorld } from '../world.ts';

/** Stands for the whole city where a request covers more than one agency. */
const CITY = '140599';

export interface ExportWish {
  readonly source: string;
  readonly filters: ExportFilters;
  readonly unmasked: boolean;
}

/** What a request would come to, shown before it is made. */
export interface ExportPreview {
  readonly title: string;
  readonly rows: number;
  readonly needs_approval: boolean;
  readonly most_rows: number;
}

/** Lists what somebody may export. */
export function listSources({ sources }: ExportsWorld, principal: Principal): ExportSource[] {
  return [...sources.values()].filter(({ permission }) => principal.permissions.has(permission));
}

/**
 * Counts the rows of a wish within the caller's scope.
 * @throws EXPORTS_SOURCE_UNKNOWN, EXPORTS_FILTER_UNKNOWN, EXPORTS_UNMASK_FORBIDDEN
 */
export async function previewExport(
  world: ExportsWorld,
  principal: Principal,
  wish: ExportWish,
): Promise<ExportPreview> {
  const source = sourceOf(world, principal, wish);
  const rows = await source.count(readerOf(principal), wish.filters);
  const { approvalAboveRows, mostRows } = world.limits;
  return {
    ...{ title: source.title, rows, most_rows: mostRows },
    needs_approval: wish.unmasked || rows > approvalAboveRows,
  };
}

/**
 * Asks for an export with its reason (导出申请). Small masked ones start at once; others wait for
 * another person. Nothing is read but the count.
 * @throws as `previewExport`; SECURITY_PURPOSE_INVALID, EXPORTS_EMPTY, EXPORTS_TOO_LARGE
 */
export async function requestExport(
  world: ExportsWorld,
  principal: Principal,
  wish: ExportWish & {
    readonly format: ExportFormat;
    readonly reason: string;
    readonly origin: string;
  },
): Promise<ExportRequest> {
  const { db, clock } = world;
  const reason = requirePurpose(wish.reason);
  const preview = await previewExport(world, principal, wish);
  if (preview.rows === 0) throw exportEmpty({});
  if (preview.rows > preview.most_rows) {
    throw exportTooLarge({ limit: `${preview.most_rows.toLocaleString('en-US')} 行` });
  }
  const { scope, actor, name, department } = principal;
  const asked = await withinScope(db, scope, async (transaction) => {
    const exportId = await nextExportId(transaction, clock.now());
    const row = await transaction
      .insertInto('export_request')
      .values({
        ...{ export_id: exportId, source: wish.source, title: preview.title, reason },
        ...{ format: wish.format, unmasked: wish.unmasked, agency: agencyOf(principal) },
        filters: JSON.stringify(wish.filters) as unknown as ExportFilters,
        scope: JSON.stringify(scope) as unknown as typeof scope,
        ...{ asked_by: actor, asked_name: name, department, origin: wish.origin },
        ...{ asked_at: shanghaiTime(clock.now()), counted_rows: BigInt(preview.rows) },
        needs_approval: preview.needs_approval,
        state: preview.needs_approval ? 'asked' : 'approved',
        ...NOTHING_YET,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const act = { actor, origin: wish.origin, object: exportId, purpose: reason };
    const changed = { before: null, after: row };
    await auditExport(transaction, world, { ...act, action: 'exports.request', changed });
    return row;
  });
  return asked.state === 'approved' ? startExport(world, principal, asked) : asked;
}

const NOTHING_YET = {
  ...{ decided_by: null, decided_at: null, opinion: null, job_id: null, failure: null },
  ...{ rows_written: null, file_bytes: null, file_sm3: null, ready_at: null, expires_at: null },
  ...{ downloads: 0, ended_by: null, ended_at: null, end_reason: null },
} as const;

/** Hands an approved export to the queue. */
export async function startExport(
  { db, jobs }: ExportsWorld,
  principal: Principal,
  { export_id, asked_by }: ExportRequest,
): Promise<ExportRequest> {
  // The one who asked follows the job, whoever approved it.
  const jobId = await jobs.submit(EXPORT_JOB, { export_id }, { actor: asked_by });
  return withinScope(db, principal.scope, (transaction) =>
    transaction
      .updateTable('export_request')
      .set({ job_id: jobId })
      .where('export_id', '=', export_id)
      .returningAll()
      .executeTakeFirstOrThrow(),
  );
}

export function readerOf({ actor, scope, department }: Principal): ExportReader {
  return { actor, scope, department };
}

function sourceOf(world: ExportsWorld, principal: Principal, wish: ExportWish): ExportSource {
  const source = world.sources.get(wish.source);
  if (source === undefined || !principal.permissions.has(source.permission)) {
    throw sourceUnknown({});
  }
  const unknown = Object.keys(wish.filters).find((name) => !(name in source.filters));
  if (unknown !== undefined) {
    const known = Object.entries(source.filters).map(([name, title]) => `${name}（${title}）`);
    throw filterUnknown({ filter: unknown, known: known.join('、') || '无' });
  }
  if (wish.unmasked && !principal.scope.unmask) throw unmaskForbidden({});
  return source;
}

function agencyOf({ scope }: Principal): string {
  return scope.agencies === 'all' ? CITY : (scope.agencies[0] ?? CITY);
}
