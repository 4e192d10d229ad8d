import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cipherModuleMissing } from '../errors.ts';

/** Runs a program to its end; a test gives its own. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<unknown>;

const PACKAGE = 'duckdb-extension-httpfs';
/** A network without the registry answers nothing: nobody should wait minutes for that. */
const PATIENCE = ['--retries', '0', '--timeout', '20'];

const runProgram: RunProgram = (program, args) =>
  promisify(execFile)(program, [...args], { timeout: 300_000 });

/**
 * Fetches the extension that fits the engine from the Python registry pip is set to; npm's has none.
 * @returns path of the wheel inside `folder`
 * @throws APP_CIPHER_MODULE_MISSING
 */
export async function fetchModule(
  version: string,
  folder: string,
  run: RunProgram = runProgram,
): Promise<string> {
  const wanted = `${PACKAGE}==${version.replace(/^v/, '')}`;
  const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:'];
  try {
    await run('python3', [...args, ...PATIENCE, '--dest', folder, wanted]);
  } catch (error) {
    throw cipherModuleMissing(
      { source: wanted, reason: '本机没有 python3 和 pip，或软件源里没有这个包' },
      error,
    );
  }
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) {
    throw cipherModuleMissing({ source: wanted, reason: '软件源没有给出文件' });
  }
  return join(folder, wheel);
}
