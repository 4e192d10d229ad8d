import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type EntryType, openEntryRegister, type PackageFile } from './entry-register.ts';
import type { PackageLimits } from './limits.ts';

/** Lists the files of a folder and its sub-folders, refusing what a package may not hold. */
export async function listFolder(root: string, limits: PackageLimits): Promise<PackageFile[]> {
  const register = openEntryRegister(limits);
  const files: PackageFile[] = [];
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    for (const child of (await readdir(join(root, folder))).sort()) {
      const relative = folder === '' ? child : `${folder}/${child}`;
      const path = join(root, relative);
      const info = await lstat(path);
      const type = typeOf(info);
      const name = register.add(relative, type);
      if (name !== null) files.push({ name, path, bytes: info.size });
      if (type === 'folder') folders.push(relative);
    }
  }
  return files;
}

type FileInfo = Awaited<ReturnType<typeof lstat>>;

function typeOf(info: FileInfo): EntryType {
  if (info.isFile()) return 'file';
  if (info.isDirectory()) return 'folder';
  return info.isSymbolicLink() ? 'symlink' : 'special';
}
