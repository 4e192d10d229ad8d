import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { canonicalJson, encodeGb18030 } from '../../kernel/index.ts';
import { hmacSm3Hex, signSm2, sm3Hex } from '../../security/index.ts';

/** Who signs a package made for a test. */
export type PackageSigner =
  | { readonly alg: 'HMAC-SM3'; readonly keyId: string; readonly secret: string }
  | { readonly alg: 'SM2'; readonly keyId: string; readonly privateKey: string };

/** The demonstration key of source SX. */
export const DEMO_SIGNER: PackageSigner = {
  alg: 'HMAC-SM3',
  keyId: 'sx-demo',
  secret: 'huiliu-demo-secret',
};

/** One dataset of a package to build. Only what a test is about needs saying. */
export interface DatasetSpec {
  readonly dataset: string;
  readonly columns: readonly string[];
  /** Values as text; null writes an empty field. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly keys?: readonly string[];
  readonly mode?: 'F' | 'I';
  /** Default GB18030. */
  readonly encoding?: 'GB18030' | 'UTF-8';
  readonly delimiter?: string;
  /** Default CRLF. */
  readonly newline?: '\r\n' | '\n';
  readonly header?: boolean;
  readonly gzip?: boolean;
  /** Begins a UTF-8 file with a byte order mark. */
  readonly bom?: boolean;
  /** Columns whose exact sum the manifest declares. */
  readonly money?: readonly string[];
  readonly distinctPerson?: number;
  /** Changes the text bytes before they are gzipped and digested: damage the digest agrees with. */
  readonly damage?: (bytes: Buffer) => Buffer;
  /** Replaces or adds members of the dataset in the manifest. */
  readonly declare?: Readonly<Record<string, unknown>>;
}

export interface PackageSpec {
  readonly packageId?: string;
  readonly src?: string;
  readonly mode?: 'F' | 'I';
  readonly asOf?: string;
  readonly seq?: number;
  readonly prevPackageId?: string | null;
  readonly generatedAt?: string;
  readonly datasets: readonly DatasetSpec[];
  /** Null leaves the package unsigned; default {@link DEMO_SIGNER}. */
  readonly signer?: PackageSigner | null;
  /** Replaces or adds members of the manifest before it is signed. */
  readonly declare?: Readonly<Record<string, unknown>>;
  /** False leaves out `.ok`. */
  readonly ready?: boolean;
}

export interface BuiltPackage {
  readonly dir: string;
  /** The manifest as written. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** File name of each dataset inside `dir`. */
  readonly files: Readonly<Record<string, string>>;
}

/** Writes a package folder (`feed.md` §1) for a test: data files, signed manifest, `.ok`. */
export async function buildPackage(dir: string, spec: PackageSpec): Promise<BuiltPackage> {
  await mkdir(dir, { recursive: true });
  const datasets: Record<string, unknown>[] = [];
  const files: Record<string, string> = {};
  for (const dataset of spec.datasets) {
    const { json, file, bytes } = buildDataset(dataset);
    await mkdir(dirname(join(dir, file)), { recursive: true });
    await writeFile(join(dir, file), bytes);
    datasets.push(json);
    files[dataset.dataset] = file;
  }
  const unsigned = {
    version: 1,
    package_id: spec.packageId ?? 'SX-F-20261031-001',
    src: spec.src ?? 'SX',
    mode: spec.mode ?? 'F',
    as_of: spec.asOf ?? '2026-10-31',
    seq: spec.seq ?? 1,
    prev_package_id: spec.prevPackageId ?? null,
    generated_at: spec.generatedAt ?? '2026-11-02T03:00:00+08:00',
    datasets,
    ...spec.declare,
  };
  const signer = spec.signer === undefined ? DEMO_SIGNER : spec.signer;
  const manifest = signer === null ? unsigned : signManifest(unsigned, signer);
  await writeFile(join(dir, 'manifest.json'), JSON.stringify(manifest, null, 1));
  if (spec.ready !== false) await writeFile(join(dir, '.ok'), '');
  return { dir, manifest, files };
}

/** Gives a manifest (without `sign`) its signature. */
export function signManifest(
  manifest: Readonly<Record<string, unknown>>,
  signer: PackageSigner,
): Record<string, unknown> {
  const text = canonicalJson(manifest);
  const value =
    signer.alg === 'SM2' ? signSm2(signer.privateKey, text) : hmacSm3Hex(signer.secret, text);
  return { ...manifest, sign: { alg: signer.alg, key_id: signer.keyId, value } };
}

function buildDataset(spec: DatasetSpec): {
  json: Record<string, unknown>;
  file: string;
  bytes: Buffer;
} {
  const delimiter = spec.delimiter ?? '|';
  const newline = spec.newline ?? '\r\n';
  const header = spec.header ?? true;
  const encoding = spec.encoding ?? 'GB18030';
  const lines = [...(header ? [spec.columns] : []), ...spec.rows];
  const text = lines.map((values) => writeLine(values, delimiter) + newline).join('');
  const encoded = encoding === 'UTF-8' ? Buffer.from(text, 'utf8') : encodeGb18030(text);
  const plain =
    spec.bom === true ? Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), encoded]) : encoded;
  const damaged = spec.damage?.(plain) ?? plain;
  const bytes = spec.gzip === true ? gzipSync(damaged, { level: 1 }) : damaged;
  const file = `${spec.dataset}.txt${spec.gzip === true ? '.gz' : ''}`;
  const money = spec.money ?? [];
  const json = {
    dataset: spec.dataset,
    file,
    ...(spec.mode === undefined ? {} : { mode: spec.mode }),
    encoding,
    delimiter,
    quote: '"',
    newline,
    header,
    null: '',
    columns: [...spec.columns],
    keys: [...(spec.keys ?? spec.columns.slice(0, 1))],
    rows: spec.rows.length,
    ...(spec.distinctPerson === undefined ? {} : { distinct_person: spec.distinctPerson }),
    sums: Object.fromEntries(money.map((column) => [column, sumOf(spec, column)])),
    bytes: bytes.length,
    sm3: sm3Hex(bytes),
    ...spec.declare,
  };
  return { json, file, bytes };
}

/** Quotes a field only where it must be. */
function writeLine(values: readonly (string | null)[], delimiter: string): string {
  return values
    .map((value) => {
      const text = value ?? '';
      const plain = !text.includes(delimiter) && !/["\r\n]/.test(text);
      return plain ? text : `"${text.replaceAll('"', '""')}"`;
    })
    .join(delimiter);
}

/** The exact sum of decimal texts in one column; decimals as many as the longest has. */
function sumOf({ columns, rows }: DatasetSpec, column: string): string {
  const at = columns.indexOf(column);
  const values = rows.map((row) => row[at] ?? '').filter((value) => value !== '');
  const decimals = Math.max(0, ...values.map((value) => (value.split('.')[1] ?? '').length));
  const total = values.reduce((sum, value) => {
    const [whole = '', fraction = ''] = value.split('.');
    return sum + BigInt(whole + fraction.padEnd(decimals, '0'));
  }, 0n);
  const digits = (total < 0n ? -total : total).toString().padStart(decimals + 1, '0');
  const sign = total < 0n ? '-' : '';
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
