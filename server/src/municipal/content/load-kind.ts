import type { Static, TObject } from 'typebox';
import { checkShape } from './check-shape.ts';
import { readContentFiles } from './content-files.ts';
import type { Report } from './problem.ts';
import { parseYamlFile, type YamlFile } from './yaml-file.ts';

/** A kind of content: one folder, one file a thing, the file named after the thing. */
export interface ContentKind<T extends TObject> {
  readonly folder: string;
  readonly suffix: string;
  readonly schema: T;
  /** The key that holds the id. */
  readonly idKey: string;
  /** Chinese word for one of them. */
  readonly word: string;
  /** A line from which on the rest is not read, to start sooner; it must not hold what is needed. */
  readonly upTo?: string;
}

/** A kind whose files say their own id under `id`, as all do that are found by it. */
export function contentKind<T extends TObject>(
  folder: string,
  suffix: string,
  schema: T,
  word: string,
): ContentKind<T> {
  return { folder, suffix, schema, idKey: 'id', word };
}

/** One well-formed content file after overlays. */
export interface Loaded<S> {
  readonly file: YamlFile;
  readonly shape: S;
}

export interface LoadedKind<S> {
  readonly items: ReadonlyMap<string, Loaded<S>>;
  /** Every id there is a file for, broken files included: one fault must not cause others. */
  readonly ids: ReadonlySet<string>;
}

/** Reads all files of a kind; a later root replaces a file of the same id and must say why. */
export function loadKind<T extends TObject>(
  kind: ContentKind<T>,
  roots: readonly string[],
  report: Report,
): LoadedKind<Static<T>> {
  const items = new Map<string, Loaded<Static<T>>>();
  const ids = new Set<string>();
  const owners = new Map<string, number>();
  for (const source of readContentFiles(roots, kind.folder, kind.suffix, report)) {
    ids.add(source.id);
    const file = parseYamlFile(source.path, textUpTo(source.text, kind.upTo), report);
    if (file === null) continue;
    const { data } = file;
    const usable = checkShape(kind.schema, file, [], data, report);
    const id = textAt(data, kind.idKey);
    if (id === null) continue;
    checkId(kind, file, id, source.id, report);
    const owner = owners.get(id);
    if (owner === source.root) {
      report(
        source.path,
        file.at([kind.idKey]),
        `${kind.word} ${id} 已在另一个文件里写过，请只留一个`,
      );
    } else if (owner !== undefined && textAt(data, 'reason') === null) {
      const text = `本文件替换了 ${kind.word} ${id}，须用 reason 写明为什么`;
      report(source.path, file.at([kind.idKey]), text);
    }
    owners.set(id, source.root);
    if (usable) items.set(id, { file, shape: data });
  }
  return { items, ids };
}

function checkId<T extends TObject>(
  kind: ContentKind<T>,
  file: YamlFile,
  id: string,
  fileId: string,
  report: Report,
): void {
  if (id === fileId) return;
  const expected = `${id}${kind.suffix}`;
  report(file.path, file.at([kind.idKey]), `文件名与 ${kind.idKey} 不一致，文件名应为 ${expected}`);
}

function textAt(data: unknown, key: string): string | null {
  if (typeof data !== 'object' || data === null) return null;
  const value = new Map<string, unknown>(Object.entries(data)).get(key);
  return typeof value === 'string' ? value : null;
}

function textUpTo(text: string, line: string | undefined): string {
  const at = line === undefined ? -1 : text.indexOf(`\n${line}\n`);
  return at < 0 ? text : text.slice(0, at + 1);
}
