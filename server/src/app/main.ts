import { resolve } from 'node:path';
import { isHuiliuError } from '../kernel/index.ts';
import { processTerminal, runCommandLine } from './command-line/index.ts';
import { COMMANDS } from './commands/index.ts';
import { forwardCommand } from './control/index.ts';

/** The process of `./huiliu`: runs one command and exits with its code. */
async function main(): Promise<number> {
  // What is written holds personal data: for the owner's eyes only.
  process.umask(0o077);
  const words = process.argv.slice(2);
  const terminal = processTerminal();
  return runCommandLine(COMMANDS, words, {
    terminal,
    env: process.env,
    onHeld: (dataDir) => forwardCommand(dataDir, withFullPaths(words), terminal),
  });
}

/** The server may run in another folder: paths must not depend on where this command was typed. */
function withFullPaths(words: readonly string[]): string[] {
  return words.map((word, index) => {
    const isPath = words[0] === 'feed' && words[1] === 'load' && index > 1 && !word.startsWith('-');
    const afterPathOption = ['--data', '--out', '--file'].includes(words[index - 1] ?? '');
    return isPath || afterPathOption ? resolve(word) : word;
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`程序内部错误，请把以下内容交给开发人员：\n`);
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  if (isHuiliuError(error)) process.stderr.write(`${error.code}\n`);
  process.exitCode = 70;
}
