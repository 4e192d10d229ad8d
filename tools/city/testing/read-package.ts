import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A manifest as it lies in the package; only what the tests look at. */
export interface ReadManifest {
  readonly package_id: string;
  readonly as_of: string;
  readonly mode: string;
  readonly seq: number;
  readonly prev_package_id: string | null;
  readonly datasets: readonly ReadEntry[];
  readonly sign: { readonly alg: string; readonly key_id: string; readonly value: string };
}

export interface ReadEntry {
  readonly dataset: string;
  readonly mode: string;
  readonly file: string;
  readonly newline: string;
  readonly columns: readonly string[];
  readonly keys: readonly string[];
  readonly rows: number;
  readonly sums: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly sm3: string;
}

export type Row = Readonly<Record<string, string>>;

export function readManifest(path: string): ReadManifest {
  return JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as ReadManifest;
}

/** Reads a dataset with a decoder and a splitter of its own, independent of the writer. */
export function readRows(path: string, entry: ReadEntry): Row[] {
  const raw = readFileSync(join(path, entry.file));
  const text = new TextDecoder('gb18030', { fatal: true }).decode(
    entry.file.endsWith('.gz') ? gunzipSync(raw) : raw,
  );
  const lines = text.split(entry.newline);
  if (lines.pop() !== '') throw new Error(`${entry.file} does not end with a line break`);
  const header = splitLine(lines.shift() ?? '');
  return lines.map((line) => {
    const fields = splitLine(line);
    if (fields.length !== header.length) throw new Error(`${entry.file}: ${fields.length} fields`);
    return Object.fromEntries(header.map((name, index) => [name, fields[index] ?? '']));
  });
}

function splitLine(line: string): string[] {
  if (!line.includes('"')) return line.split('|');
  const fields: string[] = [];
  for (const match of line.matchAll(/(?:^|\|)(?:"((?:[^"]|"")*)"|([^|]*))/g)) {
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
  }
  return fields;
}
