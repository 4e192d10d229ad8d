import { access, constants, link, rename, rm } from 'node:fs/promises';
import { type Clock, isHuiliuError, shanghaiTime } from '../../kernel/index.ts';
import { type DuckEngine, type DuckOptions, openDuck } from '../../store/index.ts';

/** A municipal database opened to be rebuilt. */
export interface OpenedForRebuild {
  readonly duck: DuckEngine;
  /** Where the file that could not be opened lies now; null when it could be. */
  readonly setAside: string | null;
}

/**
 * Opens the municipal database for a rebuild: a missing file is made, one that cannot be opened is
 * moved aside and not deleted, one that is not encrypted until it has been rebuilt.
 * @throws STORE_DUCK_HELD, STORE_DUCK_DISK_FULL, STORE_DUCK_MEMORY; STORE_DUCK_UNREADABLE without
 *   the right to read and write the file
 */
export async function openForRebuild(
  options: DuckOptions,
  clock: Clock,
): Promise<OpenedForRebuild> {
  try {
    return { duck: await openDuck(options), setAside: null };
  } catch (error) {
    const plain = isHuiliuError(error, 'STORE_DUCK_PLAIN');
    const damaged = isHuiliuError(error, 'STORE_DUCK_UNREADABLE');
    if (!(plain || damaged) || !(await mayWrite(options.file))) throw error;
    const setAside = await linkAside(options.file, plain ? 'plain' : 'damaged', clock);
    await rm(options.file);
    return { duck: await openDuck(options), setAside };
  }
}

/** A file of another account is not damaged. */
async function mayWrite(file: string): Promise<boolean> {
  return access(file, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Tells whether a file was set aside because it was not encrypted: after the rebuild it must go. */
export function isSetAsidePlain(file: string): boolean {
  return /\.plain-[^/]*$/.test(file);
}

/** Gives a database a second name, `<file>.<why>-<time>`, and returns it; its log goes along. */
export async function linkAside(
  file: string,
  why: 'damaged' | 'plain',
  clock: Clock,
): Promise<string> {
  const time = shanghaiTime(clock.now()).slice(0, 19).replaceAll(/[-:]/g, '');
  for (let count = 1; ; count += 1) {
    const name = `${file}.${why}-${time}${count === 1 ? '' : `-${count}`}`;
    try {
      await link(file, name);
      await moveLog(file, name);
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Takes the log of a database away, so that it is not applied to the file that comes after. */
export async function moveLog(file: string, to: string): Promise<void> {
  await rename(`${file}.wal`, `${to}.wal`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
