/** `./huiliu test [filter]`: the one gate. Runs each check in order and stops at the first failure. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runGate } from './run-gate.ts';
import { listSteps } from './steps.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [filter, ...surplus] = process.argv.slice(2);
if (surplus.length > 0 || filter?.startsWith('-') === true) {
  console.error('用法：./huiliu test [测试文件路径中的一段文字]');
  process.exitCode = 2;
} else {
  // Every test file and every program it starts loads much the same modules: they are compiled once.
  process.env.NODE_COMPILE_CACHE ??= join(root, '.huiliu/compiled');
  const passed = await runGate(listSteps(root, filter), (line) => console.log(line));
  process.exitCode = passed ? 0 : 1;
}
