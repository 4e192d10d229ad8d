import { awaitJob, PIPELINE_JOB } from '../after-publication.ts';
import type { Command, CommandContext } from '../command-line/index.ts';
import { PIPELINE } from '../pipeline.ts';
import { listPipelines, type PipelineDb } from '../pipeline-register.ts';
import { type PipelineReport, runPipeline } from '../pipeline-run.ts';
import type { Workspace } from '../workspace.ts';
import { inWorkspace } from './in-workspace.ts';
import { ORIGIN } from './origin.ts';
import { pipelinesText, pipelineText } from './pipeline-text.ts';

const run: Command = {
  name: 'pipeline run',
  usage: '[--again]',
  summary: '发布之后的各步：规则、质量评分、比对、预警；做过的不重做，--again 全部重做',
  options: { again: { type: 'boolean' } },
  run: (context, _, options) =>
    inWorkspace(context, '发布后的比对与检查', async (workspace, { terminal, json }) => {
      const report = await carryOut(workspace, context, options.again === true);
      terminal.out(json ? JSON.stringify(report) : pipelineText(report));
      return report.state === 'done' ? 0 : 1;
    }),
};

/** In a server the work waits its turn among the jobs, else it is done at once. */
async function carryOut(
  workspace: Workspace,
  { terminal }: CommandContext,
  again: boolean,
): Promise<PipelineReport> {
  if (!workspace.jobs.running) return followHere(workspace, terminal, again);
  const jobId = await workspace.jobs.submit(PIPELINE_JOB, { again }, { actor: ORIGIN });
  const ended = await awaitJob(workspace, jobId, terminal.progress);
  if (ended.reason !== null) terminal.err(ended.reason);
  const [newest] = await listPipelines(dbOf(workspace), { limit: 1 });
  const titles = new Map(PIPELINE.map(({ name, title }) => [name, title]));
  return {
    pipeline_no: newest?.pipeline_no ?? 0,
    edition: newest?.edition ?? 0,
    state: ended.state === 'done' || ended.state === 'cancelled' ? ended.state : 'failed',
    steps: (newest?.steps ?? []).map(({ step, state, reason, result }) => ({
      ...{ step, title: titles.get(step) ?? step, reason, result },
      state: state === 'running' ? 'waiting' : state,
    })),
  };
}

/** Does the pipeline in this process and tells the terminal; for one-shot commands. */
export function followHere(
  workspace: Workspace,
  terminal: CommandContext['terminal'],
  again = false,
): Promise<PipelineReport> {
  return runPipeline(workspace, PIPELINE, {
    ...{ actor: ORIGIN, signal: new AbortController().signal, progress: terminal.progress, again },
    onError: (error) => terminal.err(error instanceof Error ? (error.stack ?? '') : String(error)),
  });
}

const status: Command = {
  name: 'pipeline status',
  usage: '',
  summary: '最近几次发布之后各步做得怎样',
  options: {},
  run: (context) =>
    inWorkspace(context, '查看发布后的比对与检查', async (workspace, { terminal, json }) => {
      const found = await listPipelines(dbOf(workspace), { limit: 10 });
      terminal.out(json ? JSON.stringify(found) : pipelinesText(found));
      return 0;
    }),
};

const dbOf = ({ postgres }: Workspace): PipelineDb => postgres.kysely() as unknown as PipelineDb;

/** Commands of what follows a publication. */
export const pipelineCommands: readonly Command[] = [run, status];
