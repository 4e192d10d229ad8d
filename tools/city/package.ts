import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../server/src/kernel/index.ts';
import { monthEnd } from './options.ts';

export const DEMO_KEY = { id: 'sx-demo', secret: 'huiliu-demo-secret' } as const;

export interface DatasetEntry {
  readonly dataset: string;
  readonly mode: 'F' | 'I';
  readonly file: string;
  readonly newline: string;
  readonly columns: readonly string[];
  readonly keys: readonly string[];
  readonly rows: number;
  readonly sums: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly sm3: string;
}

/** Identity of the package of one month. */
export function packageId(month: number, full: boolean): string {
  return `SX-${full ? 'F' : 'I'}-${monthEnd(month).replaceAll('-', '')}-001`;
}

export function makePackageFolder(out: string, id: string): string {
  const path = join(out, id);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Signs and writes the manifest, then the empty `.ok` that says the package is complete. */
export function sealPackage(
  path: string,
  head: { month: number; full: boolean; seq: number; previous: string | null },
  datasets: readonly DatasetEntry[],
): void {
  const next = monthEnd(head.month + 1);
  const manifest = {
    version: 1,
    package_id: packageId(head.month, head.full),
    src: 'SX',
    mode: head.full ? 'F' : 'I',
    as_of: monthEnd(head.month),
    seq: head.seq,
    prev_package_id: head.previous,
    generated_at: `${next.slice(0, 8)}02T03:00:00+08:00`,
    datasets: datasets.map((entry) => ({
      ...entry,
      encoding: 'GB18030',
      delimiter: '|',
      quote: '"',
      header: true,
      null: '',
    })),
  };
  const value = createHmac('sm3', DEMO_KEY.secret)
    .update(canonicalJson(manifest), 'utf8')
    .digest('hex');
  const signed = { ...manifest, sign: { alg: 'HMAC-SM3', key_id: DEMO_KEY.id, value } };
  writeFileSync(join(path, 'manifest.json'), `${JSON.stringify(signed, null, 1)}\n`);
  writeFileSync(join(path, '.ok'), '');
}
