/** Where JSON text stops making sense (first line and column are 1). */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly expected: string;
}

type State = 'value' | 'first-value' | 'key' | 'first-key' | 'colon' | 'after' | 'end';

const EXPECTED: Record<State, string> = {
  value: '一个值',
  'first-value': '一个值或 ]',
  key: '双引号括起的名称',
  'first-key': '双引号括起的名称或 }',
  colon: '冒号',
  after: '逗号或括号结束',
  end: '文件结束',
};

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Reads on in the text: where it stands, and what it can take from there. */
interface Cursor {
  at: number;
  readonly text: string;
}

/**
 * Finds the first fault in JSON text; null when there is none. `JSON.parse` decides what is
 * accepted; it does not always say where the fault is, which the sender must know.
 */
export function findJsonFault(text: string): JsonFault | null {
  const cursor: Cursor = { at: 0, text };
  const open: string[] = [];
  let state: State = 'value';
  for (;;) {
    take(cursor, SPACE);
    if (cursor.at >= text.length && state === 'end') return null;
    const start = cursor.at;
    const next = step(state, open, cursor);
    if (next === null) {
      const expected = cursor.at > start ? '合法的文本内容或结束的双引号' : EXPECTED[state];
      return { ...placeOf(text, cursor.at), expected };
    }
    state = next;
  }
}

/** The state after the next token; null at a fault, with the cursor on it. */
function step(state: State, open: string[], cursor: Cursor): State | null {
  const char = cursor.text[cursor.at] ?? '';
  const afterValue = (): State => (open.length === 0 ? 'end' : 'after');
  if (char === '}' || char === ']') {
    const mayClose = state === 'after' || state === (char === '}' ? 'first-key' : 'first-value');
    if (!mayClose || open.at(-1) !== char) return null;
    open.pop();
    cursor.at += 1;
    return afterValue();
  }
  if (state === 'value' || state === 'first-value') {
    if (char === '{' || char === '[') {
      open.push(char === '{' ? '}' : ']');
      cursor.at += 1;
      return char === '{' ? 'first-key' : 'first-value';
    }
    return takeString(cursor) || take(cursor, SCALAR) ? afterValue() : null;
  }
  if (state === 'key' || state === 'first-key') return takeString(cursor) ? 'colon' : null;
  if (state === 'end' || char !== (state === 'colon' ? ':' : ',')) return null;
  cursor.at += 1;
  if (state === 'colon') return 'value';
  return open.at(-1) === '}' ? 'key' : 'value';
}

function take(cursor: Cursor, pattern: RegExp): boolean {
  pattern.lastIndex = cursor.at;
  const found = pattern.test(cursor.text);
  if (found) cursor.at = pattern.lastIndex;
  return found;
}

/** Takes a string; on a fault inside it the cursor stays there. */
function takeString(cursor: Cursor): boolean {
  if (cursor.text[cursor.at] !== '"') return false;
  cursor.at += 1;
  for (;;) {
    const char = cursor.text[cursor.at] ?? '';
    if (char < ' ') return false; // also the end of the text
    if (char === '\\') {
      if (!take(cursor, ESCAPE)) return false;
      continue;
    }
    cursor.at += 1;
    if (char === '"') return true;
  }
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: at - lineStart + 1 };
}
