import { recoverLoads, sweepScratch } from '../../ingest/index.ts';
import type { CommandContext } from '../command-line/index.ts';
import { openWorkspace, protectionFrom, type Workspace } from '../workspace.ts';

type Work = (workspace: Workspace, context: CommandContext) => Promise<number>;

/**
 * Runs one command on its data folder: in the workspace of the server that carries the command
 * out, else in one opened for it.
 */
export function inWorkspace(context: CommandContext, purpose: string, work: Work): Promise<number> {
  return context.workspace === undefined
    ? inOwnWorkspace(context, purpose, work)
    : work(context.workspace, context);
}

/**
 * Opens the data folder, finishes what an interrupted process left, and closes it again whatever
 * happens.
 * @throws STORE_FOLDER_HELD, INGEST_DATABASE_BEHIND, INGEST_SCHEMA_DIFFERS, STORE_DUCK_UNREADABLE
 */
export function inOwnWorkspace(
  context: CommandContext,
  purpose: string,
  work: Work,
): Promise<number> {
  return opened(context, { purpose }, async (workspace) => {
    await finishInterrupted(workspace, context);
    return work(workspace, context);
  });
}

/**
 * Runs a rebuild: the municipal database may be missing, damaged or of another shape, so what an
 * interrupted process left is finished after it.
 */
export function inRebuildWorkspace(
  context: CommandContext,
  purpose: string,
  work: Work,
): Promise<number> {
  if (context.workspace !== undefined) return work(context.workspace, context);
  return opened(context, { purpose, forRebuild: true }, async (workspace) => {
    await sweepScratch(workspace.ingest);
    const code = await work(workspace, context);
    await finishInterrupted(workspace, context);
    return code;
  });
}

async function opened(
  context: CommandContext,
  options: { purpose: string; forRebuild?: boolean },
  work: (workspace: Workspace) => Promise<number>,
): Promise<number> {
  const url = context.env.HULIU_PG_URL;
  const workspace = await openWorkspace({
    dataDir: context.dataDir,
    ...options,
    ...protectionFrom(context.env),
    auditAnchor: context.env.HULIU_AUDIT_ANCHOR,
    auditArchive: context.env.HULIU_AUDIT_ARCHIVE,
    ...(url === undefined || url === '' ? {} : { postgresUrl: url }),
  });
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}

async function finishInterrupted(
  workspace: Workspace,
  { terminal }: CommandContext,
): Promise<void> {
  const finished = await recoverLoads(workspace.ingest, terminal.progress);
  if (finished.length > 0) {
    terminal.err(`上次中断的 ${finished.length} 个数据包已接着处理完。`);
  }
}
