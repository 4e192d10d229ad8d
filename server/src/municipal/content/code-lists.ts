import type { CodeList, CodeValue } from '../../contract/index.ts';
import { checkShape } from './check-shape.ts';
import { type Loaded, loadKind } from './load-kind.ts';
import type { Report } from './problem.ts';
import { type CodeListShape, codeListShape, codeValueShape } from './shapes.ts';
import type { YamlFile } from './yaml-file.ts';

/** A code list with its file, and whether every value of it could be read. */
export interface ReadCodeList {
  readonly def: CodeList;
  readonly file: YamlFile;
  readonly complete: boolean;
}

export interface ReadCodeLists {
  readonly lists: ReadonlyMap<string, ReadCodeList>;
  /** Ids of all list files, readable or not. */
  readonly ids: ReadonlySet<string>;
}

/** Reads and checks the code list files. */
export function readCodeLists(roots: readonly string[], report: Report): ReadCodeLists {
  const kind = {
    folder: 'codes',
    suffix: '.codes.yaml',
    schema: codeListShape,
    idKey: 'id',
    word: '代码表',
  };
  const { items, ids } = loadKind(kind, roots, report);
  const lists = new Map<string, ReadCodeList>();
  for (const [id, loaded] of items) lists.set(id, readCodeList(loaded, report));
  return { lists, ids };
}

function readCodeList({ file, shape }: Loaded<CodeListShape>, report: Report): ReadCodeList {
  const values: CodeValue[] = [];
  const seen = new Set<string>();
  for (const [index, written] of shape.values.entries()) {
    const path = ['values', index];
    if (!checkShape(codeValueShape, file, path, written, report)) continue;
    const { value, label, source } = written;
    if (seen.has(value)) {
      report(file.path, file.at([...path, 'value']), `代码“${value}”写了两次，请只留一个`);
    }
    seen.add(value);
    values.push({ value, label, source: source ?? shape.source });
  }
  const def = { id: shape.id, title: shape.title, values };
  return { def, file, complete: values.length === shape.values.length };
}
