import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Principal } from '../contract/index.ts';
import { shanghaiTime } from '../kernel/index.ts';
import { withinScope } from '../security/index.ts';
import { downloadsUsed, exportUnknown, stateConflict } from './errors.ts';
import { EXPORT_STATES } from './model.ts';
import { auditExport, type ExportRequest, findVisible } from './register.ts';
import { fileOf } from './run-export.ts';
import type { ExportsWorld } from './world.ts';

export interface ExportFile {
  readonly body: Readable;
  readonly bytes: number;
  readonly fileName: string;
  readonly format: ExportRequest['format'];
}

/**
 * Hands out the file to the one who asked for it, counted and recorded before the first byte (下载).
 * @throws EXPORTS_UNKNOWN for anybody else, EXPORTS_STATE, EXPORTS_DOWNLOADS_USED
 */
export async function downloadExport(
  world: ExportsWorld,
  principal: Principal,
  { exportId, origin }: { readonly exportId: string; readonly origin: string },
): Promise<ExportFile> {
  const { db, clock, limits } = world;
  const { actor } = principal;
  const now = shanghaiTime(clock.now());
  const request = await withinScope(db, principal.scope, async (transaction) => {
    const found = await findVisible(transaction, principal, exportId);
    if (found.asked_by !== actor) throw exportUnknown({});
    const counted = await transaction
      .updateTable('export_request')
      .set((of) => ({ downloads: of('downloads', '+', 1) }))
      .where('export_id', '=', exportId)
      .where('state', '=', 'ready')
      .where('expires_at', '>', now)
      .where('downloads', '<', limits.mostDownloads)
      .executeTakeFirst();
    if (counted.numUpdatedRows !== 1n) {
      if (found.state === 'ready' && found.downloads >= limits.mostDownloads) {
        throw downloadsUsed({ most: limits.mostDownloads });
      }
      const over = found.state === 'ready' ? 'expired' : found.state;
      throw stateConflict({ state: EXPORT_STATES[over] });
    }
    await transaction
      .insertInto('export_download')
      .values({
        ...{ export_id: exportId, agency: found.agency, downloaded_by: actor },
        ...{ downloaded_at: now, origin },
      } as never)
      .execute();
    const act = { actor, origin, object: exportId, purpose: found.reason };
    await auditExport(transaction, world, { ...act, action: 'exports.download' });
    return found;
  });
  const path = fileOf(world, request);
  const file = await open(path);
  const { size } = await file.stat();
  const extension = request.format === 'csv' ? 'zip' : 'xlsx';
  return {
    body: createReadStream(path, { fd: file }),
    bytes: size,
    fileName: `${request.title}-${exportId}.${extension}`,
    format: request.format,
  };
}
