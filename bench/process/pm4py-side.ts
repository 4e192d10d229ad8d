import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pythonFailed } from './errors.ts';

const SCRIPT = join(import.meta.dirname, '../../server/src/process/testing/pm4py-figures.py');

/** What `pm4py-figures.py` prints. */
export interface Pm4pyFigures {
  readonly version: string;
  readonly cases: number;
  readonly events: number;
  readonly edges: readonly (readonly [string, string, number, ...number[]])[];
  readonly variants: readonly unknown[];
  readonly duration: { readonly median_s: number };
  readonly seconds: { readonly read: number; readonly format: number; readonly discover: number };
  readonly peak_mb: number;
}

/** Lets PM4Py answer the same questions about the same file. @throws BENCH_PYTHON_FAILED */
export async function measurePm4py(python: string, xes: string): Promise<Pm4pyFigures> {
  const child = spawn(python, [SCRIPT, xes], { stdio: ['ignore', 'pipe', 'pipe'] });
  const failed = new Promise<never>((_, reject) =>
    child.once('error', (error) => reject(pythonFailed({ python, reason: '无法启动' }, error))),
  );
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const [code, out, err] = await Promise.race([
    Promise.all([ended, text(child.stdout), text(child.stderr)]),
    failed,
  ]);
  if (code !== 0) {
    const missing = err.includes('No module named');
    throw pythonFailed({ python, reason: missing ? '没有装 pm4py' : `退出码 ${code}` });
  }
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Pm4pyFigures;
}
