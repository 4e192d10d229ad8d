import { isMap, LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { Position, Report } from './problem.ts';

export type YamlPath = readonly (string | number)[];

/** A parsed content file that still knows where each value stood. */
export interface YamlFile {
  readonly path: string;
  readonly data: unknown;
  /** Position of the value at a path, or of the nearest value that encloses it. */
  at(path: YamlPath): Position;
  /** Position of a key of the map at a path. */
  keyAt(path: YamlPath, key: string): Position;
}

const START: Position = { line: 1, column: 1 };

/** Parses YAML text; reports every syntax error and returns null if there is one. */
export function parseYamlFile(path: string, text: string, report: Report): YamlFile | null {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const position = (offset: number | undefined): Position => {
    if (offset === undefined) return START;
    const { line, col } = counter.linePos(offset);
    return { line, column: col };
  };
  for (const error of document.errors) report(path, position(error.pos[0]), explain(error));
  if (document.errors.length > 0) return null;
  const offsetAt = (at: YamlPath): number | undefined => {
    for (let depth = at.length; depth >= 0; depth--) {
      const offset = nodeOffset(document.getIn(at.slice(0, depth), true));
      if (offset !== undefined) return offset;
    }
    return undefined;
  };
  return {
    path,
    data: document.toJS(),
    at: (at) => position(offsetAt(at)),
    keyAt(at, key) {
      const map = document.getIn(at, true);
      const pair = isMap(map) ? map.items.find((item) => String(item.key) === key) : undefined;
      return position(nodeOffset(pair?.key) ?? offsetAt(at));
    },
  };
}

function nodeOffset(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  return Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : undefined;
}

function explain(error: YAMLError): string {
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return '同一处写了两次同名的项，请只留一个';
    case 'TAB_AS_INDENT':
      return '缩进用了制表符，请改用空格';
    case 'BAD_INDENT':
      return '缩进不齐，请与同级的上一行对齐';
    case 'MISSING_CHAR':
      return '缺少配对的引号、括号、逗号或冒号后的空格';
    default:
      return `YAML 写法有误（${error.code}）：${error.message}`;
  }
}
