import { findAccount, type PackageAccount } from './ledger/queries.ts';
import type { RegisteredPackage } from './register/model.ts';
import { findByBatch } from './register/queries.ts';
import type { IngestWorld } from './world.ts';

/** How loading a package ended, as `feed load --json` prints it. */
export interface PackageReport extends PackageAccount {
  readonly package_id: string | null;
  readonly state: 'published' | 'refused' | 'held' | 'duplicate' | 'awaiting';
  readonly gate: string | null;
  readonly code: string | null;
  /** Chinese; null when there is nothing to explain. */
  readonly reason: string | null;
  readonly src: string | null;
  readonly seq: number | null;
  readonly as_of: string | null;
  /** `valid`, `demo` (演示密钥) or `unsigned` (未签名). */
  readonly signature: string | null;
}

/** Reports the present state of a batch. */
export async function reportBatch(world: IngestWorld, batch: number): Promise<PackageReport> {
  return reportRegistered(world, await findByBatch(world.db, batch));
}

/** Reports a registered package; one still `received` was interrupted and counts as awaiting. */
export async function reportRegistered(
  world: IngestWorld,
  registered: RegisteredPackage,
): Promise<PackageReport> {
  const account = await world.duck.read((session) => findAccount(session, registered.batch));
  const { refusal } = registered;
  return {
    package_id: registered.packageId,
    state: registered.state === 'received' ? 'awaiting' : registered.state,
    gate: refusal?.gate ?? null,
    code: refusal?.code ?? null,
    reason: refusal?.reason ?? null,
    src: registered.src,
    seq: registered.seq,
    as_of: registered.asOf,
    signature: registered.signature,
    ...account,
  };
}

/** The receipt of a package that was published before: sent again, it has no effect. */
export async function reportDuplicate(
  world: IngestWorld,
  published: RegisteredPackage,
): Promise<PackageReport> {
  return {
    ...(await reportRegistered(world, published)),
    state: 'duplicate',
    gate: 'G2',
    reason: '这个包以前已经发布，内容相同，本次没有改动任何数据。',
  };
}

/** Stands in the report of a package that the source has not finished writing. */
export const UNREADY_CODE = 'READY01';

/** A folder without `.ok` is still being written. */
export function reportUnready(path: string): PackageReport {
  return {
    package_id: null,
    state: 'awaiting',
    gate: 'G1',
    code: UNREADY_CODE,
    reason: `${path} 还没有写完（缺少 .ok 标记），等来源写完后再装入，不需要处理；来源早已写完的，请核对路径：数据包的文件夹里应有 manifest.json 和 .ok。`,
    src: null,
    seq: null,
    as_of: null,
    signature: null,
    datasets: [],
    return_rate: null,
    acceptance_rate: null,
  };
}
