import { Type } from '@fastify/type-provider-typebox';
import { Count, orNull, Text, TextOrNull, Texts, WholeOrNull } from '../fields.ts';

/** Shapes of the death registry's answers (S13–S15). */

export const Closed = { additionalProperties: false } as const;
const Actions = Texts('可以进行的操作');
export const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', title: '日期' });
export const Reason = (title: string) => Type.String({ minLength: 1, maxLength: 2_000, title });

const Amount = Type.Object({ amount_fen: Type.Integer({ title: '金额（分）' }) });
const SignSchema = Type.Object({
  kind: Text('种类'),
  title: Text('生存迹象'),
  strength: Text('强弱：strong、medium、weak'),
  seen_on: Text('日期'),
});

const death = {
  record: Text('记录键'),
  person_id: TextOrNull('个人编号'),
  agency: Text('经办机构'),
  name: TextOrNull('姓名（遮盖）'),
  id_no: TextOrNull('公民身份号码（遮盖）'),
  grade: Text('匹配级别：1 证件与姓名，2 仅证件，3 姓名与出生，0 未匹配'),
  match_reason: Text('匹配说明'),
  standing: Text('报告状态：reported 在报，withdrawn 已撤回，not_death 非死亡注销'),
  verdict: TextOrNull('认定：0 待核，1 确认死亡，2 确认健在，3 矛盾'),
  died_on: TextOrNull('死亡日期'),
  sources: Texts('在报的来源'),
  conflicts: Type.Array(Type.Object({ kind: Text('矛盾种类'), title: Text('说明') })),
  overpaid_fen: Count('死亡后发放（分）'),
  last_received_at: Text('最近收到'),
};
export const DeathSchema = Type.Object(death);

const ReportSchema = Type.Object({
  source: Text('来源'),
  source_title: Text('来源名称'),
  event_id: Text('事件号'),
  kind: Text('report、correction、revocation'),
  refers_to: TextOrNull('更正或撤回的事件'),
  state: Text('live 现行，superseded 已被更正、撤回或取代'),
  death_date: TextOrNull('死亡日期'),
  precision: Text('日期精度'),
  cremated_on: TextOrNull('火化日期'),
  hukou_cancel_on: TextOrNull('户籍注销日期'),
  hukou_cancel_reason: TextOrNull('户籍注销原因'),
  not_counted: TextOrNull('不算死亡的原因'),
  name: TextOrNull('姓名（遮盖）'),
  id_no: TextOrNull('公民身份号码（遮盖）'),
  has_certificate: Type.Boolean({ title: '有证明编号' }),
  occurred_at: Text('来源陈述时间'),
  received_at: Text('收到时间'),
  channel: Text('渠道'),
});

const OverpaidSchema = Type.Object({
  items: Type.Array(
    Type.Intersect([
      Type.Object({
        insurance: Text('险种'),
        item: Text('待遇项目'),
        months: Count('月数'),
        from_month: Text('起'),
        to_month: Text('止'),
        by_month: Type.Record(Type.String(), Type.Integer(), { title: '逐月金额（分）' }),
      }),
      Amount,
    ]),
    { title: '按险种、项目' },
  ),
  grants: Type.Array(
    Type.Object({
      insurance: Text('险种'),
      item: Text('项目'),
      kind: Text('种类'),
      paid_on: Text('支付日'),
      amount_fen: Type.Integer(),
    }),
    { title: '已付丧葬抚恤（可抵扣）' },
  ),
  by_source: Type.Array(
    Type.Object({ source: Text('来源'), died_on: Text('死亡日'), amount_fen: Type.Integer() }),
    { title: '若只按某一来源，死亡后发放多少' },
  ),
  in_progress: Type.Boolean({ title: '停发等业务在途' }),
});

export const DeathRecordSchema = Type.Object({
  ...death,
  earliest_on: TextOrNull('最早死亡日'),
  latest_on: TextOrNull('最晚死亡日'),
  signs: Type.Array(SignSchema),
  overpaid: OverpaidSchema,
  reports: Type.Array(ReportSchema, { title: '各来源的报告，并排' }),
  decisions: Type.Array(
    Type.Object({
      verdict: Text('裁决'),
      died_on: TextOrNull('死亡日期'),
      decided_at: Text('时间'),
      opinion_by: Text('提出人'),
      confirmed_by: Text('确认人'),
    }),
  ),
  open_case: TextOrNull('未结冲突案件'),
  allowed_actions: Actions,
});

