import type { Progress, ProgressUnit } from '../../kernel/index.ts';
import type { Terminal } from './command.ts';

const BAR = 24;
const REDRAW_MS = 100;
const UNITS: Record<ProgressUnit, string> = { rows: '行', bytes: '字节', steps: '步' };

/** The process's own terminal: results to stdout, a progress bar to stderr. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  const progress = stderr.isTTY ? barProgress(stderr) : lineProgress(stderr);
  return {
    out: (text) => {
      progress.clear();
      stdout.write(`${text}\n`);
    },
    err: (text) => {
      progress.clear();
      stderr.write(`${text}\n`);
    },
    progress,
  };
}

interface ClearableProgress extends Progress {
  clear(): void;
}

/** One line, redrawn in place. */
function barProgress(stream: NodeJS.WriteStream): ClearableProgress {
  let shown = false;
  let last = 0;
  let current = '';
  const clear = () => {
    if (shown) stream.write('\r\x1b[K');
    shown = false;
  };
  return {
    report(step, done, total, unit) {
      const now = performance.now();
      const ended = total !== null && done >= total;
      if (step === current && now - last < REDRAW_MS && !ended) return;
      current = step;
      last = now;
      stream.write(`\r\x1b[K${line(step, done, total, unit)}`);
      shown = true;
    },
    note(text) {
      clear();
      stream.write(`${text}\n`);
    },
    clear,
  };
}

/** For logs: a line when a step ends or every ten seconds. */
function lineProgress(stream: NodeJS.WriteStream): ClearableProgress {
  let last = performance.now();
  return {
    report(step, done, total, unit) {
      const now = performance.now();
      if (now - last < 10_000) return;
      last = now;
      stream.write(`${line(step, done, total, unit)}\n`);
    },
    note: (text) => stream.write(`${text}\n`),
    clear: () => {},
  };
}

function line(step: string, done: number, total: number | null, unit: ProgressUnit): string {
  const amount = `${done.toLocaleString('en-US')}${total === null ? '' : ` / ${total.toLocaleString('en-US')}`} ${UNITS[unit]}`;
  if (total === null || total === 0) return `${step}  ${amount}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled);
  return `${step}  ${bar} ${Math.floor(share * 100)}%  ${amount}`;
}
