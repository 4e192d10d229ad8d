/** Builds the pages; with `--if-stale` only when a source is newer than what was built. */
import { join } from 'node:path';
import { buildIfStale } from './build-if-stale.ts';

const root = join(import.meta.dirname, '../..');
const say = (line: string) => void process.stderr.write(`${line}\n`);
if (process.argv.includes('--if-stale')) await buildIfStale(root, say);
else await (await import('./build.ts')).buildWeb(root);
