import type { Filter } from '../../process/index.ts';
import { type Command, type OptionValues, optionList } from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';

/** Options that choose a log and cases; the same for every command that asks about a log. */
export const QUESTION_OPTIONS = {
  log: { type: 'string' },
  matter: { type: 'string', multiple: true },
  county: { type: 'string', multiple: true },
  channel: { type: 'string', multiple: true },
  from: { type: 'string' },
  to: { type: 'string' },
  by: { type: 'string' },
  attribute: { type: 'string', multiple: true },
  'event-attribute': { type: 'string', multiple: true },
  contains: { type: 'string', multiple: true },
  without: { type: 'string', multiple: true },
  'leads-to': { type: 'string', multiple: true },
  directly: { type: 'string', multiple: true },
  'min-seconds': { type: 'string' },
  'max-seconds': { type: 'string' },
  variant: { type: 'string', multiple: true },
  state: { type: 'string' },
} as const satisfies Command['options'];

export const QUESTION_USAGE =
  '[--log 日志] [--matter 事项] [--county 机构] [--channel 渠道] [--from 日期] [--to 日期] [--by started|finished|within|active] [--attribute 名=值] [--event-attribute 名=值] [--contains 活动] [--without 活动] [--leads-to 甲>乙] [--directly 甲>乙] [--min-seconds 秒] [--max-seconds 秒] [--variant 变体] [--state running|finished]';

/** Reads the filters of a command line. @throws APP_OPTION_INVALID */
export function filtersOf(command: Command, options: OptionValues): Filter[] {
  const invalid = (what: string): Error =>
    optionInvalid({ what, usage: `${command.name} ${command.usage}` });
  const filters: Filter[] = [];
  for (const kind of ['matter', 'county', 'channel'] as const) {
    const values = optionList(options, kind);
    if (values.length > 0) filters.push({ kind, values });
  }
  const contains = optionList(options, 'contains');
  if (contains.length > 0) filters.push({ kind: 'contains', activities: contains, mode: 'all' });
  for (const activity of optionList(options, 'without')) {
    filters.push({ kind: 'contains', activities: [activity], mode: 'any', exclude: true });
  }
  for (const [name, how] of [
    ['leads-to', 'eventually'],
    ['directly', 'directly'],
  ] as const) {
    for (const pair of optionList(options, name)) {
      const [from = '', to = ''] = halves(pair, '>');
      if (from === '' || to === '') throw invalid(`--${name} 应写成 甲>乙`);
      filters.push({ kind: 'leads_to', from, to, how });
    }
  }
  for (const [name, of] of [
    ['attribute', 'case'],
    ['event-attribute', 'event'],
  ] as const) {
    for (const pair of optionList(options, name)) {
      const [key = '', value = ''] = halves(pair, '=');
      if (key === '' || value === '') throw invalid(`--${name} 应写成 名=值`);
      filters.push({ kind: 'attribute', of, key, values: [value] });
    }
  }
  const variants = optionList(options, 'variant');
  if (variants.length > 0) filters.push({ kind: 'variant', keys: variants });
  return [
    ...filters,
    ...periodOf(options, invalid),
    ...durationOf(options, invalid),
    ...stateOf(options, invalid),
  ];
}

type Invalid = (what: string) => Error;

function periodOf(options: OptionValues, invalid: Invalid): Filter[] {
  const { from, to, by = 'started' } = options;
  if (from === undefined && to === undefined) return [];
  if (by !== 'started' && by !== 'finished' && by !== 'within' && by !== 'active') {
    throw invalid('--by 只能是 started、finished、within 或 active');
  }
  const day = (value: OptionValues[string]) => (typeof value === 'string' ? value : null);
  return [{ kind: 'period', from: day(from), to: day(to), by }];
}

function durationOf(options: OptionValues, invalid: Invalid): Filter[] {
  const bound = (name: string): number | null => {
    const value = options[name];
    if (value === undefined) return null;
    if (typeof value !== 'string' || !/^\d{1,12}(\.\d+)?$/.test(value)) {
      throw invalid(`--${name} 应为秒数`);
    }
    return Number(value);
  };
  const min_s = bound('min-seconds');
  const max_s = bound('max-seconds');
  return min_s === null && max_s === null ? [] : [{ kind: 'duration', min_s, max_s }];
}

function stateOf(options: OptionValues, invalid: Invalid): Filter[] {
  const { state } = options;
  if (state === undefined) return [];
  if (state !== 'running' && state !== 'finished') {
    throw invalid('--state 只能是 running 或 finished');
  }
  return [{ kind: 'state', value: state }];
}

/** Splits at the first separator; names may hold the others. */
export function halves(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at).trim(), text.slice(at + separator.length).trim()];
}
