import { Type } from '@fastify/type-provider-typebox';
import { Count, Text, TextOrNull, Texts } from '../fields.ts';
import {
  ClockSchema,
  DeviationKindSchema,
  Rows,
  Share,
  ShareOrNull,
  TimesSchema,
  times,
} from './process-answers.ts';

/** Shapes of the reports about a log: where time goes, who passes on, how it compares (S9). */

export const WaitingAnswer = Type.Object({
  clock: ClockSchema,
  activities: Rows(
    {
      activity: Text('活动'),
      count: Count('次数'),
      parted: Count('记有开始时间的次数：只有这些能分出等待与办理'),
      waiting: TimesSchema('等待'),
      handling: TimesSchema('办理'),
      unparted: TimesSchema('分不开的：上一活动结束到这一活动结束'),
    },
    '各活动的时间',
  ),
  bottlenecks: Rows(
    {
      rank: Count('名次'),
      from: Text('从'),
      to: Text('到'),
      count: Count('次数'),
      time_share: ShareOrNull('占全部流转时间'),
      times: TimesSchema('历时'),
    },
    '瓶颈，占时多的在前',
  ),
});

export const ChannelsAnswer = Type.Object({
  cases: Count('有人到场、渠道已知的件数'),
  automatic: Count('无人到场的件数'),
  near: Count('就近办理的件数'),
  near_share: ShareOrNull('就近办理占比'),
  groups: Rows(
    {
      id: Text('编号'),
      title: Text('名称'),
      cases: Count('件数'),
      share: Share('占比'),
      near: Type.Boolean({ title: '计入 15 分钟办事圈' }),
    },
    '渠道分组',
  ),
  by: Rows(
    {
      agency: TextOrNull('经办机构'),
      agency_name: TextOrNull('经办机构名称'),
      month: Text('受理月份'),
      cases: Count('件数'),
      near: Count('就近办理的件数'),
      near_share: Share('就近办理占比'),
    },
    '按机构、月份',
  ),
});

export const ReworkAnswer = Type.Object({
  cases: Count('件数'),
  repeated_cases: Count('有活动不止一次的件数'),
  sent_back_cases: Count('退回过的件数'),
  rows: Rows(
    {
      activity: Text('活动'),
      cases: Count('件数'),
      repeated_cases: Count('不止一次的件数'),
      repeated_share: Share('不止一次的占比'),
      extra: Count('每件第一次之外的次数'),
      at_once: Count('其中紧接着又做的'),
      comes_back: Count('其中做了别的又回来的'),
    },
    '返工的活动',
  ),
});

export const HandoverAnswer = Type.Object({
  between: Type.Enum(['people', 'units'], { title: '谁与谁：people 人员，units 机构' }),
  known: Count('双方已知的流转'),
  kept: Count('其中仍在原处的'),
  unknown: Count('有一方不明的流转'),
  rows: Rows({ from: Text('从'), to: Text('到'), count: Count('次数'), ...times }, '交接'),
});

export const ConformanceAnswer = Type.Object({
  matter: TextOrNull('事项；空为全部有说明的事项'),
  matter_title: TextOrNull('事项名称'),
  cases: Count('件数'),
  conforming: Count('没有偏差的件数'),
  kinds: Rows(
    {
      kind: DeviationKindSchema,
      title: Text('名称'),
      cases: Count('件数'),
      count: Count('次数'),
    },
    '偏差种类',
  ),
  steps: Rows(
    {
      kind: DeviationKindSchema,
      step: Text('环节'),
      other_step: TextOrNull('另一环节'),
      cases: Count('件数'),
    },
    '偏差所在的环节',
  ),
  variants: Rows(
    {
      key: Text('变体键'),
      activities: Texts('活动，按先后'),
      cases: Count('件数'),
      deviating: Count('有偏差的件数'),
      kinds: Type.Array(DeviationKindSchema, { title: '有哪些偏差' }),
    },
    '变体，多见的在前',
  ),
});

const GroupSchema = (title: string) =>
  Type.Object(
    {
      cases: Count('办结件数'),
      duration: TimesSchema('历时'),
      sent_back_share: Share('退回过的占比'),
      repeated_share: Share('有返工的占比'),
      channels: Rows({ channel: Text('渠道'), cases: Count('件数') }, '渠道'),
    },
    { title },
  );

export const CompareAnswer = Type.Object({
  clock: ClockSchema,
  first: GroupSchema('第一组'),
  second: GroupSchema('第二组'),
  distribution: Rows(
    {
      from_s: Count('自（秒）'),
      to_s: Count('至（秒）'),
      first: Count('第一组件数'),
      second: Count('第二组件数'),
    },
    '历时的分布，各段宽度按同一倍数增长',
  ),
  test: Type.Object(
    {
      u: Type.Number({ title: '第一组的 U' }),
      p: Type.Number({ title: 'p 值（双侧）' }),
      method: Type.Enum(['exact', 'normal'], { title: '算法：exact 精确，normal 正态近似' }),
      superiority: Share('第一组的一件比第二组的一件更久的概率'),
      delta: Type.Number({ title: 'Cliff δ（−1 到 1），大于 0 为第一组更久' }),
    },
    { title: '曼-惠特尼检验' },
  ),
  conclusion: Text('结论'),
  in_both: Count('两组都有的案件'),
});

export const ModelAnswer = Type.Object({
  log: Text('日志名'),
  noise: Share('噪声阈值'),
  cases: Count('件数'),
  case_coverage: Share('所看变体的件数占比'),
  // A tree of any depth: its text says the same to whoever does not walk it.
  tree: Type.Unknown({ title: '过程树' }),
  tree_text: Text('过程树，按 PM4Py 的写法'),
  bpmn: Text('BPMN 2.0 XML'),
});
