import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { NOWHERE, type Report } from './problem.ts';

/** One content file of a kind, base first, overlays after it. */
export interface ContentFile {
  /** Position of its root in the list of roots; 0 is the base. */
  readonly root: number;
  readonly path: string;
  /** What the file name says the id is. */
  readonly id: string;
  readonly text: string;
}

/**
 * Reads `<root>/<folder>/*<suffix>` of every root, in order of roots and names, and of folders one
 * level down: many files of one kind are kept in groups.
 * A file of another name is reported: a misspelt suffix must not make content vanish.
 */
export function readContentFiles(
  roots: readonly string[],
  folder: string,
  suffix: string,
  report: Report,
): ContentFile[] {
  return roots.flatMap((root, index) => {
    const path = join(root, folder);
    const files: ContentFile[] = [];
    for (const file of filesIn(path)) {
      const name = basename(file);
      if (name === 'README.md' || name.startsWith('.')) continue;
      if (!name.endsWith(suffix)) {
        report(file, NOWHERE, `这里只放名为“…${suffix}”的文件，请改名或移走`);
        continue;
      }
      const text = readText(file, report);
      if (text !== null)
        files.push({ root: index, path: file, id: name.slice(0, -suffix.length), text });
    }
    return files;
  });
}

/** Reports roots that are no folders. */
export function checkRoots(roots: readonly string[], report: Report): void {
  for (const root of roots) {
    if (!isFolder(root)) {
      report(root, NOWHERE, '内容目录不存在，请检查安装是否完整、路径是否正确');
    }
  }
}

function filesIn(folder: string): string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) =>
      isFolder(path)
        ? readdirSync(path)
            .sort()
            .map((name) => join(path, name))
        : [path],
    );
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function readText(file: string, report: Report): string | null {
  const bytes = readFileSync(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    report(file, NOWHERE, '不是 UTF-8 编码，请用 UTF-8 另存');
    return null;
  }
}
