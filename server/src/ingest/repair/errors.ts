import { defineError } from '../../kernel/index.ts';

export const repairUnknown = defineError(
  'INGEST_REPAIR_UNKNOWN',
  'not_found',
  ({ repairId }: { repairId: number }) =>
    `没有编号为 ${repairId} 的更正。请用 feed repair list 查看编号。`,
);

export const repairRowUnknown = defineError(
  'INGEST_REPAIR_ROW_UNKNOWN',
  'not_found',
  ({ packageId, dataset, line }: { packageId: string; dataset: string; line: number }) =>
    `数据包 ${packageId} 的 ${dataset} 第 ${line} 行不在隔离区。请用 feed rows 查看被隔离的行号。`,
);

export const repairRowSettled = defineError(
  'INGEST_REPAIR_ROW_SETTLED',
  'conflict',
  ({
    packageId,
    dataset,
    line,
    state,
  }: Record<'packageId' | 'dataset' | 'state', string> & { line: number }) =>
    `数据包 ${packageId} 的 ${dataset} 第 ${line} 行现在的状态是“${state}”，不能更正。${
      state === '所在数据集被拒收'
        ? '请来源改正后重报该数据集。'
        : '请刷新后再看；已被后来的包取代的，请在新包的行上更正。'
    }`,
);

export const repairPackageUnpublished = defineError(
  'INGEST_REPAIR_PACKAGE_UNPUBLISHED',
  'conflict',
  ({ packageId }: { packageId: string }) =>
    `数据包 ${packageId} 还没有发布，不能更正其中的行。请先处理该包（暂存的放行，待确认的确认，已拒收的请来源重报）。`,
);

export const repairColumnUnknown = defineError(
  'INGEST_REPAIR_COLUMN_UNKNOWN',
  'invalid',
  ({ dataset, columns, known }: { dataset: string; columns: string[]; known: string[] }) =>
    `${dataset} 的文件没有可更正的列 ${columns.join('、')}。可以更正的列是：${known.join('、')}。`,
);

export const repairEmpty = defineError(
  'INGEST_REPAIR_EMPTY',
  'invalid',
  () => '没有任何改动：填写的值与省里报来的原值相同。请填写更正后的值。',
);

export const repairPending = defineError(
  'INGEST_REPAIR_PENDING',
  'conflict',
  ({ what }: { what: string }) =>
    `${what} 已有一条更正等待审核。请先审核或退回那一条，再重新提出。`,
);

export const repairNotProposed = defineError(
  'INGEST_REPAIR_NOT_PROPOSED',
  'conflict',
  ({ repairId, state }: { repairId: number; state: string }) =>
    `更正 ${repairId} 现在的状态是“${state}”，不能再审核。请刷新后再看。`,
);

export const secondPersonNeeded = defineError(
  'INGEST_REPAIR_SECOND_PERSON',
  'forbidden',
  ({ repairId }: { repairId: number }) =>
    `更正 ${repairId} 不能由提出人自己审核。请换一名有权限的同事审核。`,
);

export const codeFieldUnknown = defineError(
  'INGEST_REPAIR_FIELD_UNKNOWN',
  'invalid',
  ({ field }: { field: string }) =>
    `没有使用代码表的字段 ${field}，无法建立代码对照。请填写数据字典中的代码（如 AAE140）。`,
);

export const codeTargetUnknown = defineError(
  'INGEST_REPAIR_TARGET_UNKNOWN',
  'invalid',
  ({ field, to, lists }: { field: string; to: string; lists: string[] }) =>
    `${field} 的代码表（${lists.join('、')}）里没有“${to}”。请从代码表中选一个值。`,
);

export const codeKnown = defineError(
  'INGEST_REPAIR_CODE_KNOWN',
  'conflict',
  ({ field, from, meaning }: { field: string; from: string; meaning: string }) =>
    `来源的 ${field}“${from}”现在已能识别（按“${meaning}”入库），不能用对照改变含义。个别行有错请逐行更正；对照本身有错请改 content 并重建。`,
);

export const workbookEmpty = defineError(
  'INGEST_WORKBOOK_EMPTY',
  'not_found',
  ({ packageId }: { packageId: string }) =>
    `数据包 ${packageId} 没有待处理的隔离行，不需要导出更正表。`,
);

export const workbookTooLarge = defineError(
  'INGEST_WORKBOOK_TOO_LARGE',
  'limit',
  ({ what, limit }: { what: string; limit: string }) =>
    `更正表${what}，超过上限 ${limit}。请分数据集导出；同一代码的大量错误请用代码对照批量更正，或请来源报更正包。`,
);

export const workbookUnreadable = defineError(
  'INGEST_WORKBOOK_UNREADABLE',
  'invalid',
  ({ reason }: { reason: string }) =>
    `无法读取更正表：${reason}。请用系统导出的 xlsx 文件填写并保存为 xlsx，不要改成 xls、csv 或加密码。`,
);

export const workbookInvalid = defineError(
  'INGEST_WORKBOOK_INVALID',
  'invalid',
  ({ problems, count }: { problems: string[]; count: number }) =>
    `更正表有 ${count} 处问题，没有提出任何更正。请改正后重新提交：\n${problems.join('\n')}${
      count > problems.length ? `\n……另有 ${count - problems.length} 处` : ''
    }`,
);

export const workbookUnchanged = defineError(
  'INGEST_WORKBOOK_UNCHANGED',
  'invalid',
  () => '更正表没有任何改动，没有提出更正。请在有底色的单元格填写正确的值后再提交。',
);

export const workbookUnknown = defineError(
  'INGEST_WORKBOOK_UNKNOWN',
  'not_found',
  ({ workbook }: { workbook: number }) =>
    `没有编号为 ${workbook} 的更正表。请用 feed repair list 查看编号。`,
);

export const rowsNotOpen = defineError(
  'INGEST_REPAIR_ROWS_NOT_OPEN',
  'conflict',
  (_: Readonly<Record<never, never>>) =>
    '所选的行中有的已经处理、不存在，或不在您的数据范围内。请刷新后重新选择。',
);
