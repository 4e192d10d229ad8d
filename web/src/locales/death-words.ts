import { formatActor } from './format.ts';

/** Who did something, for a page: the platform itself, or the account's login. */
export const actorText = (actor: string | null): string =>
  actor === null ? '—' : actor === 'system' ? '平台' : formatActor(actor);

/** Words of the death registry (死亡人员信息库). */
export const VERDICTS: Readonly<Record<string, string>> = {
  '0': '待核',
  '1': '确认死亡',
  '2': '确认健在',
  '3': '矛盾',
};
export const VERDICT_TONES: Readonly<Record<string, 'medium' | 'high' | 'good' | 'neutral'>> = {
  '0': 'medium',
  '1': 'neutral',
  '2': 'good',
  '3': 'high',
};
export const STANDINGS: Readonly<Record<string, string>> = {
  reported: '在报',
  withdrawn: '已撤回',
  not_death: '非死亡注销',
};
export const GRADES: Readonly<Record<string, string>> = {
  '0': '未匹配到本市人员',
  '1': '证件号、姓名一致',
  '2': '仅证件号一致',
  '3': '姓名与出生日期一致',
};
export const CUSTODY_STATES: Readonly<Record<string, string>> = {
  held: '在押',
  ended: '已期满',
  other: '社区矫正等',
  withdrawn: '已撤回',
};
export const CUSTODY_TONES: Readonly<Record<string, 'high' | 'low' | 'neutral'>> = {
  held: 'high',
  ended: 'low',
  other: 'neutral',
  withdrawn: 'neutral',
};
export const ABOUT: Readonly<Record<string, string>> = {
  death: '死亡信息',
  custody: '服刑羁押信息',
};
export const INQUIRY_OUTCOMES: Readonly<Record<string, string>> = {
  found: '对方有记录',
  none: '对方没有记录',
  unusable: '答复不能采用',
  failed: '没有得到答复',
  asked: '等待或中断',
};
export const INQUIRY_TONES: Readonly<
  Record<string, 'good' | 'low' | 'medium' | 'high' | 'neutral'>
> = { found: 'good', none: 'low', unusable: 'medium', failed: 'high', asked: 'neutral' };
export const CHANNELS: Readonly<Record<string, string>> = {
  api: '实时接口',
  file: '名单导入',
  package: '回流数据包',
  connector: '我方取数',
  spdci: '民事登记接口',
  manual: '人工登记',
};
export const REPORT_KINDS: Readonly<Record<string, string>> = {
  report: '报告',
  correction: '更正',
  revocation: '撤回',
};
export const STRENGTHS: Readonly<Record<string, string>> = {
  strong: '强',
  medium: '中',
  weak: '弱',
};
export const CONFLICT_STATES: Readonly<Record<string, string>> = {
  open: '待提意见',
  opinion: '待确认',
  decided: '已裁决',
  lapsed: '矛盾已消失',
};
export const CONFLICT_TONES: Readonly<Record<string, 'high' | 'medium' | 'good'>> = {
  open: 'high',
  opinion: 'medium',
  decided: 'good',
  lapsed: 'good',
};
/** What waits for a second person. */
export const REQUEST_KINDS: Readonly<Record<string, string>> = {
  register: '人工登记',
  void: '作废报告',
};
export const TRIGGERS: Readonly<Record<string, string>> = {
  event: '随报告',
  publication: '数据包发布',
  schedule: '定时',
  manual: '人工发起',
};
export const INTERFACE_STATES: Readonly<Record<string, string>> = {
  ok: '正常',
  idle: '未开始',
  late: '偏少',
  silent: '久未到数',
  failing: '失败',
  held: '暂停呼叫',
  ended: '停用',
};
export const FAILURE_KINDS: Readonly<Record<string, string>> = {
  timeout: '超时',
  refused: '被拒绝',
  http: '对方出错',
  garbage: '内容无法识别',
  signature: '签名不符',
  secret: '密钥不符',
  clock: '时钟偏差',
  address: '地址不允许',
  breaker: '暂停呼叫',
};
