/** Checks rules without a data folder: `node tools/check-rules.ts [ID or GROUP …]`. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentProgress } from '../server/src/kernel/index.ts';
import { loadContent } from '../server/src/municipal/index.ts';
import { checkRules, loadRulePack } from '../server/src/rules/index.ts';
import { openDuck } from '../server/src/store/index.ts';

const roots = ['content/base', 'content/jincheng'].map((path) =>
  join(import.meta.dirname, '..', path),
);
const content = loadContent(roots);
const pack = loadRulePack(roots, content);
const wanted = process.argv.slice(2);
const rules = [...pack.rules.values()].filter(
  ({ id }) => wanted.length === 0 || wanted.some((prefix) => id.startsWith(prefix)),
);
const dir = mkdtempSync(join(tmpdir(), 'rules-'));
const duck = await openDuck({ file: join(dir, 'check.duckdb'), stagingDir: dir, tempDir: dir });
const checks = await checkRules(duck, { pack, content }, rules, silentProgress);
for (const { id, cases, problems } of checks) {
  console.log(`${problems.length === 0 ? '✓' : '✗'} ${id} ${cases} 例`);
  for (const problem of problems) console.log(`    ${problem}`);
}
await duck.close();
process.exitCode = checks.every(({ problems }) => problems.length === 0) ? 0 : 1;
