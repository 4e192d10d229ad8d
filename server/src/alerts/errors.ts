import { defineError } from '../kernel/index.ts';

type Nothing = Readonly<Record<never, never>>;

/** Out of scope answers exactly like non-existent. */
export const caseUnknown = defineError(
  'ALERTS_CASE_UNKNOWN',
  'not_found',
  (_: Nothing) =>
    '没有这张疑点单，或不在您的数据范围内。请核对编号；确需办理的，请联系市稽核内控科。',
);

export const caseChanged = defineError(
  'ALERTS_CASE_CHANGED',
  'conflict',
  (d: { action: string }) =>
    `这张疑点单刚刚被别人办理过，您的“${d.action}”没有生效，也没有覆盖别人的结果。请刷新后按最新情况办理。`,
);

export const actionIllegal = defineError(
  'ALERTS_ACTION_ILLEGAL',
  'conflict',
  (d: { action: string; state: string; why?: string }) =>
    `现在不能“${d.action}”：疑点单的状态是“${d.state}”。${d.why ?? '请按页面给出的可办事项办理。'}`,
);

export const actionForbidden = defineError(
  'ALERTS_ACTION_FORBIDDEN',
  'forbidden',
  (d: { action: string; why: string }) => `不能由您“${d.action}”：${d.why}`,
);

export const mustStandBack = defineError(
  'ALERTS_MUST_STAND_BACK',
  'forbidden',
  (d: { action: string; why: string }) =>
    `按回避规定不能由您“${d.action}”：${d.why}。请用“转办”交给其他人办理。`,
);

export const inputRefused = defineError(
  'ALERTS_INPUT_REFUSED',
  'invalid',
  (d: { what: string }) => d.what,
);

export const notClosable = defineError(
  'ALERTS_NOT_CLOSABLE',
  'conflict',
  (d: { missing: readonly string[] }) =>
    `还不能销号，缺：${d.missing.join('；')}。条件由下一批回流数据或收款凭证证明；确有特殊情况的，凭文件由结论人以外的人例外销号。`,
);

export const nothingToTake = defineError(
  'ALERTS_NOTHING_TO_TAKE',
  'not_found',
  (_: Nothing) => '没有可领取的疑点：您范围内的都已派发，或您须对剩下的回避。',
);

export const evidenceRefused = defineError(
  'ALERTS_EVIDENCE_REFUSED',
  'invalid',
  (d: { why: string }) =>
    `附件没有保存：${d.why}。可上传 PDF、JPG、PNG、OFD、DOCX、XLSX、ZIP 和纯文本，单个不超过规定大小。`,
);

export const evidenceTooLarge = defineError(
  'ALERTS_EVIDENCE_TOO_LARGE',
  'limit',
  (d: { max_bytes: number }) =>
    `附件太大，没有保存：单个附件不超过 ${Math.floor(d.max_bytes / 1_048_576)} MB。请压缩或拆分后再传。`,
);

export const evidenceDamaged = defineError(
  'ALERTS_EVIDENCE_DAMAGED',
  'unavailable',
  (_: Nothing) =>
    '附件与上传时的 SM3 不一致，可能被改动或磁盘损坏，没有给出。请立即联系系统管理员，从备份恢复并查明原因。',
);

export const recoveryUnknown = defineError(
  'ALERTS_RECOVERY_UNKNOWN',
  'not_found',
  (_: Nothing) => '没有这笔追回账，或不在您的数据范围内。请核对编号。',
);

export const recoveryUnbalanced = defineError(
  'ALERTS_RECOVERY_UNBALANCED',
  'conflict',
  (d: { what: string; difference_fen: number }) =>
    `金额轧不平，没有保存：${d.what}，相差 ${(d.difference_fen / 100).toFixed(2)} 元。请核对后重新填写。`,
);

export const secondPersonNeeded = defineError(
  'ALERTS_SECOND_PERSON_NEEDED',
  'forbidden',
  (d: { action: string }) => `“${d.action}”须由另一人办理：提出的人不能自己同意。`,
);
