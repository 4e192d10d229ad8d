/** What this page shows of a command. */
interface ShownCommand {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
}

/** What the exit code of a command tells (退出码). */
const EXIT_CODES: readonly (readonly [number, string])[] = [
  [0, '成功'],
  [1, '做完了，但结果需要处理：有包未发布、更正未能入库、核对不一致、测速超出限度'],
  [2, '输入有误或当前状态不允许，没有做'],
  [3, '环境不可用（磁盘、数据库、网络），排除后重试'],
  [70, '程序错误，请把显示的内容交给开发人员'],
];

/** Writes the page of every command, in the order of the help page. */
export function commandsPage(commands: readonly ShownCommand[]): string {
  return [
    '# 命令',
    '',
    '由 `tools/reference/main.ts` 从程序的命令表生成，请勿手工修改。',
    '方括号内的可以不写，竖线两边任选一个，省略号表示可以写多个。',
    '',
    '```text',
    ...commands.flatMap(({ name, usage, summary }) => [
      `./huiliu ${name} ${usage}`.trimEnd(),
      `    ${summary}`,
    ]),
    './huiliu test [路径中的一段文字]',
    '    运行全部检查与测试，或只跑路径含这段文字的测试',
    './huiliu help',
    '    列出全部命令；任一命令后加 --help 只看这一个',
    '```',
    '',
    '## 通用选项',
    '',
    '| 选项 | 含义 |',
    '|---|---|',
    '| `--data 文件夹` | 数据文件夹，默认 `./data`，也可用环境变量 `HULIU_DATA` |',
    '| `--json` | 标准输出只有机器可读的结果；提示和进度写到标准错误 |',
    '',
    '## 退出码',
    '',
    '| 退出码 | 含义 |',
    '|---|---|',
    ...EXIT_CODES.map(([code, meaning]) => `| ${code} | ${meaning} |`),
    '',
  ].join('\n');
}
