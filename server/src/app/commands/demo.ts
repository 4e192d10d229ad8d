import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { generateCity } from '../../../../tools/city/index.ts';
import { listPackageReports, loadPackages } from '../../ingest/index.ts';
import { createDemoAccounts, DEMO_FILE } from '../../security/index.ts';
import { type Command, type CommandContext, wholeNumber } from '../command-line/index.ts';
import { serve } from '../serve.ts';
import type { Workspace } from '../workspace.ts';
import { demoText } from './accounts-text.ts';
import { switchOnFirstRules } from './demo-rules.ts';
import { packageText } from './feed-text.ts';
import { count } from './figures-text.ts';
import { inOwnWorkspace } from './in-workspace.ts';
import { followHere } from './pipeline.ts';
import { pipelineText } from './pipeline-text.ts';

/** Fewer cannot hold every planted fact; a smaller demonstration shows a clean city. */
const PERSONS = 20_000;
const MONTHS = 3;
const SEED = 'demo';

/** The sample package that the province's form was agreed on, kept with the project. */
const SAMPLE = join(import.meta.dirname, '../../../../tools/sample-package');

/**
 * Shows the product on a fresh machine: three months of an invented city in one data folder, the
 * agreed sample package in another, then the pages. Done before, it only starts the pages.
 */
export const demoCommand: Command = {
  name: 'demo',
  usage: '[--port 8080] [--persons 20000] [--no-serve]',
  summary: '装好一座 2 万人的虚构城市和样例数据包，并打开网页',
  options: {
    port: { type: 'string' },
    persons: { type: 'string' },
    'no-serve': { type: 'boolean' },
  },
  run: async (context, _, options) => {
    const port = wholeNumber(demoCommand, options, 'port', 8080);
    const persons = wholeNumber(demoCommand, options, 'persons', PERSONS);
    const base = resolve(context.dataDir);
    await inOwnWorkspace(
      { ...context, dataDir: join(base, 'sample') },
      '演示：样例数据包',
      (workspace) => loadSample(workspace, context),
    );
    await markAsDemo(join(base, 'demo'));
    return inOwnWorkspace(
      { ...context, dataDir: join(base, 'demo') },
      '演示：虚构城市',
      async (workspace) => {
        await loadCity(workspace, context, persons);
        context.terminal.out('\n三、发布后的比对与检查');
        context.terminal.out(pipelineText(await followHere(workspace, context.terminal)));
        context.terminal.out(`\n${demoText(await createDemoAccounts(workspace.identity))}`);
        if (options['no-serve'] === true) return 0;
        await serve(workspace, context, port);
        return 0;
      },
    );
  },
};

/** Only in a folder so marked may sample accounts exist and sign in without a second factor. */
async function markAsDemo(dataDir: string): Promise<void> {
  await mkdir(join(dataDir, 'config'), { recursive: true, mode: 0o700 });
  await writeFile(join(dataDir, 'config', DEMO_FILE), '演示数据文件夹：不要求第二因素\n', {
    mode: 0o600,
  });
}

async function loadSample(workspace: Workspace, { terminal }: CommandContext): Promise<number> {
  terminal.out('一、样例数据包（含故意放入的坏行，数据文件夹 sample）');
  const reports = await loadPackages(workspace.ingest, [SAMPLE], terminal.progress);
  for (const report of reports) terminal.out(packageText(report));
  return 0;
}

async function loadCity(
  workspace: Workspace,
  { terminal }: CommandContext,
  persons: number,
): Promise<void> {
  terminal.out(`\n二、虚构城市：${count(persons)} 人，连续 ${MONTHS} 个月（数据文件夹 demo）`);
  const present = await listPackageReports(workspace.ingest);
  if (present.filter(({ state }) => state === 'published').length >= MONTHS) {
    terminal.out('已经装好，直接打开网页。');
    return;
  }
  const switched = await switchOnFirstRules(workspace.rules);
  terminal.out(`先启用 ${switched} 条规则，其余为影子运行（疑点只给责任科室看）。`);
  const out = await mkdtemp(join(tmpdir(), 'huiliu-demo-'));
  try {
    terminal.out('正在生成……');
    await generateCity({
      persons,
      months: MONTHS,
      seed: SEED,
      out: join(out, 'city'),
      variant: persons >= PERSONS ? 'planted' : 'clean',
      progress: terminal.progress,
    });
    const names = (await readdir(join(out, 'city')))
      .filter((name) => name.startsWith('SX-'))
      .sort();
    const paths = names.map((name) => join(out, 'city', name));
    for (const path of await inSequence(paths)) {
      for (const report of await loadPackages(workspace.ingest, [path], terminal.progress)) {
        terminal.out(packageText(report));
      }
    }
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** Packages by the date in their name, which is their order. */
async function inSequence(paths: readonly string[]): Promise<string[]> {
  const date = (path: string) => /-(\d{8})-/.exec(path)?.[1] ?? '';
  return [...paths].sort((a, b) => date(a).localeCompare(date(b)));
}
