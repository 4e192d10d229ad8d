import { AUDIT_ACTS } from '../../contract/index.ts';
import type { AccessRecord, AuditReport, BadArchive } from '../../security/index.ts';

const OUTCOMES: Readonly<Record<AccessRecord['outcome'], string>> = {
  ok: '成功',
  refused: '拒绝',
  not_found: '未找到',
  ambiguous: '不唯一',
  failed: '失败',
};

/** One entry on one line; the code of an act stays, to be searched by. */
export function entryText(row: AccessRecord): string {
  const act = `${AUDIT_ACTS[row.action] ?? ''}（${row.action}）`;
  return `${row.seq}  ${row.at}  ${row.actor}  ${act}  ${row.object ?? '—'}  ${OUTCOMES[row.outcome]}  ${row.purpose ?? ''}`;
}

const FAULTS = {
  missing: '该条被删除',
  altered: '该条内容被改动',
  swapped: '该条与别的条目调换',
  unlinked: '该条与前一条不衔接',
  cut: '末尾被截断',
  rewritten: '从该条起被整段重写',
  archive: '它所在的归档文件不可信',
} as const;

/** The verdict in words, one line for each bad archive. */
export function reportText(report: AuditReport): string {
  const anchors =
    report.bad_checkpoint === null
      ? `检查点 ${report.checkpoints} 个，保证到第 ${report.anchored_to} 条。`
      : `检查点文件第 ${report.bad_checkpoint} 行不可信，请与另存的副本核对。`;
  const archived =
    report.archives === 0 ? '' : `归档 ${report.archives} 个，到第 ${report.archived_to} 条。`;
  if (report.sound) return `审计日志的链完整，共 ${report.entries} 条。${archived}${anchors}`;
  const related = report.other === undefined || report.fault === 'archive' ? null : report.other;
  const other = related === null ? '' : `（相关条目第 ${related} 条）`;
  return [
    `审计日志从第 ${report.firstBad} 条起不可信：${FAULTS[report.fault]}${other}。${archived}${anchors}`,
    ...report.bad_archives.map(archiveText),
  ].join('\n');
}

const ARCHIVE_FAULTS = {
  missing: '不见了',
  truncated: '被截短',
  edited: '被改动',
  swapped: '放的是别的归档',
  unregistered: '有签名的归档在数据库里没有登记',
} as const;

function archiveText({ archive, file, fault, other, first_bad }: BadArchive): string {
  const whose = other === null ? '' : `（第 ${other} 号归档的文件）`;
  const where = file === 'audit_archive' ? '数据库中的归档登记' : `文件 ${file} `;
  return `第 ${archive} 号归档：${where}${ARCHIVE_FAULTS[fault]}${whose}，从第 ${first_bad} 条起不可信。`;
}
