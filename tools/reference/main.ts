/**
 * Writes `docs/reference/` from the program and its content; with `--check`, changes nothing and
 * fails when a page is not what would be written.
 */
import { fileURLToPath } from 'node:url';
import { generatePages } from './generate-pages.ts';
import { findDrift, writePages } from './pages-on-disk.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = await generatePages(root);
const [option] = process.argv.slice(2);
if (option === '--check') {
  const drift = findDrift(root, pages);
  for (const path of drift) console.error(`${path} 与来源不一致。`);
  if (drift.length > 0) {
    console.error('请运行 node_modules/.bin/node tools/reference/main.ts 重新生成并提交。');
    process.exitCode = 1;
  } else {
    console.log(`${pages.size} 个参考页与来源一致。`);
  }
} else {
  for (const path of writePages(root, pages)) console.log(`已更新 ${path}`);
}
