import { Type } from '@fastify/type-provider-typebox';
import { orNull, Text, TextOrNull, Texts, Whole, WholeOrNull } from './fields.ts';

const Value = Type.Unknown({ title: '取值' });

export const RuleId = Type.String({ pattern: '^[A-Z]{3}-[0-9]{3}$', title: '规则编号' });
export const RuleParams = Type.Object({ rule_id: RuleId });

export const RuleResultSchema = Type.Object({
  run_id: Text('运行号'),
  ran_at: Text('运行时间'),
  rule: Text('规则编号'),
  version: Whole('规则版本'),
  state: Type.Enum(['ran', 'not_run'], { title: '已运行、未运行' }),
  reason: TextOrNull('未运行的原因'),
  hits: Whole('疑点数'),
  amount_fen: Whole('涉及金额（分）'),
  duration_ms: Whole('用时（毫秒）'),
});

const FeedbackSchema = Type.Object({
  open: Whole('未结论的预警'),
  concluded: Whole('已有结论的预警'),
  unfounded: Whole('结论为不属实、合规的'),
  false_positive_share: orNull(Type.Number(), '误报率'),
});

const LINE = {
  id: Text('编号'),
  title: Text('名称'),
  kind: Text('risk 风险，quality 数据质量'),
  status: Text('状态'),
  version: Whole('版本'),
  severity: Type.Enum(['high', 'medium', 'low'], { title: '等级' }),
  insurance: Texts('险种'),
  owner: Text('责任科室'),
  topic: Text('主题'),
  basis: Texts('依据'),
  missing: TextOrNull('缺少的数据'),
  broken: TextOrNull('规则文件的错误'),
  last_result: orNull(RuleResultSchema, '最近一次运行'),
  feedback: orNull(FeedbackSchema, '处置反馈'),
};

/** A line of the catalogue (规则目录). */
export const RuleLineSchema = Type.Object(LINE);

export const RuleChangeSchema = Type.Object({
  change_no: Whole('变更号'),
  rule_id: Text('规则编号'),
  version: Whole('规则版本'),
  what: Text('status 状态，params 参数'),
  before: Type.Unknown({ title: '变更前' }),
  after: Type.Unknown({ title: '变更后' }),
  agency: TextOrNull('经办机构'),
  reason: Text('原因'),
  asked_by: Text('申请人'),
  asked_at: Text('申请时间'),
  state: Text('asked 待批，approved 已批准，refused 未批准'),
  decided_by: TextOrNull('批准人'),
  decided_at: TextOrNull('批准时间'),
  opinion: TextOrNull('意见'),
  allowed_actions: Texts('可以进行的操作'),
});

/** Everything an official reads about a rule (规则详情). */
export const RuleDetailSchema = Type.Object({
  ...LINE,
  why: Text('为什么查'),
  action: Text('怎样处置'),
  false_positives: Texts('可能的误报'),
  reads: Texts('读取的数据'),
  key: Texts('一条疑点对应'),
  params: Type.Array(
    Type.Object({
      name: Text('参数'),
      value: Value,
      unit: Text('单位'),
      min: Value,
      max: Value,
      why: Text('含义'),
      agencies: Type.Record(Type.String(), Value, { title: '分县区取值' }),
    }),
  ),
  read_titles: Texts('读取的数据'),
  cases: Texts('用例'),
  sql: Text('SQL'),
  results: Type.Array(RuleResultSchema, { title: '历次运行' }),
  changes: Type.Array(RuleChangeSchema, { title: '变更' }),
  allowed_actions: Texts('可以进行的操作'),
});

export const RunLineSchema = Type.Object({
  run_id: Text('运行号'),
  kind: Text('种类'),
  state: Text('状态'),
  actor: Text('发起人'),
  started_at: Text('开始时间'),
  finished_at: TextOrNull('结束时间'),
  as_of: Text('数据截止日'),
  totals: Type.Unknown({ title: '合计（全市）' }),
});

export const RunDetailSchema = Type.Object({
  ...RunLineSchema.properties,
  edition: Whole('版次'),
  covered: Type.Record(Type.String(), Type.String(), { title: '各表判断到的月份' }),
  rules: Type.Array(RuleResultSchema, { title: '各条规则' }),
});

export const FindingRowSchema = Type.Object({
  run_id: Text('运行号'),
  rule: Text('规则编号'),
  no: Whole('序号'),
  title: Text('规则'),
  status: Text('规则状态'),
  level: Text('等级'),
  person_id: TextOrNull('个人编号'),
  unit_id: TextOrNull('单位编号'),
  agency: TextOrNull('经办机构'),
  match_grade: Text('匹配等级'),
  amount_fen: WholeOrNull('涉及金额（分）'),
  key: Type.Record(Type.String(), Type.String(), { title: '对应' }),
  evidence: Type.Unknown({ title: '证据' }),
});

export const WhitelistSchema = Type.Object({
  whitelist_no: Whole('编号'),
  person_id: Text('个人编号'),
  rule_id: Text('规则，* 为全部'),
  doc_no: Text('批准文号'),
  reason: Text('原因'),
  valid_from: Text('起'),
  valid_to: Text('止'),
  added_by: Text('登记人'),
  added_at: Text('登记时间'),
});

export const QualitySchema = Type.Object({
  run_id: Text('运行号'),
  as_of: Text('数据截止日'),
  table: Text('表'),
  title: Text('表名'),
  column: TextOrNull('列'),
  agency: Text('经办机构'),
  period: Text('月份'),
  rows: Whole('行数'),
  faulty: Whole('有问题的行数'),
  score: Type.Number({ title: '得分（0–100）' }),
});
