import { type PackageManifest, parseManifest } from '../receive/index.ts';
import type { Refusal } from '../refusal.ts';

/**
 * Where a package stands (回流批次状态). `received` means: raw files are safe, outcome not yet known.
 * `awaiting` waits for a person (G8); `held` waits for the package before it or for a person.
 */
export type PackageState = 'received' | 'refused' | 'held' | 'awaiting' | 'published';

export interface RegisteredPackage {
  /** Internal number, rising in order of arrival; rows carry it. */
  readonly batch: number;
  readonly packageId: string | null;
  readonly src: string | null;
  readonly mode: 'F' | 'I' | null;
  readonly asOf: string | null;
  readonly seq: number | null;
  readonly prevPackageId: string | null;
  readonly digest: string | null;
  readonly manifest: unknown;
  readonly signature: string | null;
  readonly state: PackageState;
  readonly refusal: Refusal | null;
  readonly edition: number | null;
  /** Given by a person who released a held or accepted an awaiting package. */
  readonly consent: Consent | null;
  /** Who asked to see the package before it is published; null: it goes on by itself. */
  readonly reviewBy: string | null;
  readonly files: readonly RegisteredFile[];
  readonly receivedAt: string;
  readonly publishedAt: string | null;
}

export interface Consent {
  readonly kind: 'release' | 'accept';
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

export interface RegisteredFile {
  readonly dataset: string;
  readonly sm3: string;
  readonly bytes: number;
  readonly gzip: boolean;
}

/** Reads the registered manifest again; it was checked when it came. */
export function manifestOf(registered: RegisteredPackage): PackageManifest {
  return parseManifest(Buffer.from(JSON.stringify(registered.manifest))).manifest;
}
