import type { Region } from '../../contract/index.ts';
import { type ContentFile, readContentFiles } from './content-files.ts';
import type { Report } from './problem.ts';

const HEADER = 'code\tname\tfrom\tto';
const REASON = /^#\s*reason:\s*\S/m;

/**
 * Reads the region files (行政区划沿革), tab-separated with `# key: value` lines on top.
 * Years are inclusive; files of several roots add up, a file of the same name replaces.
 */
export function readRegions(roots: readonly string[], report: Report): Region[] {
  const files = new Map<string, ContentFile>();
  for (const file of readContentFiles(roots, 'regions', '.regions.tsv', report)) {
    if (files.has(file.id) && !REASON.test(file.text)) {
      const text = `本文件替换了 ${file.id}，须用“# reason: ……”写明为什么`;
      report(file.path, { line: 1, column: 1 }, text);
    }
    files.set(file.id, file);
  }
  return [...files.values()].flatMap((file) => parseRegions(file, report));
}

function parseRegions(file: ContentFile, report: Report): Region[] {
  const regions: Region[] = [];
  const seen = new Set<string>();
  let headed = false;
  for (const [index, raw] of file.text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '');
    const at = { line: index + 1, column: 1 };
    if (line === '' || line.startsWith('#')) continue;
    if (!headed) {
      headed = true;
      if (line !== HEADER) report(file.path, at, '第一行应为以制表符分隔的 code、name、from、to');
      continue;
    }
    const region = parseRegion(line);
    if (typeof region === 'string') {
      report(file.path, at, region);
      continue;
    }
    const id = `${region.code} ${region.from ?? ''} ${region.name}`;
    if (seen.has(id)) report(file.path, at, `区划 ${region.code} 同一起始年写了两次`);
    seen.add(id);
    regions.push(region);
  }
  return regions;
}

/** The region of a line, or what is wrong with it. */
function parseRegion(line: string): Region | string {
  const fields = line.split('\t');
  const [code, name, from, to] = fields;
  if (fields.length !== 4 || code === undefined || !name) return '应有四项，以制表符分隔';
  if (!/^[1-9]\d{5}$/.test(code)) return `区划代码“${code}”应为六位数字`;
  const first = year(from);
  const last = year(to);
  if (first === 'bad' || last === 'bad') return `区划 ${code} 的起止年应为四位年份或留空`;
  if (first !== null && last !== null && first > last) return `区划 ${code} 的起年晚于止年`;
  return { code, name, from: first, to: last };
}

function year(field: string | undefined): number | null | 'bad' {
  if (field === undefined || field === '') return null;
  return /^(19|20)\d{2}$/.test(field) ? Number(field) : 'bad';
}