const custody = {
  record: Text('记录键'),
  person_id: TextOrNull('个人编号'),
  agency: Text('经办机构'),
  name: TextOrNull('姓名（遮盖）'),
  id_no: TextOrNull('公民身份号码（遮盖）'),
  grade: Text('匹配级别：1 证件与姓名，2 仅证件，0 未匹配'),
  match_reason: Text('匹配说明'),
  state: Text('held 在押，ended 已期满，other 只有社区矫正等不停发的，withdrawn 已撤回'),
  terms: Type.Array(
    Type.Object({
      source: Text('来源部门'),
      kind: Text('类别（CL_CUSTODY）'),
      start_on: Text('开始日期'),
      end_on: TextOrNull('结束日期，未释放的没有'),
    }),
    { title: '现行的各段' },
  ),
  sources: Texts('在报的来源部门'),
  paid: orNull(
    Type.Object({ from_month: Text('起'), to_month: Text('止'), months: Count('月数') }),
    '期间仍有养老待遇发放',
  ),
  paid_fen: Count('期间发放（分）'),
  last_received_at: Text('最近收到'),
};
export const CustodySchema = Type.Object(custody);
export const CustodyRecordSchema = Type.Object({
  ...custody,
  reports: Type.Array(
    Type.Object({
      source: Text('来源部门'),
      source_title: Text('来源部门名称'),
      event_id: Text('事件号'),
      kind: Text('report、correction、revocation'),
      refers_to: TextOrNull('更正或撤回的事件'),
      state: Text('live 现行，superseded 已被更正或撤回'),
      custody_kind: Text('类别'),
      custody_title: Text('类别名称'),
      counts: Type.Boolean({ title: '期间的养老待遇是否不应发放' }),
      start_on: Text('开始日期'),
      end_on: TextOrNull('结束日期'),
      name: TextOrNull('姓名（遮盖）'),
      id_no: TextOrNull('公民身份号码（遮盖）'),
      has_document: Type.Boolean({ title: '有法律文书号' }),
      occurred_at: Text('来源陈述时间'),
      received_at: Text('收到时间'),
      channel: Text('渠道'),
    }),
    { title: '各来源的报告' },
  ),
  allowed_actions: Actions,
});

export const DepartmentSchema = Type.Object({
  department: Text('部门接口'),
  title: Text('名称'),
  subject: Text('内容：death 死亡，custody 服刑羁押'),
  source: Text('来源代码'),
});
export const InquirySchema = Type.Object({
  inquiry_no: Text('查询号'),
  department: Text('部门接口'),
  title: Text('部门接口名称'),
  about: TextOrNull('问什么：death 死亡信息，custody 服刑羁押信息'),
  record: Text('记录键'),
  person_id: TextOrNull('个人编号'),
  name: TextOrNull('姓名（遮盖）'),
  id_no: TextOrNull('公民身份号码（遮盖）'),
  agency: Text('经办机构'),
  asked_by: Text('查询人'),
  asked_at: Text('查询时间'),
  purpose: Text('事由'),
  outcome: Text(
    '结果：found 有记录，none 对方没有记录，unusable 答复不能采用，failed 没有得到答复，asked 中断',
  ),
  reason: TextOrNull('原因'),
  reports: Count('收作证据的报告'),
  fresh: Count('其中以前没有的'),
  evidence: Texts('这些报告，来源/事件号'),
  answered_at: TextOrNull('答复时间'),
});

export const RequestSchema = Type.Object({
  request_no: Text('申请号'),
  kind: Text('register 登记，void 作废'),
  agency: Text('经办机构'),
  record: Text('记录键'),
  name: TextOrNull('姓名（遮盖）'),
  id_no: TextOrNull('公民身份号码（遮盖）'),
  source: TextOrNull('来源'),
  death_date: TextOrNull('死亡日期'),
  evidence: Text('依据'),
  state: Text('asked 待确认，confirmed 已确认，refused 已退回'),
  asked_by: Text('提出人'),
  asked_at: Text('提出时间'),
  decided_by: TextOrNull('办理人'),
  opinion: TextOrNull('意见'),
  allowed_actions: Actions,
});

