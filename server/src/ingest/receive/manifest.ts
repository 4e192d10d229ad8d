import { sm3Hex } from '../../security/index.ts';
import { refuse } from './codes.ts';
import { entryKey, normalEntryName, problemOf, shown } from './entry-name.ts';
import type { DatasetJson, ManifestJson } from './manifest-schema.ts';
import { readManifestJson, signedTextOf } from './manifest-text.ts';
import { MANIFEST_NAME, READY_NAME } from './package-source.ts';

/** F: the whole table as of a day; I: changes (`op`, `op_time` first). */
export type PackageMode = 'F' | 'I';

/** What the sender declares of a package (清单), in normal form. */
export interface PackageManifest {
  readonly packageId: string;
  readonly src: string;
  readonly mode: PackageMode;
  /** `YYYY-MM-DD` */
  readonly asOf: string;
  readonly seq: number;
  readonly prevPackageId: string | null;
  /** ISO instant with offset, as the sender wrote it. */
  readonly generatedAt: string;
  readonly datasets: readonly PackageDataset[];
}

/** One declared dataset; defaults are filled in, names and digests are in normal form. */
export interface PackageDataset {
  readonly dataset: string;
  /** Path inside the package, relative to the manifest. */
  readonly file: string;
  readonly mode: PackageMode;
  readonly encoding: 'gb18030' | 'utf-8';
  /** One ASCII character, neither `quote` nor a line break. */
  readonly delimiter: string;
  readonly quote: string;
  readonly newline: '\r\n' | '\n';
  readonly header: boolean;
  /** The text that stands for null, besides an empty field. */
  readonly nullText: string;
  readonly columns: readonly string[];
  readonly keys: readonly string[];
  /** Rows without the header. */
  readonly rows: number;
  readonly distinctPerson: number | null;
  /** Column as in `columns` → exact decimal yuan. */
  readonly sums: ReadonlyMap<string, string>;
  /** Of the file as it lies. */
  readonly bytes: number;
  readonly sm3: string;
}

/** A manifest read and checked, with what its signature covers. */
export interface ParsedManifest {
  readonly json: ManifestJson;
  readonly manifest: PackageManifest;
  /** Canonical JSON without `sign`. */
  readonly signedText: string;
  /** SM3 of `signedText`: the identity of the package's content (清单摘要). */
  readonly digest: string;
}

/**
 * Reads the bytes of a manifest. @throws RefusalError PKG14–PKG19 with path and expectation
 */
export function parseManifest(bytes: Uint8Array): ParsedManifest {
  const json = readManifestJson(bytes);
  const manifest = normalForm(json);
  const signedText = signedTextOf(json);
  return { json, manifest, signedText, digest: sm3Hex(signedText) };
}

function normalForm(json: ManifestJson): PackageManifest {
  requireRealDay('as_of', json.as_of);
  requireRealDay('generated_at', json.generated_at.slice(0, 10));
  if (Number.isNaN(Date.parse(json.generated_at))) {
    refuse('PKG16', `generated_at 不是真实的时间 ${json.generated_at}。`);
  }
  const datasets = json.datasets.map((dataset) => normalDataset(dataset, json.mode));
  requireDistinct(datasets);
  return {
    packageId: json.package_id,
    src: json.src,
    mode: json.mode,
    asOf: json.as_of,
    seq: json.seq,
    prevPackageId: json.prev_package_id ?? null,
    generatedAt: json.generated_at,
    datasets,
  };
}

function normalDataset(json: DatasetJson, packageMode: PackageMode): PackageDataset {
  const quote = json.quote ?? '"';
  if (json.delimiter === quote) {
    refuse(
      'PKG16',
      `数据集 ${json.dataset} 的 delimiter 与 quote 相同，无法区分字段。请来源方改正。`,
    );
  }
  if (new Set(json.columns.map((name) => name.toLowerCase())).size < json.columns.length) {
    refuse('PKG16', `数据集 ${json.dataset} 的 columns 有重复的字段。请来源方改正。`);
  }
  return {
    dataset: json.dataset,
    file: dataFileName(json),
    mode: json.mode ?? packageMode,
    encoding: json.encoding.toLowerCase() === 'utf-8' ? 'utf-8' : 'gb18030',
    delimiter: json.delimiter,
    quote,
    newline: json.newline === '\r\n' ? '\r\n' : '\n',
    header: json.header ?? true,
    nullText: json.null ?? '',
    columns: json.columns,
    keys: json.keys ?? [],
    rows: json.rows,
    distinctPerson: json.distinct_person ?? null,
    sums: new Map(Object.entries(json.sums ?? {})),
    bytes: json.bytes,
    sm3: json.sm3.toLowerCase(),
  };
}

function dataFileName({ dataset, file }: DatasetJson): string {
  const problem = problemOf(file);
  const name = problem === null ? normalEntryName(file) : '';
  if (problem !== null || name === '' || name === MANIFEST_NAME || name === READY_NAME) {
    const why = problem ?? '不是数据文件';
    refuse('PKG19', `数据集 ${dataset} 的文件 ${shown(file)} ${why}。请来源方改为包内的相对路径。`);
  }
  return name;
}

function requireDistinct(datasets: readonly PackageDataset[]): void {
  const names = new Set<string>();
  const owners = new Map<string, string>();
  for (const { dataset, file } of datasets) {
    if (names.has(dataset)) {
      refuse('PKG17', `数据集 ${dataset} 在清单中声明了两次。请来源方合并为一个文件。`);
    }
    names.add(dataset);
    const owner = owners.get(entryKey(file));
    if (owner !== undefined) {
      refuse('PKG18', `数据集 ${owner} 和 ${dataset} 都声明了文件 ${shown(file)}。请来源方改正。`);
    }
    owners.set(entryKey(file), dataset);
  }
}

function requireRealDay(field: string, day: string): void {
  const parsed = new Date(`${day}T00:00:00Z`);
  if (!Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day)) return;
  refuse('PKG16', `${field} 的日期 ${day} 不存在。请来源方改正。`);
}
