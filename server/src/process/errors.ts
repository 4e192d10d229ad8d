import { defineError } from '../kernel/index.ts';

export const logUnknown = defineError(
  'PROCESS_LOG_UNKNOWN',
  'not_found',
  ({ log }: { log: string }) =>
    `没有名为“${log}”的流程日志。可用 process logs 查看已有日志，或先用 process import 导入。`,
);

export const logNameInvalid = defineError(
  'PROCESS_LOG_NAME_INVALID',
  'invalid',
  ({ log }: { log: string }) =>
    `日志名“${log}”不能用。请用 1–60 个汉字、字母、数字、点、横线或下划线；city 留给本市办件。`,
);

export const fileUnreadable = defineError(
  'PROCESS_FILE_UNREADABLE',
  'invalid',
  ({ reason }: { reason: string }) => `日志文件读不了：${reason}。请核对文件后重新导入。`,
);

export const formatUnknown = defineError(
  'PROCESS_FORMAT_UNKNOWN',
  'invalid',
  ({ file }: { file: string }) =>
    `不认识“${file}”的格式。支持 XES、OCEL 2.0（JSON、SQLite）和 CSV，可以是 gzip 压缩；可用 --format 指明。`,
);

export const columnsUnclear = defineError(
  'PROCESS_COLUMNS_UNCLEAR',
  'invalid',
  ({ missing, columns }: { missing: readonly string[]; columns: readonly string[] }) =>
    `没有认出${missing.join('、')}所在的列。文件有这些列：${columns.join('、')}。请用 --map 列名=角色 指明，角色可写 case、activity、time、start、resource、unit、channel、matter、agency、action、event_id。`,
);

export const logEmpty = defineError(
  'PROCESS_LOG_EMPTY',
  'invalid',
  ({ rows }: { rows: number }) =>
    `文件里的 ${rows} 个事件没有一个可用（缺少案件号、活动名或时刻），没有导入。请核对列的对应或文件内容。`,
);

export const filterInvalid = defineError(
  'PROCESS_FILTER_INVALID',
  'invalid',
  ({ reason }: { reason: string }) => `筛选条件不对：${reason}。请改正后再查。`,
);

export const objectTypeUnknown = defineError(
  'PROCESS_OBJECT_TYPE_UNKNOWN',
  'invalid',
  ({ given, known }: { given: string; known: readonly string[] }) =>
    `这份 OCEL 日志没有对象类型“${given}”。已有：${known.join('、') || '无'}。请用 --object-type 指明以哪种对象为案件。`,
);

export const contentInvalid = defineError(
  'PROCESS_CONTENT_INVALID',
  'invalid',
  ({ problems }: { problems: readonly string[] }) =>
    `流程说明文件有误，没有启动：\n${problems.join('\n')}`,
);

export const matterUndescribed = defineError(
  'PROCESS_MATTER_UNDESCRIBED',
  'not_found',
  ({ matter }: { matter: string }) =>
    `事项“${matter}”没有流程说明。请在 content 的 processes 文件夹里写明步骤后再核对。`,
);

export const groupsTooSmall = defineError(
  'PROCESS_GROUPS_TOO_SMALL',
  'invalid',
  ({ group }: { group: string }) =>
    `${group}一个办结的案件也没有，无法比较。请放宽该组的筛选条件。`,
);

export const modelTooWide = defineError(
  'PROCESS_MODEL_TOO_WIDE',
  'limit',
  ({ activities, limit }: { activities: number; limit: number }) =>
    `所选案件有 ${activities} 种活动，超过 ${limit} 种，画出的模型无法阅读。请先用筛选或抽象缩小范围。`,
);

export const caseUnknown = defineError(
  'PROCESS_CASE_UNKNOWN',
  'not_found',
  (_: Readonly<Record<never, never>>) => '没有这个案件，或它不在您的数据范围内。请核对案件号。',
);

export const exportExists = defineError(
  'PROCESS_EXPORT_EXISTS',
  'conflict',
  ({ path }: { path: string }) => `文件 ${path} 已经存在，没有覆盖。请换一个文件名。`,
);
