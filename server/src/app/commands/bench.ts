import { join } from 'node:path';
import { compareDeaths, deathsText } from '../../../../bench/deaths/index.ts';
import { compareDossier, dossierText } from '../../../../bench/dossier/index.ts';
import { inScratchFolder } from '../../../../bench/figures/index.ts';
import { compareIngest, ingestText, shapeProblem } from '../../../../bench/ingest/index.ts';
import { compareLoad, loadText } from '../../../../bench/load/index.ts';
import { compareProcess, processText } from '../../../../bench/process/index.ts';
import { compareRules, rulesText } from '../../../../bench/rules/index.ts';
import { type CityTruth, judgeCity, truthText } from '../../../../bench/truth/index.ts';
import {
  type Command,
  type CommandContext,
  type OptionValues,
  wholeNumber,
} from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import { CONTENT_ROOTS, openWorkspace } from '../workspace.ts';

const ENTRY = join(import.meta.dirname, 'bench-side.ts');
const MAIN = join(import.meta.dirname, '..', 'main.ts');

/** The baseline holds this many persons unless told otherwise: a few million rows. */
const PG_PERSONS = 50_000;
/** Readers that the engine serves at once; more would only measure waiting. */
const MOST_READERS = 16;
/** A load is bounded: each of them keeps one connection. */
const MOST_PEOPLE = 500;

const ingest: Command = {
  name: 'bench ingest',
  usage: '[--persons 100000] [--rows 5000000] [--quoted] [--scale] [--unprotected] [--rounds 2]',
  summary:
    '测速：核验入库与 DuckDB 直接读入之比（限 3 倍）；--scale 另测数据量翻倍，--unprotected 另测不加密时',
  options: {
    persons: { type: 'string' },
    rows: { type: 'string' },
    rounds: { type: 'string' },
    quoted: { type: 'boolean' },
    scale: { type: 'boolean' },
    unprotected: { type: 'boolean' },
  },
  run: async (context, _, options) => {
    requireOwnProcess(context, ingest);
    const { terminal, json, dataDir } = context;
    const size = {
      persons: wholeNumber(ingest, options, 'persons', 100_000),
      rows: wholeNumber(ingest, options, 'rows', 5_000_000),
    };
    const scale = options.scale === true;
    const smallest = { persons: Math.round(size.persons / 4), rows: Math.round(size.rows / 4) };
    const problem = shapeProblem(scale ? smallest : size);
    if (problem !== null) throw invalid(ingest, problem);
    const comparison = await compareIngest(
      {
        ...size,
        rounds: atLeastOne(ingest, options, 'rounds', 2),
        quoting: options.quoted === true ? [true] : scale ? [false] : [false, true],
        scale,
        unprotected: options.unprotected === true,
        dataDir,
        entry: ENTRY,
      },
      terminal.progress,
    );
    terminal.out(json ? JSON.stringify(comparison) : ingestText(comparison));
    return comparison.within ? 0 : 1;
  },
};

const dossier: Command = {
  name: 'bench dossier',
  usage: '[--lookups 2000] [--readers 16] [--pg-persons 50000] [--rounds 2]',
  summary: '测速：已装入数据的文件夹里，一人一档与 PostgreSQL 索引裸查之比',
  options: {
    lookups: { type: 'string' },
    readers: { type: 'string' },
    'pg-persons': { type: 'string' },
    rounds: { type: 'string' },
  },
  run: async (context, _, options) => {
    requireOwnProcess(context, dossier);
    const { terminal, json, dataDir, env } = context;
    const readers = atLeastOne(dossier, options, 'readers', MOST_READERS);
    if (readers > MOST_READERS) throw invalid(dossier, `--readers 最多 ${MOST_READERS}`);
    const comparison = await compareDossier(
      {
        dataDir,
        postgresUrl: env.HULIU_PG_URL || null,
        lookups: atLeastOne(dossier, options, 'lookups', 2000),
        readers,
        rounds: atLeastOne(dossier, options, 'rounds', 2),
        pgPersons: atLeastOne(dossier, options, 'pg-persons', PG_PERSONS),
        contentRoots: CONTENT_ROOTS,
        entry: ENTRY,
      },
      terminal.progress,
    );
    terminal.out(json ? JSON.stringify(comparison) : dossierText(comparison));
    return 0;
  },
};

const rules: Command = {
  name: 'bench rules',
  usage: '[--sample 300] [--rounds 1] [--smaller 文件夹]',
  summary:
    '测速：全部规则与一次裸扫描之比（限 40 倍）、与逐人判定之比（至少快 100 倍）；--smaller 指明装有较小城市的数据文件夹时给出翻倍系数',
  options: {
    sample: { type: 'string' },
    rounds: { type: 'string' },
    smaller: { type: 'string' },
  },
  run: async (context, _, options) => {
    requireOwnProcess(context, rules);
    const { terminal, json, dataDir } = context;
    const comparison = await compareRules(
      {
        dataDir,
        sample: atLeastOne(rules, options, 'sample', 300),
        rounds: atLeastOne(rules, options, 'rounds', 1),
        smallerDir: typeof options.smaller === 'string' ? options.smaller : null,
        entry: ENTRY,
      },
      terminal.progress,
    );
    terminal.out(json ? JSON.stringify(comparison) : rulesText(comparison));
    return comparison.within ? 0 : 1;
  },
};

