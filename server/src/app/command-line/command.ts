import type { ParseArgsConfig } from 'node:util';
import type { Progress } from '../../kernel/index.ts';
import type { Workspace } from '../workspace.ts';

/** Where a command writes; tests collect it. */
export interface Terminal {
  /** Results: Chinese text for people, or JSON. */
  out(text: string): void;
  /** Everything else: progress, hints, errors. */
  err(text: string): void;
  readonly progress: Progress;
}

/** Runs one command line and returns its exit code. */
export type CarryOut = (words: readonly string[], terminal: Terminal) => Promise<number>;

export interface CommandContext {
  readonly terminal: Terminal;
  readonly dataDir: string;
  readonly json: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The server's workspace, when the command is carried out by it. */
  readonly workspace?: Workspace;
  /** Runs any command in a workspace of this process; what a server offers to others. */
  readonly carryOut: (workspace: Workspace) => CarryOut;
}

export type OptionValues = Readonly<
  Record<string, string | boolean | readonly (string | boolean)[] | undefined>
>;

/** One command of `./huiliu`; `run` returns the exit code. */
export interface Command {
  /** Words as typed: `feed load`. */
  readonly name: string;
  /** What follows the words, for the help page. */
  readonly usage: string;
  readonly summary: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  run(context: CommandContext, args: readonly string[], options: OptionValues): Promise<number>;
}

/** Options every command knows. */
export const COMMON_OPTIONS = {
  data: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies Command['options'];
