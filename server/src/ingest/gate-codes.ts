import { type Gate, type Refusal, refused } from './refusal.ts';

/** Codes of the gates after receiving (拒收、暂存、待确认代码); row codes are those of the contract §3. */
export const GATE_CODES = {
  IDN01: {
    gate: 'G2',
    outcome: 'refused',
    title: '同一包号已有另一份内容',
    advice: '立即与来源核实；更正内容应使用新的包号',
  },
  SEQ01: {
    gate: 'G2',
    outcome: 'held',
    title: '序号不连续，等待前一个包',
    advice: '等缺的包；确认不再补发时，由负责人放行',
  },
  SEQ02: {
    gate: 'G2',
    outcome: 'held',
    title: '序号早于已发布的包',
    advice: '核对是否补发；确需入库时放行，系统按序号重建',
  },
  SEQ03: {
    gate: 'G2',
    outcome: 'held',
    title: '前一包号与已发布的包不符',
    advice: '与来源核对；无误则放行',
  },
  ROWS01: {
    gate: 'G4',
    outcome: 'refused',
    title: '行数与清单不符',
    advice: '请来源核对行数后重报',
  },
  GZIP01: {
    gate: 'G4',
    outcome: 'refused',
    title: '压缩数据不完整',
    advice: '重新传送；仍不行请来源重新压缩',
  },
  QUOTE01: {
    gate: 'G4',
    outcome: 'refused',
    title: '引号没有闭合',
    advice: '请来源检查提示的那一行',
  },
  ENC01: {
    gate: 'G4',
    outcome: 'refused',
    title: '出现无法解码的字节',
    advice: '传输损坏或编码声明有误，请来源核对',
  },
  ENC02: {
    gate: 'G4',
    outcome: 'refused',
    title: '文件混用两种编码',
    advice: '请来源统一编码',
  },
  LONG01: {
    gate: 'G4',
    outcome: 'refused',
    title: '单行过长',
    advice: '多半是引号没有闭合或换行符不对，请来源检查',
  },
  NUL01: {
    gate: 'G4',
    outcome: 'refused',
    title: '出现空字节',
    advice: '多半是 UTF-16 编码或文件损坏，请来源重新导出',
  },
  EMPTY01: {
    gate: 'G4',
    outcome: 'refused',
    title: '数据文件为空',
    advice: '没有数据也要有表头，请来源核对',
  },
  SUM01: {
    gate: 'G5',
    outcome: 'refused',
    title: '金额合计与清单不符',
    advice: '请来源核对清单和数据哪个有误',
  },
  SUM02: {
    gate: 'G5',
    outcome: 'refused',
    title: '人数与清单不符',
    advice: '请来源核对清单和数据哪个有误',
  },
  HEAD01: {
    gate: 'G6',
    outcome: 'dataset_refused',
    title: '表头与清单的列不一致',
    advice: '请来源按清单重新导出',
  },
  HEAD02: {
    gate: 'G6',
    outcome: 'dataset_refused',
    title: '缺少必需的列',
    advice: '请来源补齐该列',
  },
  HEAD03: {
    gate: 'G6',
    outcome: 'dataset_refused',
    title: '两列对应同一字段',
    advice: '请来源只保留一列',
  },
  HEAD04: {
    gate: 'G6',
    outcome: 'dataset_refused',
    title: '增量数据缺少 op、op_time 列',
    advice: '请来源在最前面补上这两列',
  },
  TABLE01: {
    gate: 'G6',
    outcome: 'dataset_refused',
    title: '数据集名称不在数据字典中',
    advice: '请核对名称；新表须先写入数据标准',
  },
  KEY01: {
    gate: 'G6',
    outcome: 'dataset_refused',
    title: '文件内主键重复',
    advice: '请来源去重',
  },
  ROWS02: {
    gate: 'G8',
    outcome: 'awaiting',
    title: '行数与上期相差过大',
    advice: '向来源核实原因；属实则确认',
  },
  SUM03: {
    gate: 'G8',
    outcome: 'awaiting',
    title: '金额与上期相差过大',
    advice: '向来源核实原因；属实则确认',
  },
  DRIFT01: {
    gate: 'G8',
    outcome: 'awaiting',
    title: '出现数据字典之外的列',
    advice: '核实来源是否改了接口；属实则确认，该列内容忽略',
  },
  REVIEW01: {
    gate: 'G8',
    outcome: 'awaiting',
    title: '已校验，按提交人的要求等待确认',
    advice: '核对与上期的比较；无误则确认发布',
  },
  WDR01: {
    gate: 'G8',
    outcome: 'refused',
    title: '发布前已撤回',
    advice: '需要入库时请来源重报',
  },
} as const;

export type GateCode = keyof typeof GATE_CODES;

/** Makes the refusal of one code; `what` says what was found and what to do next. */
export function gateRefusal(code: GateCode, what: string): Refusal {
  const { gate, title } = GATE_CODES[code];
  return refused(gate satisfies Gate, code, `${title}：${what}`);
}
