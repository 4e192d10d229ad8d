import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the repository; `path` is relative to its root, with `/`. */
export interface SourceFile {
  readonly path: string;
  /** Empty for files whose text no rule reads (content, pictures). */
  readonly text: string;
}

/** One broken rule of the architecture. */
export interface Violation {
  readonly rule: string;
  readonly path: string;
  readonly message: string;
}

/** Which part of the repository a path lies in; `module` only below `server/src`. */
export interface Place {
  readonly area: 'server' | 'web' | 'tools' | 'bench' | 'content' | 'other';
  readonly module: string | null;
}

const areas = ['web', 'tools', 'bench', 'content'] as const;

/** Tells where a path belongs. */
export function placeOf(path: string): Place {
  const [first, second, third, fourth] = path.split('/');
  if (first === 'server' && second === 'src' && third !== undefined && fourth !== undefined) {
    return { area: 'server', module: third };
  }
  return { area: areas.find((area) => area === first) ?? 'other', module: null };
}

/** Tells whether a file is there for tests only. */
export function isTestFile(path: string): boolean {
  return /\.test\.[jt]s$/.test(path) || path.includes('/testing/') || path.includes('/fixtures/');
}

/** Tells whether a file holds code that a parser can read. */
export function isCode(path: string): boolean {
  return /\.([cm]?[jt]s|[jt]sx|vue)$/.test(path);
}

/** Lists the files that the rules are about, as they lie now, committed or not. */
export function readRepository(root: string): SourceFile[] {
  return globSync('{server/src,web,tools,bench,content}/**', {
    cwd: root,
    // What programs made is not ours to keep in order.
    exclude: ['**/node_modules/**', 'web/dist/**', 'web/src/api/server.d.ts'],
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => {
      const path = file.slice(root.length).replaceAll('\\', '/').replace(/^\//, '');
      const isRead = isCode(path) || /\.(md|css)$/.test(path);
      return { path, text: isRead ? readFileSync(file, 'utf8') : '' };
    });
}
