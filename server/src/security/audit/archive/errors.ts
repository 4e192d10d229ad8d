import { defineError } from '../../../kernel/index.ts';

/** Refuses to archive where no entry is old enough. */
export const archiveNothing = defineError(
  'SECURITY_AUDIT_ARCHIVE_NOTHING',
  'conflict',
  (d: { months: number; before: string }) =>
    `没有可归档的审计记录：${d.before} 以前的都已归档。日志须在线保存至少 ${d.months} 个月（access/limits.yaml 的 audit.online_months，不得少于 6 个月）。`,
);

/** Refuses a day within the time entries stay online. */
export const archiveTooYoung = defineError(
  'SECURITY_AUDIT_ARCHIVE_TOO_YOUNG',
  'invalid',
  (d: { months: number; latest: string }) =>
    `日志须在线保存至少 ${d.months} 个月，归档的截止日期最晚为 ${d.latest}。请改用更早的日期。`,
);

/** One request at a time: what is to be archived must be one stretch. */
export const archiveOpen = defineError(
  'SECURITY_AUDIT_ARCHIVE_OPEN',
  'conflict',
  (d: { request_id: number; requested_by: string }) =>
    `已有一份归档申请（${d.request_id} 号，${d.requested_by} 提出）等待确认。请先由另一人确认或退回。`,
);

export const archiveRequestUnknown = defineError(
  'SECURITY_AUDIT_ARCHIVE_REQUEST_UNKNOWN',
  'not_found',
  (d: { request_id: string }) =>
    `没有待确认的 ${d.request_id} 号归档申请，可能已被办理。请刷新清单。`,
);

export const archiveSamePerson = defineError(
  'SECURITY_AUDIT_ARCHIVE_SAME_PERSON',
  'forbidden',
  (_: Readonly<Record<never, never>>) =>
    '归档须由申请人以外的人确认。请另一名审计管理员或安全管理员确认；申请人本人可以撤回。',
);

/** Nothing leaves a log that cannot be trusted: the archive would bless it. */
export const archiveUnsound = defineError(
  'SECURITY_AUDIT_ARCHIVE_UNSOUND',
  'conflict',
  (_: Readonly<Record<never, never>>) =>
    '审计日志、检查点或已有的归档没有通过核验，不能归档，什么都没有移走。请执行 audit verify 查明原因，保全现场并报告。',
);

/** The signed checkpoints do not reach the end of the stretch. */
export const archiveUnanchored = defineError(
  'SECURITY_AUDIT_ARCHIVE_UNANCHORED',
  'conflict',
  (d: { last_seq: number }) =>
    `检查点还没有保证到第 ${d.last_seq} 条，不能归档，什么都没有移走。请检查检查点目录可写，执行 audit checkpoint 后再确认。`,
);

/** Read back, the written file is not what was meant. */
export const archiveUnwritten = defineError(
  'SECURITY_AUDIT_ARCHIVE_UNWRITTEN',
  'unavailable',
  (d: { file: string }) =>
    `归档文件 ${d.file} 写入后读回不符，记录仍在线，什么都没有移走。请检查磁盘空间和介质后重新确认。`,
);

/** An archive that is to be read is not what was signed. */
export const archiveDamaged = defineError(
  'SECURITY_AUDIT_ARCHIVE_DAMAGED',
  'conflict',
  (d: { file: string }) =>
    `归档文件 ${d.file} 缺失或与登记的摘要不符，不能据以查询。请执行 audit verify 查看详情，从另存的副本恢复后再查。`,
);
