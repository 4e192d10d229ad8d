import type { SourceProfile } from '../../contract/index.ts';
import { type Progress, silentProgress } from '../../kernel/index.ts';
import type { KeyRing } from '../../security/index.ts';
import { type Refusal, RefusalError, refusalOf } from '../refusal.ts';
import { refuse } from './codes.ts';
import { PACKAGE_LIMITS, type PackageLimits } from './limits.ts';
import { type PackageManifest, type ParsedManifest, parseManifest } from './manifest.ts';
import { openPackage, type PackageKind } from './package-source.ts';
import type { RawStore } from './raw-store.ts';
import { findGzipped, type ReceivedFiles, receiveFiles } from './receive-files.ts';
import { type SignatureResult, verifySignature } from './signature.ts';

export interface ReceiveOptions {
  readonly path: string;
  readonly raw: RawStore;
  readonly keyRing: KeyRing;
  readonly sources: ReadonlyMap<string, SourceProfile>;
  /** Where archives are unpacked, best on the disk of `raw`: files are then moved, not copied. */
  readonly incomingDir: string;
  readonly progress?: Progress;
  readonly limits?: PackageLimits;
  /** Asked between G1 and G3: the register's answer to G2. `stop` ends without a refusal. */
  readonly onIdentity?: (
    manifest: PackageManifest,
    digest: string,
  ) => Promise<'continue' | 'stop' | Refusal>;
}

/** What a manifest says a package is, known once G1 has passed. */
export interface PackageIdentity {
  readonly manifest: PackageManifest;
  readonly digest: string;
}

/** How receiving a package ended (接收结果). */
export type ReceiveResult =
  | ({ readonly state: 'received' } & ReceivedPackage)
  | ({ readonly state: 'stopped' } & PackageIdentity)
  | { readonly state: 'not_ready' }
  | {
      readonly state: 'refused';
      readonly refusal: Refusal;
      /** Null when the manifest could not be read. */
      readonly identity: PackageIdentity | null;
    };

/** A package whose files lie verified in the raw store. */
export interface ReceivedPackage extends PackageIdentity, ReceivedFiles {
  readonly kind: PackageKind;
  readonly signature: SignatureResult;
}

/**
 * Receives a package (接收数据包): opens it (G1), lets the register judge its identity (G2), verifies
 * signature and files (G3) and lays them into the raw store. Reads every byte once and holds none
 * of the files in memory; nothing stays behind unless the result is `received`.
 * @throws INGEST_PACKAGE_NOT_FOUND, INGEST_PACKAGE_UNREADABLE, INGEST_DISK_FULL, INGEST_RAW_DAMAGED
 */
export async function receivePackage(options: ReceiveOptions): Promise<ReceiveResult> {
  const { limits = PACKAGE_LIMITS, progress = silentProgress } = options;
  let identity: PackageIdentity | null = null;
  try {
    const source = await openPackage(options.path, { ...options, limits, progress });
    try {
      if (!source.ready) return { state: 'not_ready' };
      const manifestBytes = await source.readManifest();
      const parsed = parseManifest(manifestBytes);
      const profile = profileOf(parsed, options.sources);
      identity = { manifest: parsed.manifest, digest: parsed.digest };
      const gzipped = await findGzipped(source, parsed.manifest);
      if ((await judgeIdentity(identity, options)) === 'stop')
        return { state: 'stopped', ...identity };
      const signature = requireSignature(parsed, options.keyRing, profile);
      const files = { source, manifest: parsed.manifest, manifestBytes, gzipped };
      const received = await receiveFiles(files, options.raw, limits, progress);
      return { state: 'received', kind: source.kind, ...identity, signature, ...received };
    } finally {
      await source.close();
    }
  } catch (error) {
    return { state: 'refused', refusal: refusalOf(error), identity };
  }
}

function profileOf(
  { manifest: { src } }: ParsedManifest,
  sources: ReadonlyMap<string, SourceProfile>,
): SourceProfile {
  const profile = sources.get(src);
  if (profile !== undefined) return profile;
  return refuse(
    'PKG20',
    `清单写明的来源是 ${src}，本系统没有登记。请核对来源编号，或在 content 的 sources 中登记。`,
  );
}

async function judgeIdentity(
  { manifest, digest }: PackageIdentity,
  { onIdentity }: ReceiveOptions,
): Promise<'continue' | 'stop'> {
  const verdict = (await onIdentity?.(manifest, digest)) ?? 'continue';
  if (typeof verdict !== 'string') throw new RefusalError(verdict);
  return verdict;
}

function requireSignature(
  parsed: ParsedManifest,
  keyRing: KeyRing,
  profile: SourceProfile,
): SignatureResult {
  const result = verifySignature(parsed, keyRing, profile);
  if ('gate' in result) throw new RefusalError(result);
  return result;
}
