import { defineError } from '../../kernel/index.ts';
import { type ContentProblem, problemLine } from './problem.ts';

const SHOWN = 20;

/** The content files hold errors; `problems` lists every one of them. */
export const contentInvalid = defineError(
  'MUNICIPAL_CONTENT_INVALID',
  'invalid',
  (details: { readonly problems: readonly ContentProblem[] }) => {
    const shown = details.problems.slice(0, SHOWN).map(problemLine);
    const rest = details.problems.length - shown.length;
    const more = rest > 0 ? [`……另有 ${rest} 处，改正以上各处后再次启动即可看到。`] : [];
    return [
      `内容文件有 ${details.problems.length} 处错误，系统不能启动。请按下列位置（文件:行:列）逐处改正后重新启动：`,
      ...shown,
      ...more,
    ].join('\n');
  },
);
