import type { ErrorKind, listErrors } from '../../server/src/kernel/index.ts';

type RegisteredError = ReturnType<typeof listErrors>[number];

/** What each kind of error asks of the reader. */
const kinds: Readonly<Record<ErrorKind, string>> = {
  invalid: '输入有误，改正后重试',
  forbidden: '没有权限',
  not_found: '没有找到',
  conflict: '与他人操作或当前状态冲突',
  limit: '超出安全限度',
  unavailable: '环境故障，排除后可重试',
};

/** Writes the page of all registered errors, grouped by module. */
export function errorsPage(errors: readonly RegisteredError[]): string {
  const modules = [...new Set(errors.map(({ module }) => module))].sort();
  const sections = modules.flatMap((module) => [
    `## ${module}`,
    '',
    '| 代码 | 种类 | 含义 |',
    '|---|---|---|',
    ...errors
      .filter((error) => error.module === module)
      .sort((a, b) => (a.code < b.code ? -1 : 1))
      .map(({ code, kind }) => `| \`${code}\` | ${kind} | ${kinds[kind]} |`),
    '',
  ]);
  return [
    '# 错误代码',
    '',
    '由 `tools/reference/main.ts` 从程序的错误登记表生成，请勿手工修改。',
    `共 ${errors.length} 个。命令行与接口返回的 \`code\` 即为此表代码，说明文字由程序按情况给出。`,
    '',
    ...sections,
  ].join('\n');
}
