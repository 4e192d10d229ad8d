import { parseArgs } from 'node:util';
import { isHuiliuError } from '../../kernel/index.ts';
import { commandUnknown, optionInvalid } from '../errors.ts';
import type { Workspace } from '../workspace.ts';
import {
  COMMON_OPTIONS,
  type Command,
  type CommandContext,
  type OptionValues,
  type Terminal,
} from './command.ts';

/**
 * Finds and runs the command that the words name. Errors of ours become one Chinese sentence (or
 * one JSON object with `--json`); anything else is our bug and is thrown on.
 */
export async function runCommandLine(
  commands: readonly Command[],
  given: readonly string[],
  world: CommandWorld,
): Promise<number> {
  const words = given[0] === '--version' ? ['version', ...given.slice(1)] : given;
  const { terminal, env, workspace } = world;
  const json = words.includes('--json');
  const dataDir = dataFolder(words, env);
  try {
    if (words.length === 0 || words[0] === 'help' || words[0] === '--help' || words[0] === '-h') {
      terminal.out(helpPage(commands));
      return 0;
    }
    const command = findCommand(commands, words);
    const rest = words.slice(command.name.split(' ').length);
    const { args, options } = parse(command, rest);
    if (options.help === true) {
      terminal.out(commandHelp(command));
      return 0;
    }
    const context: CommandContext = {
      terminal,
      dataDir,
      json,
      env,
      ...(workspace && { workspace }),
      carryOut: (shared) => (handed, other) =>
        runCommandLine(commands, handed, { terminal: other, env: {}, workspace: shared }),
    };
    return await command.run(context, args, options);
  } catch (error) {
    if (!isHuiliuError(error)) throw error;
    if (error.code === 'STORE_FOLDER_HELD') {
      const code = (await world.onHeld?.(dataDir)) ?? null;
      if (code !== null) return code;
    }
    const { code, message, details } = error;
    if (json) terminal.out(JSON.stringify({ error: { code, message, details } }, bigintText));
    terminal.err(`${message}（${code}）`);
    return error.kind === 'unavailable' ? 3 : 2;
  }
}

/** What a command line runs in. */
export interface CommandWorld {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The workspace of the server that carries the command out. */
  readonly workspace?: Workspace;
  /** Another process owns the data folder: hand the command over, or null when it takes none. */
  readonly onHeld?: (dataDir: string) => Promise<number | null>;
}

function dataFolder(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string {
  const at = words.indexOf('--data');
  const joined = words.find((word) => word.startsWith('--data='))?.slice('--data='.length);
  return joined ?? (at < 0 ? undefined : words[at + 1]) ?? (env.HULIU_DATA || 'data');
}

function bigintText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function findCommand(commands: readonly Command[], words: readonly string[]): Command {
  const plain = words.filter((word) => !word.startsWith('-'));
  const found = commands
    .filter((command) => command.name.split(' ').every((word, i) => words[i] === word))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (found === undefined) throw commandUnknown({ words: plain.slice(0, 2).join(' ') });
  return found;
}

function parse(
  command: Command,
  rest: readonly string[],
): { args: string[]; options: OptionValues } {
  try {
    const { positionals, values } = parseArgs({
      args: [...rest],
      options: { ...COMMON_OPTIONS, ...command.options },
      allowPositionals: true,
      strict: true,
    });
    return { args: positionals, options: values as OptionValues };
  } catch (error) {
    const what = error instanceof Error ? chineseParseError(error) : '参数有误';
    throw optionInvalid({ what, usage: `${command.name} ${command.usage}` }, error);
  }
}

function chineseParseError(error: Error): string {
  const option = /'(-{1,2}[^' ]+)/.exec(error.message)?.[1] ?? '';
  if (error.message.includes('argument missing')) return `选项 ${option} 缺少值`;
  if (error.message.includes('does not take an argument')) return `选项 ${option} 不带值`;
  return `不认识的选项 ${option}`;
}

function helpPage(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => [
    `  ./huiliu ${command.name} ${command.usage}`,
    `      ${command.summary}`,
  ]);
  return [
    '回流 Huiliu：市级社会保险数据平台',
    '',
    ...lines,
    '',
    '通用选项：--data 文件夹（全部数据所在，默认 ./data，也可用环境变量 HULIU_DATA）  --json（机器可读）  --help',
  ].join('\n');
}

function commandHelp(command: Command): string {
  return `./huiliu ${command.name} ${command.usage}\n  ${command.summary}`;
}

/** Reads a required option. @throws APP_OPTION_INVALID */
export function required(
  command: Pick<Command, 'name' | 'usage'>,
  options: OptionValues,
  name: string,
): string {
  const value = options[name];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw optionInvalid({ what: `缺少选项 --${name}`, usage: `${command.name} ${command.usage}` });
}

/** Reads a whole number option. @throws APP_OPTION_INVALID */
export function wholeNumber(
  command: Pick<Command, 'name' | 'usage'>,
  options: OptionValues,
  name: string,
  fallback?: number,
): number {
  const text = options[name];
  if (text === undefined && fallback !== undefined) return fallback;
  if (typeof text === 'string' && /^\d{1,9}$/.test(text)) return Number(text);
  throw optionInvalid({
    what: `选项 --${name} 应为整数`,
    usage: `${command.name} ${command.usage}`,
  });
}

/** Reads an option that may be given several times. */
export function optionList(options: OptionValues, name: string): string[] {
  const value = options[name];
  return Array.isArray(value) ? value.map(String) : [];
}
