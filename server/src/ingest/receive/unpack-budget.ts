import { bytesText } from './bytes-text.ts';
import { refuse } from './codes.ts';
import { freeBytesOf } from './disk-guard.ts';
import { diskFull } from './errors.ts';
import type { PackageLimits } from './limits.ts';

/** Counts what unpacking writes and stops it at the limits, whatever the archive claims. */
export interface UnpackBudget {
  /** Judges sizes an archive declares, before a byte is written. */
  judge(unpackedBytes: number): void;
  /** Counts bytes about to be written. */
  take(bytes: number): void;
  /** Bytes counted so far. */
  taken(): number;
}

/**
 * Opens the budget of one archive of `packedBytes`, unpacked below `dir`.
 * Its functions refuse with PKG04 or PKG05, or throw INGEST_DISK_FULL.
 */
export async function openUnpackBudget(
  dir: string,
  packedBytes: number,
  limits: PackageLimits,
): Promise<UnpackBudget> {
  const freeBytes = await freeBytesOf(dir);
  let taken = 0;
  const judge = (unpackedBytes: number): void => {
    requireRatio('整个压缩包', unpackedBytes, packedBytes, limits);
    if (limits.totalBytes !== null && unpackedBytes > limits.totalBytes) {
      refuse(
        'PKG05',
        `解压后超过上限 ${bytesText(limits.totalBytes)}。请来源方分包发送，或由管理员调高上限。`,
      );
    }
    const neededBytes = unpackedBytes + limits.reserveBytes;
    if (neededBytes > freeBytes) throw diskFull({ dir, neededBytes, freeBytes });
  };
  return {
    judge,
    take: (bytes) => {
      taken += bytes;
      judge(taken);
    },
    taken: () => taken,
  };
}

/** Refuses what unpacks to more than `limits.ratio` times its packed size (压缩炸弹). */
export function requireRatio(
  what: string,
  unpackedBytes: number,
  packedBytes: number,
  limits: PackageLimits,
): void {
  if (unpackedBytes <= limits.ratioFloorBytes) return;
  if (unpackedBytes <= packedBytes * limits.ratio) return;
  refuse(
    'PKG04',
    `${what}压缩后 ${bytesText(packedBytes)}，解压后达到 ${bytesText(unpackedBytes)}，超过 ${limits.ratio} 倍，疑似压缩炸弹。请与来源方核实。`,
  );
}
