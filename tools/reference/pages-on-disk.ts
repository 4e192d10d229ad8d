import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Lists the pages that are missing or differ from what they should say. */
export function findDrift(root: string, pages: ReadonlyMap<string, string>): string[] {
  return [...pages].flatMap(([path, text]) => {
    const file = join(root, path);
    return existsSync(file) && readFileSync(file, 'utf8') === text ? [] : [path];
  });
}

/** Writes the pages that differ and lists them. */
export function writePages(root: string, pages: ReadonlyMap<string, string>): string[] {
  const drift = findDrift(root, pages);
  for (const path of drift) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), pages.get(path) ?? '');
  }
  return drift;
}
