import { Type } from '@fastify/type-provider-typebox';
import { orNull, Text, TextOrNull, Texts, Whole, WholeOrNull } from '../fields.ts';
import {
  ConclusionOrNull,
  FenOf,
  FenOrNull,
  Flag,
  MatchGradeSchema,
  ShareOrNull,
  StateSchema,
} from './alerts-answer-fields.ts';
import { FilterSchema, LevelSchema, SortSchema } from './alerts-shapes.ts';

/** Shapes of the answers about cases, besides the one case opened (预警处置). */

export const line = {
  case_id: Text('疑点单编号'),
  version: Whole('版本'),
  agency: Text('经办机构'),
  title: Text('疑点'),
  topic: Text('事项'),
  rules: Texts('命中的规则'),
  level: LevelSchema,
  match_grade: MatchGradeSchema,
  state: StateSchema,
  state_title: Text('状态名称'),
  tier: Type.Enum(['county', 'city'], { title: '层级' }),
  owner: Text('责任科室'),
  person_id: TextOrNull('个人编号'),
  person_name: TextOrNull('姓名（遮盖）'),
  unit_id: TextOrNull('单位编号'),
  amount_fen: FenOrNull('涉险金额'),
  conclusion: ConclusionOrNull,
  assignee_name: TextOrNull('承办人'),
  mine: Flag('由本人承办'),
  opened_on: Text('生成日'),
  due_on: TextOrNull('到期日'),
  days_left: WholeOrNull('剩余工作日，超期为负'),
  vanished: Flag('事实已消失'),
  changed: Flag('命中后数据已更新'),
  occurrence: Whole('第几次出现'),
  trial: Flag('规则试运行'),
  snoozed_until: TextOrNull('暂缓到'),
};
export const CaseLineSchema = Type.Object(line, { title: '疑点' });

const Counted = Type.Object(
  {
    value: Text('值'),
    title: TextOrNull('规则名称，按其他方式统计的没有'),
    cases: Whole('疑点单'),
    open: Whole('在办'),
    overdue: Whole('超期'),
    confirmed_share: ShareOrNull('属实率（0 至 1），尚无复核的没有'),
    at_risk_fen: FenOf('涉险金额'),
    confirmed_fen: FenOf('核实金额'),
    recovered_fen: FenOf('已追回'),
  },
  { title: '统计' },
);
export const OverviewSchema = Type.Object(
  {
    as_of: TextOrNull('数据截至日'),
    total: Counted,
    by_rule_group: Type.Array(Counted, { title: '按规则组' }),
    by_rule: Type.Array(Counted, { title: '按规则，最多 20 条' }),
    by_level: Type.Array(Counted, { title: '按等级' }),
    by_agency: Type.Array(Counted, { title: '按经办机构' }),
    by_state: Type.Array(Counted, { title: '按状态' }),
    by_age: Type.Array(Counted, { title: '按生成后的时间' }),
  },
  { title: '总览' },
);

export const EffectSchema = Type.Object(
  {
    rule: Text('规则'),
    title: Text('规则名称'),
    agency: Text('经办机构'),
    hits: Whole('命中的疑点单'),
    reviewed: Whole('已复核'),
    confirmed: Whole('属实'),
    confirmed_share: ShareOrNull('属实率（0 至 1），尚无复核的没有'),
    at_risk_fen: FenOf('涉险金额'),
    confirmed_fen: FenOf('核实金额'),
    recovered_fen: FenOf('已追回'),
    days_to_close: orNull(Type.Number(), '平均办结天数'),
    overdue: Whole('超期'),
    recurred: Whole('复发'),
    false_reasons: Type.Array(Type.Object({ code: Text('原因'), count: Whole('次数') }), {
      title: '误报原因，多的在前',
    }),
  },
  { title: '规则效果' },
);

