import { refuse } from './codes.ts';
import { entryKey, normalEntryName, shown } from './entry-name.ts';
import type { PackageLimits } from './limits.ts';

/** One file of a package: its normal name and where its bytes lie. */
export interface PackageFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** What an entry of a folder or archive is; `special` covers devices, pipes and sockets. */
export type EntryType = 'file' | 'folder' | 'symlink' | 'hardlink' | 'special';

const TYPE_TITLES = { symlink: '符号链接', hardlink: '硬链接', special: '设备或特殊文件' } as const;

/** Checks the entries of one package as they are met. */
export interface EntryRegister {
  /**
   * Takes the next entry and gives the normal name of a file, null for a folder.
   * Refuses with PKG03 (too many), PKG07 (link, device), PKG08 (unsafe name), PKG09 (twice).
   */
  add(rawName: string, type: EntryType): string | null;
}

/** Opens the register of one package. */
export function openEntryRegister(limits: PackageLimits): EntryRegister {
  const seen = new Set<string>();
  let count = 0;
  return {
    add: (rawName, type) => {
      count += 1;
      requireEntryCount(count, limits);
      const name = normalEntryName(rawName);
      if (type !== 'file' && type !== 'folder') {
        refuse('PKG07', `条目 ${shown(name)} 是${TYPE_TITLES[type]}。请来源方只放普通文件。`);
      }
      if (type === 'folder' || name === '') return null;
      const key = entryKey(name);
      if (seen.has(key)) {
        refuse('PKG09', `条目 ${shown(name)} 出现不止一次（不区分大小写）。请来源方重新打包。`);
      }
      seen.add(key);
      return name;
    },
  };
}

/** Refuses more entries than the limit, as counted or as an archive declares them. */
export function requireEntryCount(count: number, limits: PackageLimits): void {
  if (count <= limits.entries) return;
  refuse('PKG03', `包内条目超过 ${limits.entries} 个。请来源方每个数据集只放一个文件。`);
}
