import { fileUnreadable } from '../errors.ts';

/**
 * Hands out the elements of the arrays that lie directly in a document's object, one at a time, as
 * they arrive: a log of gigabytes never lies in memory as one value.
 */
export function jsonElements(onElement: (array: string, element: unknown) => void): {
  write(text: string): void;
  end(): void;
} {
  let depth = 0;
  let quoted = false;
  let escaped = false;
  /** Text of the element or of the key being read; null between them. */
  let kept: string | null = null;
  let key = '';
  let lastText = '';
  let ended = false;

  const element = (text: string): void => {
    try {
      onElement(key, JSON.parse(text));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw fileUnreadable(
        { reason: `数组 ${key.slice(0, 40)} 里有一个元素不是合法的 JSON` },
        error,
      );
    }
  };

  /** Inside the array `key`, objects at depth 2 are elements; keys stand at depth 1. */
  const write = (text: string): void => {
    let from = kept === null ? -1 : 0;
    for (let at = 0; at < text.length; at += 1) {
      const c = text.charCodeAt(at);
      if (quoted) {
        if (escaped) escaped = false;
        else if (c === 92) escaped = true;
        else if (c === 34) {
          quoted = false;
          if (depth === 1) {
            lastText = ((kept ?? '') + text.slice(from, at)).slice(1);
            kept = null;
            from = -1;
          }
        }
        continue;
      }
      if (c === 34) {
        quoted = true;
        if (depth === 1) {
          from = at;
          kept = '';
        }
      } else if (c === 123 || c === 91) {
        depth += 1;
        if (depth === 2) key = lastText;
        if (depth === 3 && c === 123) {
          from = at;
          kept = '';
        }
      } else if (c === 125 || c === 93) {
        if (depth === 3 && c === 125 && kept !== null) {
          element(kept + text.slice(from, at + 1));
          kept = null;
          from = -1;
        }
        depth -= 1;
        if (depth === 0) ended = true;
      }
    }
    if (kept !== null) kept += text.slice(Math.max(from, 0));
  };

  return {
    write,
    end() {
      if (!ended || depth !== 0) throw fileUnreadable({ reason: 'JSON 没有写完，文件可能不完整' });
    },
  };
}
