import type { DestinationStream, Level, Logger } from 'pino';
import { pino } from 'pino';
import { scrubText } from '../../security/index.ts';

/** Longer texts in one line are cut: nobody fills the disk or hides a line behind a megabyte. */
const LONGEST_TEXT = 4_096;
const LONGEST_LINE = 16_384;
const DEEPEST = 8;

/**
 * Makes a logger (日志) of JSON lines whose every line loses id numbers, telephones and cards
 * before it is written, wherever in the line they stand: message, URL, error or stack. A line is
 * always one line of visible characters, whatever was logged.
 * @source requirements R52, R53
 */
export function createLogger(
  options: { readonly level?: Level; readonly destination?: { write(line: string): void } } = {},
): Logger {
  const destination = options.destination ?? pino.destination({ fd: 2, sync: true });
  const scrubbed: DestinationStream = { write: (line) => void destination.write(cleanLine(line)) };
  return pino(
    { level: options.level ?? 'info', base: null, timestamp: pino.stdTimeFunctions.isoTime },
    scrubbed,
  );
}

/** Cut before it is scrubbed, so that no number is halved into something that looks harmless. */
function cleanLine(line: string): string {
  const short = line.length > LONGEST_LINE ? shortened(line) : line;
  return `${escapeInvisible(scrubText(short.trimEnd()))}\n`;
}

function shortened(line: string): string {
  try {
    return JSON.stringify(cut(JSON.parse(line), 0));
  } catch {
    return JSON.stringify({ level: 50, msg: 'a log line that is no JSON', length: line.length });
  }
}

function cut(value: unknown, depth: number): unknown {
  if (typeof value === 'string') {
    const { length } = value;
    // Scrubbed first: the cut could leave the first half of a number.
    return length > LONGEST_TEXT
      ? `${scrubText(value).slice(0, LONGEST_TEXT)}…（共 ${length} 字）`
      : value;
  }
  if (value === null || typeof value !== 'object') return value;
  if (depth >= DEEPEST) return '…';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => cut(item, depth + 1));
  const entries = Object.entries(value).slice(0, 100);
  return Object.fromEntries(
    entries.map(([key, item]) => [key.slice(0, 200), cut(item, depth + 1)]),
  );
}

/**
 * JSON escapes line breaks and ASCII control characters; terminals and viewers also obey C1 controls,
 * line and paragraph separators and the marks that turn the direction of writing.
 */
function escapeInvisible(line: string): string {
  return line.replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
