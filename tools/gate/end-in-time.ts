/**
 * Loaded into every test file's process. Node's runner waits for ever for a file that has left
 * something open; this makes it a failure that says what was left.
 */
import { after } from 'node:test';
import { isMainThread } from 'node:worker_threads';

/** Long enough for engines that close in the background. */
const afterLastTestMs = seconds('HULIU_TEST_LINGER_SECONDS', 20);
/** The longest file judges a whole city in 80 s on a quiet machine; machines are not always quiet. */
const wholeFileMs = seconds('HULIU_TEST_FILE_SECONDS', 600);

function seconds(variable: string, usual: number): number {
  return Number(process.env[variable] ?? usual) * 1000;
}

/** The timer keeps nothing alive: it fires only in a process that something else holds. */
function failIn(delayMs: number, why: string): void {
  setTimeout(() => {
    const held = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap');
    console.error(`${process.argv[1]}：${why}。仍占用：${held.join('、') || '无法识别'}`);
    process.exit(1);
  }, delayMs).unref();
}

// Processes and threads that a test starts inherit the option that loads this file.
if (isMainThread && /\.test\.[cm]?[jt]s$/.test(process.argv[1] ?? '')) {
  failIn(wholeFileMs, `测试文件未在 ${wholeFileMs / 1000} 秒内结束`);
  after(() => failIn(afterLastTestMs, `测试结束 ${afterLastTestMs / 1000} 秒后进程仍未退出`));
}
