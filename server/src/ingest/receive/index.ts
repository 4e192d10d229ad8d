export { RECEIVE_CODES, type ReceiveCode } from './codes.ts';
export { freeBytesOf, requireSpace, tellingFullDisk } from './disk-guard.ts';
export {
  diskFull,
  packageNotFound,
  packageUnreadable,
  rawDamaged,
  rawMissing,
} from './errors.ts';
export { PACKAGE_LIMITS, type PackageLimits } from './limits.ts';
export {
  type PackageDataset,
  type PackageManifest,
  type PackageMode,
  type ParsedManifest,
  parseManifest,
} from './manifest.ts';
export type { DatasetJson, ManifestJson, SignJson } from './manifest-schema.ts';
export { signedTextOf } from './manifest-text.ts';
export {
  type OpenPackageOptions,
  openPackage,
  type PackageKind,
  type PackageSource,
  sweepIncoming,
} from './package-source.ts';
export { openRawStore, type RawStore, type StagedRaw } from './raw-store.ts';
export type { ReceivedFile } from './receive-files.ts';
export {
  type PackageIdentity,
  type ReceivedPackage,
  type ReceiveOptions,
  type ReceiveResult,
  receivePackage,
} from './receive-package.ts';
export type { RawSource } from './sealed-raw.ts';
export { type SignatureResult, verifySignature } from './signature.ts';
