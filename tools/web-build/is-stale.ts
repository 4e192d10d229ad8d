import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the built pages are made from. */
const SOURCES = [
  'web/{src,public}/**',
  'web/{index.html,package.json}',
  'server/src/contract/*.ts',
  'tools/web-build/*.ts',
  'package-lock.json',
];

/** The file written last by a build; its time is the time of the build. */
export const BUILD_STAMP = 'web/dist/.built';

/** Tells whether the pages have never been built or a source is newer than they are. */
export function isStale(root: string): boolean {
  const built = statSync(join(root, BUILD_STAMP), { throwIfNoEntry: false });
  if (built === undefined) return true;
  return globSync(SOURCES, { cwd: root }).some((file) => {
    const source = statSync(join(root, file), { throwIfNoEntry: false });
    return source?.isFile() === true && source.mtimeMs > built.mtimeMs;
  });
}
