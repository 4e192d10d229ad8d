/** Builds the pages; with `--if-stale` only when a source is newer than what was built. */
import { join } from 'node:path';
import { buildWeb } from './build.ts';
import { isStale } from './is-stale.ts';

const root = join(import.meta.dirname, '../..');
if (!process.argv.includes('--if-stale') || isStale(root)) {
  const started = performance.now();
  process.stderr.write('正在构建网页（约 10–30 秒）……\n');
  await buildWeb(root);
  process.stderr.write(
    `网页已构建，用时 ${((performance.now() - started) / 1000).toFixed(1)} 秒。\n`,
  );
}
