import { defineError } from '../../kernel/index.ts';
import { bytesText } from './bytes-text.ts';

export const packageNotFound = defineError(
  'INGEST_PACKAGE_NOT_FOUND',
  'not_found',
  (d: { path: string }) => `找不到数据包 ${d.path}。请核对路径后重试。`,
);

export const packageUnreadable = defineError(
  'INGEST_PACKAGE_UNREADABLE',
  'unavailable',
  (d: { path: string; reason: string }) =>
    `数据包 ${d.path} 读取失败（${d.reason}），尚未接收任何内容。请检查文件权限、磁盘和网络挂载后重试。`,
);

export const diskFull = defineError(
  'INGEST_DISK_FULL',
  'unavailable',
  (d: { dir: string; neededBytes: number; freeBytes: number }) =>
    `磁盘空间不足：${d.dir} 所在磁盘需要 ${bytesText(d.neededBytes)}，可用 ${bytesText(d.freeBytes)}。本次接收已停止，已有数据不受影响。请清理或扩容后重新接收。`,
);

export const rawDamaged = defineError(
  'INGEST_RAW_DAMAGED',
  'conflict',
  (d: { sm3: string; problem: string }) =>
    `原始文件库中的文件 ${d.sm3} 有误（${d.problem}），可能被改动或磁盘损坏。请停止使用该数据文件夹，从备份恢复此文件后重试。`,
);

export const rawMissing = defineError(
  'INGEST_RAW_MISSING',
  'not_found',
  (d: { sm3: string }) =>
    `原始文件库中没有摘要为 ${d.sm3} 的文件。请核对摘要；如确曾接收，请从备份恢复。`,
);
