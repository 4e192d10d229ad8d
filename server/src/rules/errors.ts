import { defineError } from '../kernel/index.ts';
import { type ContentProblem, problemLine } from '../municipal/index.ts';

const SHOWN = 30;

/** Files of the rule pack hold errors; `problems` lists every one of them. */
export const packInvalid = defineError(
  'RULES_PACK_INVALID',
  'invalid',
  ({ problems }: { readonly problems: readonly ContentProblem[] }) => {
    const rest = problems.length - SHOWN;
    return [
      `规则、视图或参数文件有 ${problems.length} 处错误，规则不能运行。请按下列位置（文件:行:列）改正：`,
      ...problems.slice(0, SHOWN).map(problemLine),
      ...(rest > 0 ? [`……另有 ${rest} 处，改正以上各处后再次检查即可看到。`] : []),
    ].join('\n');
  },
);

export const ruleUnknown = defineError(
  'RULES_RULE_UNKNOWN',
  'not_found',
  ({ id }: { id: string }) => `没有编号为 ${id} 的规则。用 rules list 查看全部规则。`,
);

export const runUnknown = defineError(
  'RULES_RUN_UNKNOWN',
  'not_found',
  ({ id }: { id: string }) => `没有编号为 ${id} 的规则运行。用 rules runs 查看历次运行。`,
);

export const personUnknown = defineError(
  'RULES_PERSON_UNKNOWN',
  'not_found',
  () => '市级数据库里没有这个个人编号，请核对后再试。',
);

export const nothingPublished = defineError(
  'RULES_NOTHING_PUBLISHED',
  'conflict',
  ({ asOf }: { asOf: string | null }) =>
    asOf === null
      ? '还没有发布任何回流数据，规则无从判断。请先装入数据包。'
      : `截至 ${asOf} 还没有发布任何回流数据，请换一个较晚的日期。`,
);

export const paramInvalid = defineError(
  'RULES_PARAM_INVALID',
  'invalid',
  ({ rule, what }: { rule: string; what: string }) =>
    `规则 ${rule} 的参数有误：${what}。请改正后再运行。`,
);

export const sqlRefused = defineError(
  'RULES_SQL_REFUSED',
  'invalid',
  ({ what }: { what: string }) => `规则的 SQL 不能使用：${what}。`,
);

export const runCancelled = defineError(
  'RULES_RUN_CANCELLED',
  'conflict',
  () => '运行已被取消，已完成的规则结果保留。',
);

export const changeInvalid = defineError(
  'RULES_CHANGE_INVALID',
  'conflict',
  ({ what }: { what: string }) => what,
);
