import { fileUnreadable } from '../errors.ts';

/** Hears the elements of a document; XES has no text between tags that means anything. */
export interface XmlListener {
  /** `attribute` looks up one of the element's attributes, entities resolved. */
  open(name: string, attribute: (name: string) => string | undefined): void;
  close(name: string): void;
  /** The short cut for `<type key="…" value="…"` with the attributes in this order. */
  value(type: string, key: string, value: string, closed: boolean): void;
}

const VALUE = /<(string|date|int|float|boolean|id)\s+key="([^"<]*)"\s+value="([^"<]*)"\s*(\/?)>/y;
const OPEN = /<([^\s/>!?<"'=]+)((?:\s+[^\s=/>"'<]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const CLOSE = /<\/([^\s>]+)\s*>/y;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
/** One tag, comment or instruction may not be longer: memory stays bounded on any input. */
const LONGEST_TAG = 16 * 2 ** 20;

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

/**
 * Reads XML as it arrives. A general parser tells every character apart; here a tag is one match of
 * a sticky expression, which is several times faster, and DOCTYPE is refused, so that no entity can
 * grow or reach outside.
 */
export function xmlScanner(listener: XmlListener): {
  write(text: string): void;
  end(): void;
} {
  let rest = '';
  let consumed = 0;
  const stack: string[] = [];

  const fail = (reason: string): never => {
    throw fileUnreadable({ reason: `第 ${consumed} 个字符附近${reason}` });
  };

  const openTag = (tag: RegExpExecArray): void => {
    const [, name = '', attributes = '', slash] = tag;
    listener.open(name, (wanted) => attributeOf(attributes, wanted));
    if (slash === '/') listener.close(name);
    else stack.push(name);
  };

  const closeTag = (name: string): void => {
    if (stack.pop() !== name) fail(`的 </${name.slice(0, 40)}> 没有对应的开始标签`);
    listener.close(name);
  };

  /** Length of what begins at `at`, or 0 when its end has not come yet. */
  const skip = (text: string, at: number): number => {
    const special = text.startsWith('<!--', at)
      ? '-->'
      : text.startsWith('<![CDATA[', at)
        ? ']]>'
        : '?>';
    if (special === '?>' && text[at + 1] === '!') {
      if (text.length - at < 9) return 0;
      return fail('有 DOCTYPE 声明，为安全起见不读');
    }
    const end = text.indexOf(special, at + 2);
    return end < 0 ? 0 : end + special.length - at;
  };

  /** Takes one construct at `at` and returns its length, or 0 when it is not all there. */
  const take = (text: string, at: number): number => {
    VALUE.lastIndex = at;
    const value = VALUE.exec(text);
    if (value !== null) {
      const [whole, type = '', key = '', held = '', slash] = value;
      listener.value(type, resolve(key), resolve(held), slash === '/');
      if (slash !== '/') stack.push(type);
      return whole.length;
    }
    const next = text[at + 1];
    if (next === undefined) return 0;
    if (next === '!' || next === '?') return skip(text, at);
    const expression = next === '/' ? CLOSE : OPEN;
    expression.lastIndex = at;
    const tag = expression.exec(text);
    if (tag === null) return 0;
    if (next === '/') closeTag(tag[1] ?? '');
    else openTag(tag);
    return tag[0].length;
  };

  const scan = (text: string): number => {
    let at = text.indexOf('<');
    while (at >= 0) {
      const length = take(text, at);
      if (length === 0) return at;
      at = text.indexOf('<', at + length);
    }
    return text.length;
  };

  return {
    write(text) {
      const whole = rest === '' ? text : rest + text;
      const done = scan(whole);
      consumed += done;
      rest = whole.slice(done);
      if (rest.length > LONGEST_TAG) fail('有一个标签不完整或写法不对');
    },
    end() {
      if (rest.includes('<')) fail('有一个标签不完整或写法不对');
      if (stack.length > 0) fail(`就结束了，<${stack.at(-1)}> 没有结束标签，文件可能不完整`);
      if (consumed === 0) fail('没有任何内容');
    },
  };
}

function attributeOf(attributes: string, wanted: string): string | undefined {
  ATTRIBUTE.lastIndex = 0;
  for (let found = ATTRIBUTE.exec(attributes); found !== null; found = ATTRIBUTE.exec(attributes)) {
    if (found[1] === wanted) return resolve(found[2] ?? found[3] ?? '');
  }
  return undefined;
}

function resolve(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x?[\da-fA-F]+|\w+);/g, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
    const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
