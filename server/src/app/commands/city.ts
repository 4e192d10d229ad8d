import { resolve } from 'node:path';
import { generateCity } from '../../../../tools/city/index.ts';
import { type Command, required, wholeNumber } from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import { count } from './figures-text.ts';

/** Makes return packages of an invented city. */
export const cityCommand: Command = {
  name: 'city generate',
  usage:
    '--persons N --months M --seed S --out DIR [--clean|--planted] [--history-months 120] [--as-of 2026-10-31]',
  summary: '生成虚构城市的回流数据包（用于演示、测试、测速）',
  options: {
    persons: { type: 'string' },
    months: { type: 'string' },
    seed: { type: 'string' },
    out: { type: 'string' },
    clean: { type: 'boolean' },
    planted: { type: 'boolean' },
    'history-months': { type: 'string' },
    'as-of': { type: 'string' },
  },
  run: async ({ terminal, json }, _, options) => {
    if (options.clean === true && options.planted === true) {
      throw optionInvalid({
        what: '--clean 与 --planted 只能选一个',
        usage: `city generate ${cityCommand.usage}`,
      });
    }
    const summary = await generateCity({
      persons: wholeNumber(cityCommand, options, 'persons'),
      months: wholeNumber(cityCommand, options, 'months', 1),
      seed: typeof options.seed === 'string' ? options.seed : '1',
      out: resolve(required(cityCommand, options, 'out')),
      variant: options.planted === true ? 'planted' : 'clean',
      historyMonths: wholeNumber(cityCommand, options, 'history-months', 120),
      ...(typeof options['as-of'] === 'string' ? { asOf: options['as-of'] } : {}),
      progress: terminal.progress,
    });
    if (json) terminal.out(JSON.stringify(summary));
    else {
      for (const item of summary.packages) {
        const rows = Object.values(item.rows).reduce((sum, count) => sum + count, 0);
        terminal.out(`${item.package_id}  ${count(rows)} 行  ${item.path}`);
      }
      terminal.out(
        `${summary.persons} 人，用时 ${summary.seconds} 秒，内存峰值 ${summary.peak_rss_mb} MB`,
      );
    }
    return 0;
  },
};
