import { type Refusal, RefusalError, refused } from '../refusal.ts';

/** Every way the receiving edge refuses a package (接收拒收码): its gate and Chinese title. */
export const RECEIVE_CODES = {
  PKG01: { gate: 'G1', title: '不是可识别的数据包格式' },
  PKG02: { gate: 'G1', title: '压缩包损坏或不完整' },
  PKG03: { gate: 'G1', title: '包内条目过多' },
  PKG04: { gate: 'G1', title: '压缩比异常' },
  PKG05: { gate: 'G1', title: '解压后总量超限' },
  PKG06: { gate: 'G1', title: '压缩包内嵌套压缩包' },
  PKG07: { gate: 'G1', title: '含链接或特殊文件' },
  PKG08: { gate: 'G1', title: '条目名称不安全' },
  PKG09: { gate: 'G1', title: '条目名称重复' },
  PKG10: { gate: 'G1', title: '压缩包已加密' },
  PKG11: { gate: 'G1', title: '压缩方法不支持' },
  PKG12: { gate: 'G1', title: '缺少清单 manifest.json' },
  PKG13: { gate: 'G1', title: '清单过大' },
  PKG14: { gate: 'G1', title: '清单不是合法的 JSON' },
  PKG15: { gate: 'G1', title: '清单版本不认识' },
  PKG16: { gate: 'G1', title: '清单内容不符合约定' },
  PKG17: { gate: 'G1', title: '数据集重复声明' },
  PKG18: { gate: 'G1', title: '两个数据集声明同一文件' },
  PKG19: { gate: 'G1', title: '数据文件路径越出数据包' },
  PKG20: { gate: 'G1', title: '来源未登记' },
  SIG01: { gate: 'G3', title: '未签名' },
  SIG02: { gate: 'G3', title: '签名密钥未配置' },
  SIG03: { gate: 'G3', title: '签名算法不符' },
  SIG04: { gate: 'G3', title: '签名不符' },
  SIG05: { gate: 'G3', title: '签名密钥不在有效期' },
  FILE01: { gate: 'G3', title: '缺少数据文件' },
  FILE02: { gate: 'G3', title: '数据文件字节数不符' },
  FILE03: { gate: 'G3', title: '数据文件摘要不符' },
} as const;

export type ReceiveCode = keyof typeof RECEIVE_CODES;

/** Makes the refusal of one code; `what` says what was found and what to do next. */
export function receiveRefusal(code: ReceiveCode, what: string): Refusal {
  const { gate, title } = RECEIVE_CODES[code];
  return refused(gate, code, `${title}：${what}`);
}

/** Stops receiving with a refusal. */
export function refuse(code: ReceiveCode, what: string, cause?: unknown): never {
  throw new RefusalError(receiveRefusal(code, what), cause);
}
