import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { compressFiles } from './compress.ts';
import { BUILD_STAMP } from './is-stale.ts';
import { viteConfig } from './vite-config.ts';

/** Builds the pages into `web/dist`. The stamp comes last: an interrupted build is built again. */
export async function buildWeb(root: string): Promise<void> {
  await build(viteConfig(root));
  compressFiles(join(root, 'web/dist'));
  writeFileSync(join(root, BUILD_STAMP), '');
}
