import { type TProperties, Type } from '@fastify/type-provider-typebox';
import { Count, orNull, Text, TextOrNull, Texts, WholeOrNull } from '../fields.ts';
import { pageSchema } from '../shapes.ts';

/** Shapes of the answers about logs, their map, variants and cases (S9); reports stand apart. */

export const Share = (title: string) => Type.Number({ title: `${title}（0 到 1）` });
export const ShareOrNull = (title: string) => orNull(Type.Number(), `${title}（0 到 1）`);
export const Rows = <T extends TProperties>(properties: T, title: string) =>
  Type.Array(Type.Object(properties), { title });

/** Fractions occur, so nothing here is an integer. */
const Seconds = (title: string) => orNull(Type.Number(), `${title}（秒）`);
export const times = {
  min_s: Seconds('最短'),
  mean_s: Seconds('平均'),
  median_s: Seconds('中位'),
  p90_s: Seconds('九成在此以内'),
  max_s: Seconds('最长'),
  total_s: Seconds('合计'),
};
export const TimesSchema = (title: string) => Type.Object(times, { title });
export const ClockSchema = Type.Enum(['wall', 'working'], {
  title: '时间：wall 自然时间，working 办公时间',
});
const DayUnitSchema = Type.Enum(['work', 'calendar'], {
  title: '单位：work 工作日，calendar 自然日',
});

const ImportReportSchema = Type.Object(
  {
    events_read: Count('读到的事件'),
    set_aside: Type.Object(
      {
        no_case: Count('没有案件号'),
        no_activity: Count('没有活动'),
        no_time: Count('没有时刻'),
      },
      { title: '不能采用的事件，按原因' },
    ),
    merged_cases: Count('案件号相同而合并的案件'),
    repeated_event_ids: Count('事件号重复的事件'),
    out_of_order: Count('时间先后与文件不一致的事件'),
    columns: Type.Record(Type.String(), Type.String(), { title: '列 → 角色（CSV）' }),
    notes: Texts('说明'),
  },
  { title: '导入情况' },
);

export const LogsAnswer = Type.Object({
  rows: Rows(
    {
      log: Text('日志名'),
      title: Text('名称'),
      kind: Type.Enum(['city', 'imported'], { title: '来历：city 本市办件，imported 导入' }),
      format: Text('格式'),
      object_type: TextOrNull('作为案件的对象类型（OCEL）'),
      source_name: TextOrNull('来源文件'),
      edition: WholeOrNull('数据版本（本市办件）'),
      as_of: TextOrNull('数据截止日'),
      imported_at: Text('导入时间'),
      imported_by: Text('导入人'),
      cases: Count('件数'),
      events: Count('事件数'),
      activities: Count('活动种数'),
      variants: Count('变体数'),
      report: ImportReportSchema,
    },
    '日志，本市办件在前',
  ),
  allowed_actions: Texts('可以进行的操作'),
});

const ProcessSchema = Type.Object({
  matter: Text('事项'),
  title: Text('名称'),
  steps: Rows(
    {
      step: Text('环节（CL_STEP）'),
      required: Type.Boolean({ title: '必经' }),
      role: TextOrNull('办理角色'),
    },
    '步骤，按先后',
  ),
  separate: Type.Array(Type.Array(Type.String(), { minItems: 2, maxItems: 2 }), {
    title: '须由不同的人办理的两个环节',
  }),
  limits: Rows(
    {
      kind: Type.Enum(['statutory', 'promised'], { title: '种类：statutory 法定，promised 承诺' }),
      days: Count('天数'),
      unit: DayUnitSchema,
      extension: Count('可延长的天数'),
      source: Text('依据'),
    },
    '时限',
  ),
  basis: Texts('依据'),
});

export const DeviationKindSchema = Type.Enum(
  ['skipped', 'repeated', 'out_of_order', 'same_person'],
  { title: '偏差：skipped 跳步，repeated 重复，out_of_order 颠倒，same_person 一人兼办' },
);

const DeviationSchema = Type.Object({
  id: Text('编号'),
  kind: DeviationKindSchema,
  title: Text('名称'),
  status: Type.Enum(['off', 'trial', 'active'], {
    title: '状态：off 只在全景显示，trial 试运行，active 启用',
  }),
  severity: Type.Enum(['high', 'medium', 'low'], { title: '等级' }),
  owner: Text('负责部门'),
  topic: Text('主题'),
  basis: Texts('依据'),
  why: Text('为什么要查'),
  action: Text('怎么处理'),
  covered_by: Texts('说同一事实的规则，以其为先'),
  tolerance_s: Count('时钟相差的容许（秒）'),
});

export const DefinitionsAnswer = Type.Object({
  processes: Type.Array(ProcessSchema, { title: '流程说明' }),
  channel_groups: Rows(
    {
      id: Text('编号'),
      title: Text('名称'),
      channels: Texts('渠道'),
      near: Type.Boolean({ title: '计入 15 分钟办事圈' }),
      automatic: Type.Boolean({ title: '无人到场，不计入分母' }),
    },
    '渠道分组',
  ),
  deviations: Type.Array(DeviationSchema, { title: '偏差种类' }),
  office_hours: Rows(
    {
      agencies: Texts('经办机构；空为其余各机构'),
      from: Text('起（月-日）'),
      to: Text('止（月-日）'),
      hours: Rows({ from: Text('起'), to: Text('止') }, '办公时间'),
    },
    '各时段的办公时间',
  ),
});

