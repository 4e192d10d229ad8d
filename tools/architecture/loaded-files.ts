import { findImports } from './find-imports.ts';
import type { SourceFile } from './source-file.ts';

/** Lists what is loaded when a file is, itself first: files of the repository and packages by name. */
export function loadedFiles(files: readonly SourceFile[], entry: string): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const loaded = new Set([entry]);
  for (const path of loaded) {
    const file = byPath.get(path);
    if (file === undefined) continue;
    for (const { specifier, target, typeOnly } of findImports(file)) {
      if (typeOnly || specifier.startsWith('node:')) continue;
      loaded.add(target ?? specifier);
    }
  }
  return [...loaded];
}
