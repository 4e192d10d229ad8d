/** What the row codes of the contract §3 mean (行级代码), and what somebody repairing a row can do. */
export const ROW_CODES: Readonly<Record<string, { title: string; advice: string }>> = {
  ID01: { title: '证件号码位数不对', advice: '应为 18 位（或旧 15 位），请核对原件后填写完整号码' },
  ID02: { title: '证件号码含有不允许的字符', advice: '只能是数字，最后一位可以是 X' },
  ID03: { title: '证件号码的地区码不在历史区划内', advice: '请核对前 6 位' },
  ID04: { title: '证件号码中的出生日期不存在', advice: '请核对第 7–14 位' },
  ID05: { title: '证件号码校验位不符', advice: '号码中有数字录错，请核对原件' },
  ID06: { title: '性别与证件号码不一致', advice: '请核对性别' },
  ID07: { title: '出生日期与证件号码不一致', advice: '请核对出生日期' },
  ID08: { title: '同一证件号码对应两个个人编号', advice: '请核实是否同一人；录错的改正号码' },
  ID09: { title: '15 位旧号码，已换算为 18 位', advice: '无需处理' },
  ID10: { title: '证件号码变成了科学计数法', advice: '表格软件丢失了后几位，请按原件重填' },
  NAME01: { title: '姓名有损坏的字', advice: '请按原件补正' },
  CODE01: { title: '代码不在代码表中', advice: '改为代码表中的值；同类很多时用代码对照批量更正' },
  DATE01: { title: '日期不存在或写法不对', advice: '日期写 yyyymmdd，年月写 yyyymm' },
  DATE02: { title: '日期超出合理范围', advice: '请核对年份' },
  NUM01: { title: '不是数字', advice: '金额写小数，如 1234.50，不带逗号和单位' },
  NUM02: { title: '数值超出合理范围', advice: '请核对金额或数量' },
  REQ01: { title: '必填项为空', advice: '请补填' },
  REF01: { title: '个人编号不在人员表中', advice: '请核对个人编号；人员随后报来时该行自动入库' },
  REF02: { title: '单位编号不在单位表中', advice: '请核对单位编号；单位随后报来时该行自动入库' },
  KEY01: { title: '主键与另一条记录重复', advice: '请核对主键各列，已有的记录不能覆盖' },
  ROW01: { title: '字段个数与表头不符', advice: '请逐列填写整行' },
};

/** Names a row code for people: `ID05 证件号码校验位不符`. */
export function rowCodeTitle(code: string): string {
  const known = ROW_CODES[code];
  return known === undefined ? code : `${code} ${known.title}`;
}
