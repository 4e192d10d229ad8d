import { isHuiliuError } from '../../kernel/index.ts';
import { RefusalError } from '../refusal.ts';
import { receiveRefusal } from './codes.ts';
import { packageUnreadable } from './errors.ts';

/** Codes by which the zip, gzip and tar readers fail on bytes that make no sense. */
const DAMAGE_CODES = /^(Z_|ERR_OUT_OF_RANGE|ERR_BUFFER_OUT_OF_BOUNDS|ERR_ZLIB|STREAM_DESTROYED)/;

/**
 * Tells what a failure while reading a package means: the environment failed (it has a system
 * call), or the archive is damaged (PKG02). Our own errors and bugs pass unchanged.
 */
export function readingError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RefusalError || isHuiliuError(error))
    return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return packageUnreadable({ path, reason: code ?? syscall }, error);
  const plain = error.constructor === Error && code === undefined;
  if (!plain && !DAMAGE_CODES.test(code ?? '')) return error;
  return new RefusalError(
    receiveRefusal('PKG02', '无法完整读出，可能未传完或传输中损坏。请重新传送后再接收。'),
    error,
  );
}

/** Runs work that reads the package at `path`; what goes wrong is told by {@link readingError}. */
export async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw readingError(path, error);
  }
}
