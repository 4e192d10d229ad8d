import { type Gate, type Refusal, refused } from './refusal.ts';

/** Codes of the gates after receiving (拒收、暂存、待确认代码); row codes are those of the contract §3. */
export const GATE_CODES = {
  IDN01: { gate: 'G2', title: '同一包号已有另一份内容' },
  SEQ01: { gate: 'G2', title: '序号不连续，等待前一个包' },
  SEQ02: { gate: 'G2', title: '序号早于已发布的包' },
  SEQ03: { gate: 'G2', title: '前一包号与已发布的包不符' },
  ROWS01: { gate: 'G4', title: '行数与清单不符' },
  GZIP01: { gate: 'G4', title: '压缩数据不完整' },
  QUOTE01: { gate: 'G4', title: '引号没有闭合' },
  ENC01: { gate: 'G4', title: '出现无法解码的字节' },
  ENC02: { gate: 'G4', title: '文件混用两种编码' },
  LONG01: { gate: 'G4', title: '单行过长' },
  NUL01: { gate: 'G4', title: '出现空字节' },
  EMPTY01: { gate: 'G4', title: '数据文件为空' },
  SUM01: { gate: 'G5', title: '金额合计与清单不符' },
  SUM02: { gate: 'G5', title: '人数与清单不符' },
  HEAD01: { gate: 'G6', title: '表头与清单的列不一致' },
  HEAD02: { gate: 'G6', title: '缺少必需的列' },
  HEAD03: { gate: 'G6', title: '两列对应同一字段' },
  HEAD04: { gate: 'G6', title: '增量数据缺少 op、op_time 列' },
  TABLE01: { gate: 'G6', title: '数据集名称不在数据字典中' },
  KEY01: { gate: 'G6', title: '文件内主键重复' },
  NONE01: { gate: 'G6', title: '没有一个数据集可以入库' },
  ROWS02: { gate: 'G8', title: '行数与上期相差过大' },
  SUM03: { gate: 'G8', title: '金额与上期相差过大' },
  DRIFT01: { gate: 'G8', title: '出现数据字典之外的列' },
} as const;

export type GateCode = keyof typeof GATE_CODES;

/** Makes the refusal of one code; `what` says what was found and what to do next. */
export function gateRefusal(code: GateCode, what: string): Refusal {
  const { gate, title } = GATE_CODES[code];
  return refused(gate satisfies Gate, code, `${title}：${what}`);
}