const truth: Command = {
  name: 'bench truth',
  usage: '[--persons 200000] [--months 3] [--seeds 1,2,3] [--planted 20000]',
  summary: '对照真值：干净城市（每个种子一座）不得有一条疑点，埋设城市每件事实都要找到',
  options: {
    persons: { type: 'string' },
    months: { type: 'string' },
    seeds: { type: 'string' },
    planted: { type: 'string' },
  },
  run: async (context, _, options) => {
    requireOwnProcess(context, truth);
    const { terminal, json, dataDir } = context;
    const persons = atLeastOne(truth, options, 'persons', 200_000);
    const planted = wholeNumber(truth, options, 'planted', 20_000);
    const months = atLeastOne(truth, options, 'months', 3);
    const seeds = String(options.seeds ?? '1,2,3').split(',');
    const cities: CityTruth[] = [];
    const judge = (variant: 'clean' | 'planted', size: number, seed: string) =>
      inScratchFolder(dataDir, (dir) =>
        judgeCity(
          { persons: size, months, seed, variant, dir },
          (folder) => openWorkspace({ dataDir: folder, purpose: '对照真值' }),
          terminal.progress,
        ),
      );
    for (const seed of seeds) {
      cities.push(await judge('clean', persons, seed));
      if (planted > 0) cities.push(await judge('planted', planted, seed));
    }
    terminal.out(json ? JSON.stringify(cities) : truthText(cities));
    return cities.every(({ good }) => good) ? 0 : 1;
  },
};

const deaths: Command = {
  name: 'bench deaths',
  usage: '[--rate 50] [--seconds 60] [--burst 10000] [--kill 10000]',
  summary:
    '测速：签名报送到经办人查得到预警的时间，与同库裸插入之比；一次涌入、涌入中途杀死服务时丢失与重复的件数',
  options: {
    rate: { type: 'string' },
    seconds: { type: 'string' },
    burst: { type: 'string' },
    kill: { type: 'string' },
  },
  run: async (context, _, options) => {
    requireOwnProcess(context, deaths);
    const { terminal, json, dataDir } = context;
    const comparison = await compareDeaths(
      {
        ...{ dataDir, entry: ENTRY, main: MAIN },
        rate: atLeastOne(deaths, options, 'rate', 50),
        seconds: atLeastOne(deaths, options, 'seconds', 60),
        burst: atLeastOne(deaths, options, 'burst', 10_000),
        kill: wholeNumber(deaths, options, 'kill', 10_000),
      },
      terminal.progress,
    );
    terminal.out(json ? JSON.stringify(comparison) : deathsText(comparison));
    return comparison.good ? 0 : 1;
  },
};

const processBench: Command = {
  name: 'bench process',
  usage: '[--events 10000000] [--python 程序] [--python-events 1000000] [--memory 1GiB]',
  summary: '测速：导入流程日志、画流程图、变体、历时；--python 指明装有 pm4py 的 Python 时与其比较',
  options: {
    events: { type: 'string' },
    python: { type: 'string' },
    'python-events': { type: 'string' },
    memory: { type: 'string' },
  },
  run: async (context, _, options) => {
    requireOwnProcess(context, processBench);
    const { terminal, json, dataDir } = context;
    const { python, memory } = options;
    if (memory !== undefined && !/^\d+(MiB|GiB)$/.test(String(memory))) {
      throw invalid(processBench, '--memory 应如 512MiB 或 1GiB');
    }
    const events = atLeastOne(processBench, options, 'events', 10_000_000);
    const comparison = await compareProcess(
      {
        ...{ dataDir, entry: ENTRY, events },
        python: typeof python === 'string' ? python : null,
        pythonEvents: atLeastOne(
          processBench,
          options,
          'python-events',
          Math.min(events, 1_000_000),
        ),
        memoryLimit: typeof memory === 'string' ? memory : '1GiB',
      },
      terminal.progress,
    );
    terminal.out(json ? JSON.stringify(comparison) : processText(comparison));
    return comparison.within ? 0 : 1;
  },
};

const load: Command = {
  name: 'bench load',
  usage: '[--readers 200] [--writers 20] [--seconds 60]',
  summary: '测速：许多人同时查阅、办理时各种请求的快慢，与裸 Fastify 路由之比；没有城市时先造一座',
  options: {
    readers: { type: 'string' },
    writers: { type: 'string' },
    seconds: { type: 'string' },
  },
  run: async (context, _, options) => {
    requireOwnProcess(context, load);
    const { terminal, json, dataDir } = context;
    const people = (name: string, fallback: number) => {
      const count = atLeastOne(load, options, name, fallback);
      if (count > MOST_PEOPLE) throw invalid(load, `--${name} 最多 ${MOST_PEOPLE}`);
      return count;
    };
    const comparison = await compareLoad(
      {
        ...{ dataDir, entry: ENTRY, main: MAIN },
        readers: people('readers', 200),
        writers: people('writers', 20),
        seconds: atLeastOne(load, options, 'seconds', 60),
      },
      terminal.progress,
    );
    terminal.out(json ? JSON.stringify(comparison) : loadText(comparison));
    return comparison.good ? 0 : 1;
  },
};

/** A server has work of its own: its figures would mean nothing, and its users would wait. */
function requireOwnProcess({ workspace }: CommandContext, command: Command): void {
  if (workspace === undefined) return;
  throw invalid(command, '该数据文件夹的服务正在运行，测速会互相影响；请先停止服务');
}

function atLeastOne(
  command: Command,
  options: OptionValues,
  name: string,
  fallback: number,
): number {
  const value = wholeNumber(command, options, name, fallback);
  if (value < 1) throw invalid(command, `选项 --${name} 至少为 1`);
  return value;
}

function invalid(command: Command, what: string): Error {
  return optionInvalid({ what, usage: `${command.name} ${command.usage}` });
}

/** Benchmarks, each printing our figure, the baseline's and the ratio. */
export const benchCommands: readonly Command[] = [
  ingest,
  dossier,
  rules,
  deaths,
  load,
  truth,
  processBench,
];
