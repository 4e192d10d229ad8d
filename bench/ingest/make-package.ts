import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, type Progress } from '../../server/src/kernel/index.ts';
import { hmacSm3Hex } from '../../server/src/security/index.ts';
import { type DuckSession, openDuck } from '../../server/src/store/index.ts';
import { AS_OF, contributionRows, type FileRows, personRows, unitRows } from './row-sql.ts';
import { faultyRows, type PackageSize, shapeOf } from './shape.ts';
import { encodeFile } from './write-file.ts';

export interface MadePackage {
  /** The package folder as the province would send it, GB18030. */
  readonly path: string;
  /** The same data files in UTF-8, by dataset. */
  readonly utf8: Readonly<Record<string, string>>;
  readonly rows: Readonly<Record<string, number>>;
  /** Bytes of the GB18030 files, by dataset. */
  readonly bytes: Readonly<Record<string, number>>;
  readonly utf8Bytes: Readonly<Record<string, number>>;
  /** Rows that the load must put into quarantine. */
  readonly faulty: number;
}

/** The demonstration key of source SX. */
const KEY = { id: 'sx-demo', secret: 'huiliu-demo-secret' };
const PACKAGE_ID = `SX-F-${AS_OF.replaceAll('-', '')}-001`;

/**
 * Makes a signed package of units, persons and contributions in `dir`, the same bytes every time.
 * `quoted` writes every text field in quotes. About 0.5 million contributions a second.
 */
export async function makePackage(
  dir: string,
  request: PackageSize & { readonly quoted: boolean },
  progress: Progress,
): Promise<MadePackage> {
  const shape = shapeOf(request);
  const path = join(dir, 'package');
  const utf8Dir = join(dir, 'utf8');
  for (const folder of [path, utf8Dir]) await mkdir(folder, { recursive: true });
  const engine = join(dir, 'make');
  const duck = await openDuck({
    file: join(engine, 'make.duckdb'),
    stagingDir: utf8Dir,
    tempDir: join(engine, 'tmp'),
  });
  const files: WrittenFile[] = [];
  try {
    for (const rows of [unitRows(shape), personRows(shape), contributionRows(shape)]) {
      progress.report(`生成 ${rows.dataset}`, 0, rows.rows, 'rows');
      const utf8 = join(utf8Dir, `${rows.dataset}.txt`);
      const sums = await duck.read((session) => writeUtf8(session, rows, utf8, request.quoted));
      const encoded = await encodeFile(utf8, join(path, `${rows.dataset}.txt`), progress);
      files.push({ rows, utf8, utf8Bytes: (await stat(utf8)).size, sums, ...encoded });
    }
  } finally {
    await duck.close();
    await rm(engine, { recursive: true, force: true });
  }
  await seal(path, files);
  const byDataset = <T>(value: (file: WrittenFile) => T) =>
    Object.fromEntries(files.map((file) => [file.rows.dataset, value(file)]));
  return {
    path,
    utf8: byDataset((file) => file.utf8),
    rows: byDataset((file) => file.rows.rows),
    bytes: byDataset((file) => file.bytes),
    utf8Bytes: byDataset((file) => file.utf8Bytes),
    faulty: faultyRows(request.rows),
  };
}

interface WrittenFile {
  readonly rows: FileRows;
  readonly utf8: string;
  readonly utf8Bytes: number;
  readonly sums: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly sm3: string;
}

async function writeUtf8(
  session: DuckSession,
  rows: FileRows,
  file: string,
  quoted: boolean,
): Promise<Record<string, string>> {
  const columns = Object.entries(rows.columns).map(([header, sql]) => `${sql} as "${header}"`);
  const quoting = quoted
    ? `, force_quote (${rows.texts.map((text) => `"${text}"`).join(', ')})`
    : '';
  await session.run(
    `copy (select ${columns.join(', ')} from ${rows.from}) to '${file.replaceAll("'", "''")}'
     (format csv, delimiter '|', header true, nullstr '', quote '"'${quoting})`,
  );
  const sums: Record<string, string> = {};
  for (const [header, sum] of Object.entries(rows.sums)) {
    const row = await session.first<{ fen: string }>(
      `select (${sum})::VARCHAR as fen from ${rows.from}`,
    );
    sums[header] = yuanText(row?.fen ?? '0');
  }
  return sums;
}

function yuanText(fen: string): string {
  const digits = fen.padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Writes the signed manifest, then the empty `.ok` that says the package is complete. */
async function seal(path: string, files: readonly WrittenFile[]): Promise<void> {
  const manifest = {
    version: 1,
    package_id: PACKAGE_ID,
    src: 'SX',
    mode: 'F',
    as_of: AS_OF,
    seq: 1,
    prev_package_id: null,
    generated_at: `${AS_OF}T23:00:00+08:00`,
    datasets: files.map(({ rows, sums, bytes, sm3 }) => ({
      dataset: rows.dataset,
      file: `${rows.dataset}.txt`,
      encoding: 'GB18030',
      delimiter: '|',
      quote: '"',
      newline: '\n',
      header: true,
      null: '',
      columns: Object.keys(rows.columns),
      keys: rows.keys,
      rows: rows.rows,
      sums,
      bytes,
      sm3,
    })),
  };
  const value = hmacSm3Hex(KEY.secret, canonicalJson(manifest));
  const signed = { ...manifest, sign: { alg: 'HMAC-SM3', key_id: KEY.id, value } };
  await writeFile(join(path, 'manifest.json'), `${JSON.stringify(signed, null, 1)}\n`);
  await writeFile(join(path, '.ok'), '');
}
