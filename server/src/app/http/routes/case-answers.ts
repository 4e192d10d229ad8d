import { Type } from '@fastify/type-provider-typebox';
import { orNull, Text, TextOrNull, Texts, Whole, WholeOrNull } from '../fields.ts';
import {
  ActionSchema,
  balance,
  ConclusionOrNull,
  FenOf,
  FenOrNull,
  Flag,
  MatchGradeSchema,
  StateOrNull,
  StateSchema,
} from './alerts-answer-fields.ts';
import { line } from './alerts-answers.ts';
import { LevelSchema } from './alerts-shapes.ts';

/** Shape of one case opened (疑点详情), the longest answer about cases. */

const named = { field: Text('字段'), title: Text('字段名称') };
const AlertSchema = Type.Object(
  {
    alert_id: Text('命中编号'),
    rule: Text('规则'),
    rule_version: Whole('规则版本'),
    title: Text('规则名称'),
    basis: Texts('依据'),
    advice: Text('办理建议'),
    level: LevelSchema,
    match_grade: MatchGradeSchema,
    trial: Flag('规则试运行'),
    amount_fen: FenOrNull('涉险金额'),
    evidence: Type.Record(Type.String(), Type.Unknown(), { title: '证据，字段 → 值' }),
    values: Type.Array(Type.Object({ ...named, value: Type.Unknown({ title: '值' }) }), {
      title: '证据，带字段名称',
    }),
    run_id: Text('运行号'),
    as_of: Text('数据截至日'),
    fingerprint: Text('指纹'),
    version: Whole('版本'),
    vanished_on: TextOrNull('事实消失日'),
    changed_at: TextOrNull('数据更新时间'),
    changes: Type.Array(
      Type.Object({
        ...named,
        before: Type.Unknown({ title: '原值' }),
        after: Type.Unknown({ title: '现值' }),
      }),
      { title: '更新了什么' },
    ),
    provenance: Type.Array(
      Type.Object({ package_id: TextOrNull('包号'), table: Text('表'), line: Whole('行号') }),
      { title: '出处' },
    ),
  },
  { title: '命中' },
);

const conclusion = {
  conclusion_title: TextOrNull('结论名称'),
  conclusion_text: TextOrNull('结论意见'),
  nature: TextOrNull('定性'),
  false_reason: TextOrNull('误报原因'),
  confirmed_fen: FenOrNull('核实金额'),
  exempt_document: TextOrNull('批准文号'),
  exempt_until: TextOrNull('文件有效期'),
  concluded_name: TextOrNull('提交结论的人'),
  concluded_at: TextOrNull('提交时间'),
  reviewed_at: TextOrNull('复核时间'),
  closed_on: TextOrNull('销号日'),
  exception_document: TextOrNull('例外销号的文号'),
  exception_reason: TextOrNull('例外销号的理由'),
  look_back_until: TextOrNull('回头看到'),
};

const PersonSchema = Type.Object({
  person_id: Text('个人编号'),
  name: Text('姓名（遮盖）'),
  id_no: Text('公民身份号码（遮盖）'),
  sex: TextOrNull('性别'),
  birth_date: TextOrNull('出生日期'),
  life_status: TextOrNull('生存状态'),
  agency: TextOrNull('经办机构'),
});

const PaymentSchema = Type.Object({
  due_ym: Text('所属年月'),
  pay_ym: TextOrNull('发放年月'),
  insurance: Text('险种'),
  item: Text('待遇项目'),
  amount_fen: FenOf('金额'),
  pay_flag: Text('支付标志'),
  paid_on: TextOrNull('支付日'),
  account_no: Text('银行账号（遮盖）'),
});

const DisposalSchema = Type.Object({
  disposal_id: Text('处置编号'),
  kind: Text('处置方式'),
  title: Text('处置方式名称'),
  proof_kind: Text('靠什么证明已办'),
  occurrence: Whole('属于第几次出现'),
  reason: Text('理由'),
  state: Type.Enum(['proposed', 'approved', 'refused', 'proved'], { title: '状态' }),
  amount_fen: FenOrNull('应追金额'),
  order_text: TextOrNull('任务单，复核同意后才有'),
  proposed_name: Text('提出人'),
  proposed_at: Text('提出时间'),
  reviewed_at: TextOrNull('复核时间'),
  review_remark: TextOrNull('复核意见'),
  proved_on: TextOrNull('办成日'),
});

const EvidenceSchema = Type.Object({
  evidence_id: Text('附件编号'),
  kind: Type.Enum(['file', 'note'], { title: '种类：file 附件，note 核查记录' }),
  name: Text('名称'),
  media_type: TextOrNull('类型'),
  bytes: WholeOrNull('字节数'),
  sm3: TextOrNull('SM3'),
  remark: TextOrNull('核查记录'),
  added_name: Text('添加人'),
  added_at: Text('添加时间'),
});

const SnoozeSchema = Type.Object({
  snooze_id: Text('申请编号'),
  until: Text('暂缓到'),
  reason: Text('理由'),
  state: Type.Enum(['asked', 'approved', 'refused'], { title: '状态' }),
  asked_name: Text('申请人'),
  asked_on: Text('申请日'),
});

const OtherCaseSchema = Type.Object({
  case_id: Text('疑点单编号'),
  title: Text('疑点'),
  level: LevelSchema,
  state: StateSchema,
  conclusion: ConclusionOrNull,
  opened_on: Text('生成日'),
});

const StepSchema = Type.Object({
  step_no: Whole('步骤号'),
  action: Text('步骤'),
  from_state: StateOrNull('原状态'),
  to_state: StateSchema,
  actor_name: Text('办理人'),
  at: Text('时间'),
  remark: TextOrNull('意见'),
  data: Type.Unknown({ title: '这一步的数据' }),
});

export const CaseDetailSchema = Type.Object(
  {
    ...line,
    ...conclusion,
    person: orNull(PersonSchema, '当事人，数据库里已没有的为空'),
    alerts: Type.Array(AlertSchema, { title: '命中' }),
    event_on: TextOrNull('事由发生日'),
    payments: Type.Array(PaymentSchema, { title: '事由发生后的发放，最多 120 笔' }),
    disposals: Type.Array(DisposalSchema, { title: '处置' }),
    evidence: Type.Array(EvidenceSchema, { title: '附件和核查记录' }),
    recoveries: Type.Array(Type.Object({ recovery_id: Text('追回账编号'), ...balance }), {
      title: '追回账',
    }),
    snoozes: Type.Array(SnoozeSchema, { title: '暂缓申请' }),
    same_person: Type.Array(OtherCaseSchema, { title: '同一人的其他疑点' }),
    timeline: Type.Array(StepSchema, { title: '办理经过' }),
    closing_conditions: Type.Array(
      Type.Object({ code: Text('代码'), title: Text('条件'), met: Flag('已满足') }),
      { title: '销号条件' },
    ),
    stand_back: TextOrNull('须回避的原因'),
    allowed_actions: Type.Array(ActionSchema, { title: '可以进行的操作' }),
    refused_actions: Type.Array(
      Type.Object({ action: ActionSchema, title: Text('操作名称'), why: Text('原因') }),
      { title: '不能做的操作及原因' },
    ),
  },
  { title: '疑点详情' },
);
