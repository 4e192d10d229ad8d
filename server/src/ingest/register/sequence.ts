import { gateRefusal } from '../gate-codes.ts';
import type { Refusal } from '../refusal.ts';
import type { RegisteredPackage } from './model.ts';

/** Place of a package in its source's chain: `seq` rises by one, `prev` names the one before. */
export interface ChainLink {
  readonly packageId: string;
  readonly seq: number;
  readonly prevPackageId: string | null;
}

/**
 * Tells why a package must wait (暂存), or null when it is next in line. A person may release it.
 * The first package a city ever gets may begin anywhere, but only if it names no predecessor.
 */
export function reasonToHold(link: ChainLink, newest: RegisteredPackage | null): Refusal | null {
  const { seq, prevPackageId } = link;
  if (newest === null) {
    if (seq === 1 || prevPackageId === null) return null;
    return gateRefusal(
      'SEQ01',
      `本包序号 ${seq}，前一个包 ${prevPackageId} 尚未收到。请补发前面的包；确认不再补发时，由负责人填写原因后放行。`,
    );
  }
  const last = newest.seq ?? 0;
  if (seq <= last) {
    return gateRefusal(
      'SEQ02',
      `本包序号 ${seq}，已发布到 ${last}（${newest.packageId}）。请核对是否补发；确需入库时，由负责人填写原因后放行，系统将按序号重建。`,
    );
  }
  if (seq > last + 1) {
    return gateRefusal(
      'SEQ01',
      `本包序号 ${seq}，已发布到 ${last}，缺 ${last + 1}${seq - 1 > last + 1 ? `–${seq - 1}` : ''}。缺的包到达后本包自动继续；确认不再补发时，由负责人填写原因后放行。`,
    );
  }
  if (prevPackageId !== null && prevPackageId !== newest.packageId) {
    return gateRefusal(
      'SEQ03',
      `本包声明前一个包是 ${prevPackageId}，已发布的是 ${newest.packageId}。请与来源核对；核实无误的，由负责人填写原因后放行；不该入库的，请来源改正后以新包号重报。`,
    );
  }
  return null;
}
