import type {
  CodeList,
  ColumnDef,
  MaskKind,
  MunicipalContent,
  Sensitivity,
  TableDef,
} from '../../server/src/contract/index.ts';

const sensitivities: Readonly<Record<Sensitivity, string>> = {
  1: '1 公开',
  2: '2 内部',
  3: '3 敏感',
  4: '4 可识别身份',
};

const masks: Readonly<Record<MaskKind, string>> = {
  none: '',
  id_no: '身份证号',
  name: '姓名',
  mobile: '手机号',
  account: '账号',
  address: '地址',
  hidden: '整体隐藏',
};

/** Writes the page of all tables of the municipal database, in the order of their names. */
export function tablesPage({ tables, codeLists }: MunicipalContent): string {
  const sorted = [...tables.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const columns = sorted.reduce((total, table) => total + table.columns.length, 0);
  return [
    '# 市人社数据库表',
    '',
    '由 `tools/reference/main.ts` 从 `content/` 的表定义生成，请勿手工修改。',
    `共 ${sorted.length} 张表，${columns} 列。金额在库内以分为单位的整数保存；月份以当月第一天保存。`,
    '',
    '| 表 | 名称 | 标准 | 列数 | 保存期限 |',
    '|---|---|---|---|---|',
    ...sorted.map(
      (table) =>
        `| [${table.name}](#${table.name}) | ${table.title} | ${table.standard ?? ''} | ${table.columns.length} | ${retentionOf(table)} |`,
    ),
    '',
    ...sorted.flatMap((table) => tableSection(table, codeLists)),
  ].join('\n');
}

function tableSection(table: TableDef, codeLists: ReadonlyMap<string, CodeList>): string[] {
  return [
    `## ${table.name}`,
    '',
    `${table.title}。${cell(table.description)}`,
    '',
    `主键：${table.key.map((name) => `\`${name}\``).join('、')}。保存期限：${retentionOf(table)}（${cell(table.retention.source)}）。`,
    '',
    '| 列 | 代码 | 名称 | 类型 | 必填 | 代码表 | 敏感级 | 脱敏 | 说明 |',
    '|---|---|---|---|---|---|---|---|---|',
    ...table.columns.map((column) => columnRow(column, codeLists)),
    '',
  ];
}

function columnRow(column: ColumnDef, codeLists: ReadonlyMap<string, CodeList>): string {
  const list = column.codes === null ? undefined : codeLists.get(column.codes);
  const cells = [
    `\`${column.name}\``,
    column.code ?? '',
    column.title,
    column.type,
    requirementOf(column),
    list === undefined ? (column.codes ?? '') : `${list.id} ${list.title}`,
    sensitivities[column.sensitivity],
    masks[column.mask],
    column.note ?? '',
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

function requirementOf(column: ColumnDef): string {
  if (column.derived) return '平台生成';
  if (column.default !== null) return `缺省 ${column.default}`;
  if (column.required) return '是';
  return column.requiredWhen === null ? '' : `当 ${column.requiredWhen}`;
}

function retentionOf({ retention }: TableDef): string {
  return retention.years === 'permanent' ? '永久' : `${retention.years} 年`;
}

/** Text of one table cell: a bar or a line break would end it. */
function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}
