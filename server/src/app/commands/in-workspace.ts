import { recoverLoads } from '../../ingest/index.ts';
import type { CommandContext } from '../command-line/index.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';

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
 * happens. @throws STORE_FOLDER_HELD
 */
export async function inOwnWorkspace(
  context: CommandContext,
  purpose: string,
  work: Work,
): Promise<number> {
  const url = context.env.HULIU_PG_URL;
  const workspace = await openWorkspace({
    dataDir: context.dataDir,
    purpose,
    ...(url === undefined || url === '' ? {} : { postgresUrl: url }),
  });
  try {
    const finished = await recoverLoads(workspace.ingest, context.terminal.progress);
    if (finished.length > 0) {
      context.terminal.err(`上次中断的 ${finished.length} 个数据包已接着处理完。`);
    }
    return await work(workspace, context);
  } finally {
    await workspace.close();
  }
}