const source = Text('依据');
const Choice = Type.Object(
  { code: Text('代码'), title: Text('名称'), source: Type.Optional(source) },
  { title: '选项' },
);
const DisposalChoice = Type.Object(
  {
    code: Text('代码'),
    title: Text('名称'),
    proof: Type.Enum(
      ['entitlement_held', 'entitlement_ended', 'facts_gone', 'recovery', 'document'],
      {
        title: '靠什么证明已办',
      },
    ),
    recovers: Flag('是否追回款项'),
    order: Text('任务单文字'),
    source,
  },
  { title: '处置方式' },
);
export const ChoicesSchema = Type.Object(
  {
    conclusions: Type.Array(Choice, { title: '核查结论' }),
    natures: Type.Array(Choice, { title: '定性' }),
    false_reasons: Type.Array(Choice, { title: '误报原因' }),
    disposals: Type.Array(DisposalChoice, { title: '处置方式' }),
    limits: Type.Object(
      {
        assign: Whole('派发'),
        verify: Type.Object(
          { high: Whole('高'), medium: Whole('中'), low: Whole('低') },
          { title: '核查，按等级' },
        ),
        review: Whole('复核'),
        dispose: Whole('处置'),
        close: Whole('销号'),
        source,
      },
      { title: '时限（工作日）' },
    ),
    snooze: Type.Object({ max_days: Whole('最长天数'), source }, { title: '暂缓' }),
    evidence: Type.Object({ max_bytes: Whole('最大字节数'), source }, { title: '附件' }),
  },
  { title: '选项' },
);

export const AssignableSchema = Type.Object({
  account: Text('账号'),
  login: Text('登录名'),
  name: Text('姓名'),
  department: TextOrNull('科室'),
});

export const SavedViewSchema = Type.Object(
  {
    view_id: Text('视图编号'),
    name: Text('视图名称'),
    filter: Type.Object(
      { filter: Type.Optional(FilterSchema), sort: Type.Optional(SortSchema) },
      { title: '视图' },
    ),
  },
  { title: '视图' },
);
export const RemovedSchema = Type.Object({ removed: Flag('已删除') }, { title: '结果' });

/** The case after somebody has acted on it. */
export const MovedCaseSchema = Type.Object(
  { case_id: Text('疑点单编号'), state: StateSchema, version: Whole('版本') },
  { title: '办理结果' },
);
export const AssignedSchema = Type.Object(
  { assigned: Texts('已派发的疑点单'), skipped: Texts('没有派发的疑点单') },
  { title: '派发结果' },
);
export const AskedSnoozeSchema = Type.Object({ snooze_id: Text('申请编号') }, { title: '申请' });
export const DecidedSnoozeSchema = Type.Object(
  { snooze_id: Text('申请编号'), cases: Whole('暂缓的疑点单') },
  { title: '结果' },
);
export const DeclaredSchema = Type.Object(
  { declared: Type.Literal(true, { title: '已申报' }) },
  { title: '结果' },
);
export const NoteSchema = Type.Object({ evidence_id: Text('附件编号') }, { title: '记录' });
export const StoredFileSchema = Type.Object(
  {
    evidence_id: Text('附件编号'),
    name: Text('文件名'),
    media_type: Text('类型'),
    bytes: Whole('字节数'),
    sm3: Text('SM3'),
  },
  { title: '附件' },
);

export const WorkbenchSchema = Type.Object(
  {
    today: Text('今天'),
    as_of: TextOrNull('数据截至日'),
    todo: Type.Array(
      Type.Object({
        kind: Text('种类'),
        title: Text('名称'),
        filter: FilterSchema,
        count: Whole('件数'),
        overdue: Whole('超期'),
        today: Whole('今天到期'),
        week: Whole('7 天内到期'),
      }),
      { title: '待办' },
    ),
    my_month: Type.Object(
      { concluded: Whole('提交结论'), reviewed: Whole('复核'), closed: Whole('销号') },
      { title: '本人本月办理' },
    ),
  },
  { title: '待办' },
);
