const MIB = 1024 * 1024;

/** What a package may cost before anybody has vouched for it (数据包上限). */
export interface PackageLimits {
  /** Entries of a folder or archive, folders included. */
  readonly entries: number;
  /** Unpacked ÷ packed bytes, of each zip entry and of the archive as a whole. */
  readonly ratio: number;
  /** The ratio is not judged below this many unpacked bytes: small regular files pack very well. */
  readonly ratioFloorBytes: number;
  readonly manifestBytes: number;
  /** Unpacked bytes of an archive; null: what the disk has free beyond `reserveBytes`. */
  readonly totalBytes: number | null;
  /** Left free for the rest of the system. */
  readonly reserveBytes: number;
}

export const PACKAGE_LIMITS: PackageLimits = {
  entries: 1_000,
  ratio: 100,
  ratioFloorBytes: MIB,
  manifestBytes: 5 * MIB,
  totalBytes: null,
  reserveBytes: 256 * MIB,
};

/** Buffer of one read or write: large enough that the disk, not the call, is what costs. */
export const COPY_BUFFER_BYTES = 8 * MIB;
