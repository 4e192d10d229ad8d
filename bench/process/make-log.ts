import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

const STEPS = [
  ...[
    '申请',
    '受理',
    '初审',
    '复核',
    '审批',
    '制单',
    '发放',
    '回盘',
    '办结',
    '归档',
    '补正',
    '退回',
  ],
  ...['现场核实', '调档', '会审', '公示', '送达', '评价', '回访', '转办'],
];
const BLOCK = 1 << 20;

/** Numbers that look random and are the same on every machine (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Writes a XES log of about `events` events: cases of six to ten steps in the usual order with
 * repetitions, detours and stops, a few hundred variants, attributes as a municipal system has them.
 */
export async function makeXes(
  path: string,
  events: number,
): Promise<{ cases: number; events: number; bytes: number }> {
  const out = createWriteStream(path, { highWaterMark: 4 * BLOCK });
  const next = numbers(20_261_129);
  let text =
    '<?xml version="1.0" encoding="UTF-8" ?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org/">\n';
  let written = 0;
  let cases = 0;
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const block = Buffer.from(text);
    bytes += block.length;
    text = '';
    if (!out.write(block)) await once(out, 'drain');
  };
  while (written < events) {
    const walk = walkOf(next);
    let at = Date.UTC(2024, 0, 1) + Math.floor(next() * 5e10);
    text += `\t<trace>\n\t\t<string key="concept:name" value="B${cases}"/>\n\t\t<string key="channel" value="${Math.floor(next() * 10)}"/>\n`;
    for (const step of walk) {
      text += `\t\t<event>\n\t\t\t<string key="concept:name" value="${STEPS[step]}"/>\n\t\t\t<string key="org:resource" value="OP${Math.floor(next() * 300)}"/>\n\t\t\t<date key="time:timestamp" value="${new Date(at).toISOString()}"/>\n\t\t\t<string key="lifecycle:transition" value="complete"/>\n\t\t</event>\n`;
      at += 1 + Math.floor(next() ** 4 * 1e9);
    }
    text += '\t</trace>\n';
    written += walk.length;
    cases += 1;
    if (text.length > BLOCK) await flush();
  }
  text += '</log>\n';
  await flush();
  out.end();
  await finished(out);
  return { cases, events: written, bytes };
}

/** Most cases go the usual way; some repeat a step, some take a detour, some stop early. */
function walkOf(next: () => number): number[] {
  const walk: number[] = [];
  const length = next() < 0.1 ? 6 : 9;
  for (let step = 0; step < length; step += 1) {
    walk.push(step);
    if (next() < 0.03) walk.push(10, step);
    if (next() < 0.005) walk.push(11 + Math.floor(next() * 9));
  }
  return walk;
}
