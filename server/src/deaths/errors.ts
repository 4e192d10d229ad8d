import { defineError } from '../kernel/index.ts';

export const caseUnknown = defineError(
  'DEATHS_CASE_UNKNOWN',
  'not_found',
  (_: Readonly<Record<never, never>>) =>
    '没有这个冲突案件，或者不在您的数据范围内。请从冲突列表重新打开。',
);

export const caseMoved = defineError(
  'DEATHS_CASE_MOVED',
  'conflict',
  (d: { state: string }) =>
    `案件现在是“${d.state}”，这一步不能再做：别人刚办过，或证据有变。请刷新后再看。`,
);

export const sameDecider = defineError(
  'DEATHS_SAME_DECIDER',
  'forbidden',
  (d: { what: string }) =>
    `${d.what}须由另一人办理：提出的人不能自己确认。请转给有确认权限的同事。`,
);

export const decisionInvalid = defineError(
  'DEATHS_DECISION_INVALID',
  'invalid',
  (d: { what: string }) => `裁决意见不能提交：${d.what}`,
);

export const personUnknownHere = defineError(
  'DEATHS_PERSON_UNKNOWN',
  'not_found',
  (_: Readonly<Record<never, never>>) =>
    '死亡人员信息库里没有这个人，或者不在您的数据范围内。请核对号码。',
);

export const requestUnknown = defineError(
  'DEATHS_REQUEST_UNKNOWN',
  'not_found',
  (_: Readonly<Record<never, never>>) =>
    '没有这项待确认的登记或作废，或者不在您的数据范围内，或者已办结。请刷新列表。',
);

export const requestInvalid = defineError(
  'DEATHS_REQUEST_INVALID',
  'invalid',
  (d: { what: string }) => `人工登记或作废不能提交：${d.what}`,
);

export const sourceUnknown = defineError(
  'DEATHS_SOURCE_UNKNOWN',
  'invalid',
  (d: { source: string }) =>
    `没有死亡信息来源 ${d.source}，来源代码见 CL_DEATH_SRC（01 民政、02 卫健、03 公安……）。`,
);

export const fileUnreadable = defineError(
  'DEATHS_FILE_UNREADABLE',
  'invalid',
  (d: { what: string }) => `名单文件读不出来：${d.what}`,
);

export const mappingNeeded = defineError(
  'DEATHS_MAPPING_NEEDED',
  'conflict',
  (d: { headers: readonly string[]; proposed: Readonly<Record<string, string>> }) =>
    `这个来源第一次送来这种表头，请先由一人确认各列的含义（拟定：${
      Object.entries(d.proposed)
        .map(([field, header]) => `${field}=${header}`)
        .join('，') || '无'
    }）。确认后记住，下次不再问。`,
);

export const nothingToCompare = defineError(
  'DEATHS_NOTHING_TO_COMPARE',
  'conflict',
  (_: Readonly<Record<never, never>>) => '市数据库里还没有发布过数据包，无从比对。请先装入数据包。',
);
