import { Type } from '@fastify/type-provider-typebox';
import { Text, TextOrNull, Whole } from '../fields.ts';
import { pageSchema } from '../shapes.ts';
import { balance, FenOf } from './alerts-answer-fields.ts';

/** Shapes of the answers about the recovery ledger (追回台账). */

const recovery = {
  recovery_id: Text('追回账编号'),
  case_id: Text('疑点单编号'),
  agency: Text('经办机构'),
  person_id: TextOrNull('个人编号'),
  person_name: TextOrNull('姓名（遮盖）'),
  ...balance,
};
const overdue_fen = FenOf('到期未还');

const RecoveryLineSchema = Type.Object(
  {
    ...recovery,
    title: Text('疑点'),
    kind: Text('处置方式'),
    overdue_fen,
    next_due_on: TextOrNull('下一期到期日'),
    waiting: Whole('待审批的核销和协议'),
  },
  { title: '追回账' },
);
export const RecoveryPageSchema = Type.Object(
  {
    ...pageSchema(RecoveryLineSchema).properties,
    totals: Type.Object({ ...balance, overdue_fen }, { title: '合计' }),
  },
  { title: '追回台账' },
);

const EntrySchema = Type.Object(
  {
    entry_id: Text('登记编号'),
    kind: Type.Enum(['receipt', 'offset', 'write_off'], {
      title: '种类：receipt 到账，offset 抵扣，write_off 核销',
    }),
    amount_fen: FenOf('金额'),
    booked_on: Text('日期'),
    document: Text('凭证或文书号'),
    voucher: TextOrNull('财务凭证号'),
    remark: TextOrNull('说明'),
    state: Type.Enum(['proposed', 'booked', 'refused', 'voided'], { title: '状态' }),
    entered_name: Text('登记人'),
    entered_at: Text('登记时间'),
    decided_at: TextOrNull('审批时间'),
    decided_remark: TextOrNull('审批意见'),
    fund_txn: TextOrNull('基金流水号'),
  },
  { title: '登记' },
);

const AgreementSchema = Type.Object(
  {
    agreement_id: Text('协议编号'),
    state: Type.Enum(['proposed', 'approved', 'refused', 'ended'], { title: '状态' }),
    signed_on: Text('签订日期'),
    document: Text('协议文号'),
    amount_fen: FenOf('金额'),
    proposed_name: Text('登记人'),
    instalments: Type.Array(
      Type.Object({ no: Whole('期次'), due_on: Text('到期日'), amount_fen: FenOf('金额') }),
      { title: '分期' },
    ),
  },
  { title: '还款协议' },
);

export const RecoverySchema = Type.Object(
  {
    ...recovery,
    entries: Type.Array(EntrySchema, { title: '登记' }),
    agreements: Type.Array(AgreementSchema, { title: '还款协议' }),
    allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
  },
  { title: '追回账' },
);

export const EntryDoneSchema = Type.Object({ entry_id: Text('登记编号') }, { title: '登记结果' });
export const AgreementDoneSchema = Type.Object(
  { agreement_id: Text('协议编号') },
  { title: '登记结果' },
);
