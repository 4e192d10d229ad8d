import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../command-line/index.ts';

/** The version of the product stands in the package file of the repository and nowhere else. */
const PACKAGE_FILE = join(import.meta.dirname, '../../../../package.json');

export const versionCommand: Command = {
  name: 'version',
  usage: '',
  summary: '显示版本，也可写 --version',
  options: {},
  run: async ({ terminal, json }) => {
    const { version } = JSON.parse(readFileSync(PACKAGE_FILE, 'utf8')) as { version: string };
    terminal.out(json ? JSON.stringify({ version }) : `回流 Huiliu ${version}`);
    return 0;
  },
};