const EdgeEnds = { from: Text('从'), to: Text('到') };
const Ends = (title: string) => Rows({ activity: Text('活动'), count: Count('件数') }, title);

export const MapAnswer = Type.Object({
  log: Text('日志名'),
  title: Text('日志名称'),
  as_of: TextOrNull('数据截止日'),
  clock: ClockSchema,
  cases: Count('件数'),
  events: Count('事件数'),
  activities: Count('活动种数'),
  variants: Count('变体数'),
  nodes: Rows(
    {
      activity: Text('活动'),
      code: TextOrNull('代码'),
      count: Count('次数'),
      cases: Count('件数'),
    },
    '活动',
  ),
  edges: Rows(
    { ...EdgeEnds, count: Count('次数'), cases: Count('件数'), ...times },
    '连线，次数多的在前；时间为前一活动结束到后一活动结束',
  ),
  edges_total: Count('连线总数，未送出的也算'),
  start: Ends('开始的活动'),
  end: Ends('结束的活动'),
  duration: TimesSchema('案件历时'),
  sent_back_cases: Count('退回过的案件'),
  running_cases: Count('在办案件'),
  shown: Type.Object(
    {
      activities: Texts('显示的活动'),
      edges: Rows(EdgeEnds, '显示的连线'),
      hidden_activities: Count('未显示的活动'),
      hidden_edges: Count('未显示的连线'),
      activity_coverage: Share('显示的活动占全部执行'),
      edge_coverage: Share('显示的连线占全部流转'),
      text: Text('显示了什么，没有显示什么'),
    },
    { title: '默认或按所要程度显示的部分' },
  ),
});

export const VariantsAnswer = Type.Object({
  ...pageSchema(
    Type.Object({
      key: Text('变体键，各日志、各版本相同'),
      activities: Texts('活动，按先后'),
      cases: Count('件数'),
      share: Share('占比'),
      cumulative_share: Share('此变体与更多见的变体合计占比'),
      ...times,
    }),
  ).properties,
  cases: Count('全部变体的件数'),
});

export const CasesAnswer = pageSchema(
  Type.Object({
    case_id: Text('案件号'),
    matter: TextOrNull('事项'),
    matter_title: TextOrNull('事项名称'),
    agency: TextOrNull('经办机构'),
    channel: TextOrNull('渠道'),
    person_name: TextOrNull('当事人（遮盖）'),
    opened_at: TextOrNull('受理时间'),
    first_at: Text('第一个事件的时间'),
    last_at: Text('最后一个事件的时间'),
    closed_at: TextOrNull('办结时间'),
    result: TextOrNull('办理结果代码'),
    duration_s: Seconds('历时'),
    events: Count('事件数'),
    variant: Text('变体键'),
    current_activity: Text('现在到哪个活动'),
  }),
);

export const CaseAnswer = Type.Object({
  case_id: Text('案件号'),
  steps: Rows(
    {
      activity: Text('活动'),
      done_at: Text('完成时间'),
      start_at: TextOrNull('开始时间'),
      resource: TextOrNull('经办人'),
      unit: TextOrNull('部门'),
      channel: TextOrNull('渠道'),
      action: TextOrNull('动作'),
      sent_back: Type.Boolean({ title: '退回' }),
      since_s: Seconds('距上一步；第一步没有'),
    },
    '经过，按先后',
  ),
});

export const LateAnswer = Type.Object({
  as_of: Text('到哪天'),
  ...pageSchema(
    Type.Object({
      case_id: Text('案件号'),
      matter: Text('事项'),
      matter_title: TextOrNull('事项名称'),
      agency: TextOrNull('经办机构'),
      channel: TextOrNull('渠道'),
      person_name: TextOrNull('当事人（遮盖）'),
      opened_on: Text('受理日'),
      current_activity: Text('现在到哪个活动'),
      since: Text('最后一个事件的时间'),
      state: Type.Enum(['overdue', 'near', 'on_time', 'no_limit', 'unknown'], {
        title:
          '状态：overdue 已超期，near 将到期，on_time 期限内，no_limit 无时限，unknown 缺当年日历',
      }),
      limit_days: WholeOrNull('时限（天）'),
      limit_unit: DayUnitSchema,
      limit_source: TextOrNull('时限依据；空为办件时的承诺'),
      used_days: WholeOrNull('已用（天）'),
      paused_days: Type.Integer({ title: '待申请人补正而不计的天数' }),
      remaining_days: WholeOrNull('剩余（天），超期为负'),
      due_on: TextOrNull('到期日'),
      forecast_cases: WholeOrNull('预测所据的已办结件数；空为太少'),
      breach_probability: ShareOrNull('超期的可能'),
      rest_days_median: orNull(Type.Number(), '还需天数，中位'),
      rest_days_p90: orNull(Type.Number(), '还需天数，九成在此以内'),
    }),
  ).properties,
  counts: Type.Object(
    {
      overdue: Count('已超期'),
      near: Count('将到期'),
      on_time: Count('期限内'),
      no_limit: Count('无时限'),
      unknown: Count('时限未知'),
    },
    { title: '各状态的在办件数，不论页' },
  ),
});

export const RemindersAnswer = Type.Object({
  as_of: Text('数据截止日'),
  overdue: Count('已超期'),
  near: Count('将到期：至多还剩两天'),
  due_today: Count('将到期的里面今天到期的'),
  due_week: Count('将到期的里面七天内到期的'),
});
