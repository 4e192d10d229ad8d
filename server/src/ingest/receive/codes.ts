import { type Refusal, RefusalError, refused } from '../refusal.ts';

/** Every way the receiving edge refuses a package (接收拒收码): its gate and Chinese title. */
export const RECEIVE_CODES = {
  PKG01: {
    gate: 'G1',
    title: '不是可识别的数据包格式',
    advice: '数据包应为文件夹、zip 或 tar.gz，请来源重新打包',
  },
  PKG02: {
    gate: 'G1',
    title: '压缩包损坏或不完整',
    advice: '重新传送；仍不行请来源重新打包',
  },
  PKG03: {
    gate: 'G1',
    title: '包内条目过多',
    advice: '一个包最多 1,000 个条目，请来源分包',
  },
  PKG04: {
    gate: 'G1',
    title: '压缩比异常',
    advice: '压缩比超过 100 倍，可能是恶意文件，请与来源核实',
  },
  PKG05: {
    gate: 'G1',
    title: '解压后总量超限',
    advice: '请清理磁盘；仍不行请来源分包',
  },
  PKG06: {
    gate: 'G1',
    title: '压缩包内嵌套压缩包',
    advice: '请来源只打一层包',
  },
  PKG07: {
    gate: 'G1',
    title: '含链接或特殊文件',
    advice: '请来源去掉链接和特殊文件',
  },
  PKG08: {
    gate: 'G1',
    title: '条目名称不安全',
    advice: '请来源用规范的相对路径重新打包',
  },
  PKG09: {
    gate: 'G1',
    title: '条目名称重复',
    advice: '请来源去掉重复的文件',
  },
  PKG10: {
    gate: 'G1',
    title: '压缩包已加密',
    advice: '请来源不加密码重新打包',
  },
  PKG11: {
    gate: 'G1',
    title: '压缩方法不支持',
    advice: '请来源用常用方法重新打包',
  },
  PKG12: {
    gate: 'G1',
    title: '缺少清单 manifest.json',
    advice: '请来源补上清单',
  },
  PKG13: {
    gate: 'G1',
    title: '清单过大',
    advice: '请来源核对清单内容',
  },
  PKG14: {
    gate: 'G1',
    title: '清单不是合法的 JSON',
    advice: '按提示的行和字符请来源改正',
  },
  PKG15: {
    gate: 'G1',
    title: '清单版本不认识',
    advice: '升级本系统，或请来源按版本 1 发送',
  },
  PKG16: {
    gate: 'G1',
    title: '清单内容不符合约定',
    advice: '按提示的项请来源改正',
  },
  PKG17: {
    gate: 'G1',
    title: '数据集重复声明',
    advice: '请来源每个数据集只声明一次',
  },
  PKG18: {
    gate: 'G1',
    title: '两个数据集声明同一文件',
    advice: '请来源一个文件只对应一个数据集',
  },
  PKG19: {
    gate: 'G1',
    title: '数据文件路径越出数据包',
    advice: '请来源只用包内的相对路径',
  },
  PKG20: {
    gate: 'G1',
    title: '来源未登记',
    advice: '核对来源编号；新来源先在 content 的 sources 中登记',
  },
  SIG01: {
    gate: 'G3',
    title: '未签名',
    advice: '请来源签名后重发',
  },
  SIG02: {
    gate: 'G3',
    title: '签名密钥未配置',
    advice: '核实密钥编号，并在 config/feed-keys.yaml 中配置',
  },
  SIG03: {
    gate: 'G3',
    title: '签名算法不符',
    advice: '与来源核对签名算法',
  },
  SIG04: {
    gate: 'G3',
    title: '签名不符',
    advice: '勿使用该数据包，与来源核实',
  },
  SIG05: {
    gate: 'G3',
    title: '签名密钥不在有效期',
    advice: '请来源用有效的密钥重新签名',
  },
  FILE01: {
    gate: 'G3',
    title: '缺少数据文件',
    advice: '请来源补齐文件',
  },
  FILE02: {
    gate: 'G3',
    title: '数据文件字节数不符',
    advice: '没有传完或被改动，重新传送',
  },
  FILE03: {
    gate: 'G3',
    title: '数据文件摘要不符',
    advice: '传输或存放中被改动，重新传送',
  },
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
