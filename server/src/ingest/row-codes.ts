/** One code of the row checks (行级代码): what it means, why it happens, what to do. */
export interface RowCode {
  /** `quarantine` (隔离): the row is kept out; `issue` (问题): it is loaded and listed. */
  readonly kind: 'quarantine' | 'issue';
  readonly title: string;
  readonly cause: string;
  readonly advice: string;
}

/** What the row codes of the contract §3 mean (行级代码), and what somebody repairing a row can do. */
export const ROW_CODES: Readonly<Record<string, RowCode>> = {
  ID01: {
    kind: 'quarantine',
    title: '证件号码位数不对',
    cause: '少录、多录一位，或填成了其他编号',
    advice: '应为 18 位（或旧 15 位），请核对原件后填写完整号码',
  },
  ID02: {
    kind: 'quarantine',
    title: '证件号码含有不允许的字符',
    cause: '字母 O 当成了数字 0，或混入空格、横线、汉字',
    advice: '只能是数字，最后一位可以是 X',
  },
  ID03: {
    kind: 'issue',
    title: '证件号码的地区码不在历史区划内',
    cause: '前 6 位录错，或早年发证使用了表外的区划',
    advice: '请核对前 6 位',
  },
  ID04: {
    kind: 'quarantine',
    title: '证件号码中的出生日期不存在',
    cause: '第 7–14 位录错，如 2 月 30 日',
    advice: '请核对第 7–14 位',
  },
  ID05: {
    kind: 'quarantine',
    title: '证件号码校验位不符',
    cause: '前 17 位有一位录错，或两位颠倒',
    advice: '号码中有数字录错，请核对原件',
  },
  ID06: {
    kind: 'issue',
    title: '性别与证件号码不一致',
    cause: '性别代码录错，或号码第 17 位录错',
    advice: '请核对性别',
  },
  ID07: {
    kind: 'issue',
    title: '出生日期与证件号码不一致',
    cause: '按档案认定的出生日期与证件不同，或录错',
    advice: '请核对出生日期',
  },
  ID08: {
    kind: 'quarantine',
    title: '同一证件号码对应两个个人编号',
    cause: '一人建了两个编号，或把号码录到了别人名下',
    advice: '请核实是否同一人；录错的改正号码',
  },
  ID09: {
    kind: 'issue',
    title: '15 位旧号码，已换算为 18 位',
    cause: '多年没有更新的老数据',
    advice: '无需处理',
  },
  ID10: {
    kind: 'quarantine',
    title: '证件号码变成了科学计数法',
    cause: '文件经过表格软件另存，号码成了 1.40502E+17',
    advice: '表格软件丢失了后几位，请按原件重填',
  },
  NAME01: {
    kind: 'issue',
    title: '姓名有损坏的字',
    cause: '生僻字在转码时变成了问号或方框',
    advice: '请按原件补正',
  },
  CODE01: {
    kind: 'quarantine',
    title: '代码不在代码表中',
    cause: '来源启用了新代码，或沿用旧系统的代码',
    advice: '改为代码表中的值；同类很多时用代码对照批量更正',
  },
  DATE01: {
    kind: 'quarantine',
    title: '日期不存在或写法不对',
    cause: '13 月、2 月 29 日（平年），或写成 2026/1/5',
    advice: '日期写 yyyymmdd，年月写 yyyymm',
  },
  DATE02: {
    kind: 'quarantine',
    title: '日期超出合理范围',
    cause: '年份录错，如 2206 年',
    advice: '请核对年份',
  },
  NUM01: {
    kind: 'quarantine',
    title: '不是数字',
    cause: '金额带了逗号、“元”字或空格',
    advice: '金额写小数，如 1234.50，不带逗号和单位',
  },
  NUM02: {
    kind: 'quarantine',
    title: '数值超出合理范围',
    cause: '小数点错位，或单位用错（分当成了元）',
    advice: '请核对金额或数量',
  },
  REQ01: {
    kind: 'quarantine',
    title: '必填项为空',
    cause: '来源没有录入，或导出时漏了',
    advice: '请补填',
  },
  REF01: {
    kind: 'quarantine',
    title: '个人编号不在人员表中',
    cause: '编号录错，或人员数据还没有回流',
    advice: '请核对个人编号；人员随后报来时该行自动入库',
  },
  REF02: {
    kind: 'quarantine',
    title: '单位编号不在单位表中',
    cause: '编号录错，或单位数据还没有回流',
    advice: '请核对单位编号；单位随后报来时该行自动入库',
  },
  KEY01: {
    kind: 'quarantine',
    title: '主键与另一条记录重复',
    cause: '同一条记录导出了两次，或更正后与已有记录相同',
    advice: '请核对主键各列，已有的记录不能覆盖',
  },
  ROW01: {
    kind: 'quarantine',
    title: '字段个数与表头不符',
    cause: '某个字段里有分隔符而没有加引号，或行被截断',
    advice: '请逐列填写整行',
  },
};

/** Names a row code for people: `ID05 证件号码校验位不符`. */
export function rowCodeTitle(code: string): string {
  const known = ROW_CODES[code];
  return known === undefined ? code : `${code} ${known.title}`;
}
