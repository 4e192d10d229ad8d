import { defineError } from '../kernel/index.ts';

export const sourceUnknown = defineError(
  'INGEST_SOURCE_UNKNOWN',
  'not_found',
  ({ src }: { src: string }) =>
    `来源 ${src} 没有登记，无法读取它的数据包。请先在 content 的 sources 文件夹登记该来源。`,
);

export const packageUnknown = defineError(
  'INGEST_PACKAGE_UNKNOWN',
  'not_found',
  ({ packageId }: { packageId: string }) =>
    `没有包号为 ${packageId} 的数据包。请用 feed status 查看已收到的包号。`,
);

export const packageNotWaiting = defineError(
  'INGEST_PACKAGE_NOT_WAITING',
  'conflict',
  ({ packageId, state }: { packageId: string; state: string }) =>
    `数据包 ${packageId} 现在的状态是“${state}”，不能这样处理：放行（feed release）只用于暂存的包，确认（feed accept）只用于待确认的包。请用 feed status 查看后再办。`,
);

export const reasonMissing = defineError(
  'INGEST_REASON_MISSING',
  'invalid',
  () => '没有填写原因，或原因太短。放行、确认、更正都必须写明原因（至少 4 个字）和经办人。',
);

export const loadRunning = defineError(
  'INGEST_LOAD_RUNNING',
  'conflict',
  () => '另一批数据正在入库，请等它完成后再试。',
);

export const rebuildDiffers = defineError(
  'INGEST_REBUILD_DIFFERS',
  'conflict',
  ({ packageId, reason }: { packageId: string; reason: string }) =>
    `重建停止：数据包 ${packageId} 当时已发布，现在重读却不能发布（${reason}）。原始文件未改动，原来的数据库文件仍保留。请检查 content 是否改动、原始文件是否完好，处理后再执行 ./huiliu feed rebuild。`,
);

export const schemaDiffers = defineError(
  'INGEST_SCHEMA_DIFFERS',
  'conflict',
  ({ columns }: { columns: string[] }) =>
    `市级数据库与现在的数据标准不一致（如 ${columns.join('、')}）。现有数据未受影响。误改的请恢复原来的 content；确需改动的，请先备份，再执行 ./huiliu feed rebuild 由原始文件按新的数据标准重建（见手册“数据标准改动”）。`,
);

export const databaseBehind = defineError(
  'INGEST_DATABASE_BEHIND',
  'conflict',
  ({ lacking, registered }: { lacking: number; registered: number }) =>
    `市级数据库缺少数据：登记有 ${registered} 次发布，库里缺 ${lacking} 次。数据库文件被删除、清空，或换成了较旧的一份。原始文件和登记都在；为免在残缺的数据上继续，其他操作都已停止。请执行 ./huiliu feed rebuild 由原始文件重建（见手册“重建与核对”）。`,
);

export const uploadUnknown = defineError(
  'INGEST_UPLOAD_UNKNOWN',
  'not_found',
  (_: Readonly<Record<never, never>>) =>
    '没有这个上传批次，或它不是您建立的。三天没有提交的上传会清除，请重新建立。',
);

export const uploadFileInvalid = defineError(
  'INGEST_UPLOAD_FILE',
  'invalid',
  (d: { name: string }) =>
    `文件名“${d.name.slice(0, 40)}”不能使用。请用清单中的文件名（字母、数字、汉字、点、横线），不要带路径。`,
);

export const uploadIncomplete = defineError(
  'INGEST_UPLOAD_INCOMPLETE',
  'conflict',
  (d: { missing: readonly string[] }) =>
    d.missing.length === 0
      ? '还没有清单 manifest.json，也不是一个压缩包。请补传后再提交。'
      : `还有 ${d.missing.length} 个文件没有传到，或摘要与清单不符：${d.missing.slice(0, 10).join('、')}。请重传这些文件后再提交。`,
);
