import type { GateCodeEntry, GateOutcome, RowCode } from '../../server/src/ingest/index.ts';

/** The gates in order (八道关口) and what each looks at. */
const GATES: Readonly<Record<string, string>> = {
  G1: '可读：能打开，有清单，路径和大小都在限度内',
  G2: '身份：包号、序号与以前收到的包接得上',
  G3: '签名与摘要：清单的签名，每个文件的字节数与 SM3',
  G4: '完整：解码、行数、引号、压缩',
  G5: '合计：金额与人数合计',
  G6: '结构：表头、必需的列、文件内主键',
  G7: '逐行：见下面的行级代码',
  G8: '合理性：与上期相比，有没有多出的列',
};

const OUTCOMES: Readonly<Record<GateOutcome, string>> = {
  refused: '整包拒收',
  dataset_refused: '该数据集拒收',
  held: '暂存',
  awaiting: '待确认',
  not_ready: '未写完',
};

const KINDS: Readonly<Record<RowCode['kind'], string>> = { quarantine: '隔离', issue: '问题' };

/** Writes the page of every code a package or a row can be stopped with. */
export function gateCodesPage(
  codes: readonly GateCodeEntry[],
  rowCodes: Readonly<Record<string, RowCode>>,
): string {
  const gates = Object.entries(GATES).flatMap(([gate, what]) => [
    `### ${gate} ${what}`,
    '',
    ...gateTable(codes.filter((entry) => entry.gate === gate)),
  ]);
  const rows = Object.entries(rowCodes).map(
    ([code, { kind, title, cause, advice }]) =>
      `| \`${code}\` | ${KINDS[kind]} | ${title} | ${cause} | ${advice} |`,
  );
  return [
    '# 关口代码与行级代码',
    '',
    '由 `tools/reference/main.ts` 从程序的代码登记表生成，请勿手工修改。',
    '怎样处理见 [手册](../manual/index.md)。',
    '',
    '## 关口代码',
    '',
    '关口按次序检查；报告第一道没有通过的关口。程序给出的说明另写明文件、列、行和数值。',
    '',
    ...gates,
    '## 行级代码',
    '',
    '隔离：该行不入库，等待更正。问题：该行已入库，列出待查。',
    '',
    '| 代码 | 结果 | 含义 | 常见原因 | 怎么办 |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function gateTable(codes: readonly GateCodeEntry[]): string[] {
  if (codes.length === 0) return [];
  return [
    '| 代码 | 结果 | 含义 | 怎么办 |',
    '|---|---|---|---|',
    ...codes.map(
      ({ code, outcome, title, advice }) =>
        `| \`${code}\` | ${OUTCOMES[outcome]} | ${title} | ${advice} |`,
    ),
    '',
  ];
}