export const RunSchema = Type.Object({
  run_id: Text('运行号'),
  trigger: Text('起因：event、publication、schedule、manual'),
  state: Text('状态'),
  actor: Text('发起人'),
  started_at: Text('开始'),
  finished_at: TextOrNull('结束'),
  sources: Texts('来源'),
  edition: WholeOrNull('数据版本'),
  as_of: TextOrNull('数据截止日'),
  population: WholeOrNull('比对人口'),
  compared: WholeOrNull('比对人数'),
  matched: WholeOrNull('匹配人数'),
  conflicts: WholeOrNull('矛盾'),
  overpaid_persons: WholeOrNull('死亡后仍有发放的人数'),
  overpaid_fen: WholeOrNull('死亡后发放（分）'),
  new_suspicions: WholeOrNull('新疑点'),
  duration_ms: WholeOrNull('用时（毫秒）'),
  failure: TextOrNull('失败原因'),
});

export const TargetSchema = Type.Object({
  year: Text('年度'),
  target: Count('目标次数'),
  done: Count('已完成次数（随事件的不计）'),
  of_events: Count('随事件的比对次数'),
});

export const StatusSchema = Type.Object({
  persons: Count('人数'),
  by_verdict: Type.Object({
    '0': Count('待核'),
    '1': Count('确认死亡'),
    '2': Count('确认健在'),
    '3': Count('矛盾'),
  }),
  withdrawn: Count('已撤回、非死亡'),
  not_matched: Count('未匹配到本市人员'),
  overpaid_persons: Count('死亡后仍有发放的人数'),
  overpaid_fen: Count('死亡后发放（分）'),
  open_cases: Count('未结冲突'),
  waiting_requests: Count('待确认的登记、作废'),
  by_source: Type.Array(
    Type.Object({ source: Text('来源'), title: Text('名称'), persons: Count('人数') }),
  ),
  target: TargetSchema,
});

const conflict = {
  case_no: Text('案件号'),
  person_id: Text('个人编号'),
  agency: Text('经办机构'),
  name: TextOrNull('姓名（遮盖）'),
  id_no: TextOrNull('公民身份号码（遮盖）'),
  kinds: Type.Array(Type.Object({ kind: Text('种类'), title: Text('说明') })),
  state: Text('open 待提意见，opinion 待确认，decided 已裁决，lapsed 矛盾已消失'),
  opened_at: Text('立案时间'),
  closed_at: TextOrNull('结案时间'),
  facts: Type.Unknown({ title: '各方证据，并排' }),
  opinion: orNull(
    Type.Object({
      verdict: Text('1 死亡，2 健在'),
      died_on: TextOrNull('死亡日期'),
      text: Text('理由'),
      by: Text('提出人'),
      at: Text('时间'),
    }),
    '意见',
  ),
  confirmed_by: TextOrNull('确认人'),
  confirmed_text: TextOrNull('确认意见'),
  effect: Type.Object({ if_dead: Text('裁决死亡的后果'), if_alive: Text('裁决健在的后果') }),
  allowed_actions: Actions,
  not_allowed: Type.Record(Type.String(), Type.String(), { title: '不能做的操作及原因' }),
};
export const CaseSchema = Type.Object(conflict);
export const CaseDetailSchema = Type.Object({
  ...conflict,
  steps: Type.Array(
    Type.Object({ at: Text('时间'), actor: Text('人'), action: Text('步骤'), text: Text('说明') }),
  ),
});

export const LetterSchema = Type.Object({
  title: Text('标题'),
  to: Text('主送'),
  body: Text('正文'),
});

const MappingSchema = Type.Record(Type.String(), Type.String(), { title: '字段 → 列' });
export const PreviewSchema = Type.Object({
  headers: Texts('表头'),
  rows: Count('行数'),
  remembered: orNull(MappingSchema, '已确认过的对应'),
  proposed: MappingSchema,
  problem: TextOrNull('还缺什么'),
});
export const ImportSchema = Type.Object({
  file_no: Text('导入号'),
  source: Text('来源'),
  rows: Count('行数'),
  accepted: Count('收下'),
  duplicate: Count('早已有'),
  conflict: Count('与此前内容不同'),
  bad: Type.Array(Type.Object({ line: Count('行号'), reason: Text('原因') })),
  mapping: MappingSchema,
  findings: Count('疑点'),
});
