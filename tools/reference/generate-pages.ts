import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { COMMANDS } from '../../server/src/app/index.ts';
import { listGateCodes, ROW_CODES } from '../../server/src/ingest/index.ts';
import { listErrors } from '../../server/src/kernel/index.ts';
import { loadContent } from '../../server/src/municipal/index.ts';
import { loadAccessPolicy } from '../../server/src/security/index.ts';
import { commandsPage } from './commands-page.ts';
import { cryptoPage, findCryptoUses } from './crypto-page.ts';
import { errorsPage } from './errors-page.ts';
import { gateCodesPage } from './gate-codes-page.ts';
import { permissionsPage } from './permissions-page.ts';
import { tablesPage } from './tables-page.ts';

/** Generates every reference page: path from the repository root → text. */
export async function generatePages(root: string): Promise<ReadonlyMap<string, string>> {
  await registerErrors(root);
  const roots = [join(root, 'content/base'), join(root, 'content/jincheng')];
  const content = loadContent(roots);
  return new Map([
    ['docs/reference/commands.md', commandsPage(COMMANDS)],
    ['docs/reference/crypto.md', cryptoPage(findCryptoUses(join(root, 'server/src')))],
    ['docs/reference/errors.md', errorsPage(listErrors())],
    ['docs/reference/gate-codes.md', gateCodesPage(listGateCodes(), ROW_CODES)],
    ['docs/reference/permissions.md', permissionsPage(loadAccessPolicy(roots))],
    ['docs/reference/tables.md', tablesPage(content)],
  ]);
}

/** Errors register when their file is loaded, so every door and every error file is loaded here. */
async function registerErrors(root: string): Promise<void> {
  const patterns = ['server/src/*/index.ts', 'server/src/**/errors.ts'];
  for (const file of globSync(patterns, { cwd: root }).sort()) {
    await import(pathToFileURL(join(root, file)).href);
  }
}
