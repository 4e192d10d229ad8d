import { Type } from '@fastify/type-provider-typebox';
import {
  askWriteOff,
  bookOffset,
  bookReceipt,
  decideAgreement,
  decideWriteOff,
  listRecoveries,
  openRecovery,
  proposeAgreement,
  voidEntry,
} from '../../../alerts/index.ts';
import { defineRoute } from '../route.ts';
import {
  Agencies,
  body,
  callerOf,
  Day,
  Fen,
  IdText,
  Paging,
  RecoveryParams,
  Text,
} from './alerts-shapes.ts';
import {
  AgreementDoneSchema,
  EntryDoneSchema,
  RecoveryPageSchema,
  RecoverySchema,
} from './recovery-answers.ts';

const Entry = body(
  {
    amount_fen: Fen('金额'),
    booked_on: Day('日期'),
    document: Text('凭证或文书号', 100),
    voucher: Type.Optional(Text('财务凭证号', 60)),
    remark: Type.Optional(Text('说明')),
  },
  '登记',
);

const ENTRIES = [
  ['receipt', '登记到账', bookReceipt],
  ['offset', '登记抵扣', bookOffset],
  ['write-off', '申请核销', askWriteOff],
] as const;

/** The recovery ledger (追回台账). */
export const recoveryRoutes = [
  defineRoute({
    ...{ method: 'POST', url: '/api/recovery/search', title: '追回台账' },
    ...{ permission: 'recovery.read', scope: 'county' },
    schema: {
      body: body({
        state: Type.Optional(
          Type.Enum(['open', 'settled', 'overdue', 'waiting'], { title: '状态' }),
        ),
        agencies: Type.Optional(Agencies),
        person_id: Type.Optional(Text('个人编号', 40)),
        case_id: Type.Optional(IdText('疑点单编号')),
        ...Paging,
      }),
      response: RecoveryPageSchema,
    },
    handler: ({ world, body: asked, ...call }) =>
      listRecoveries(world.modules.alerts, callerOf(call).principal, asked),
  }),
  defineRoute({
    ...{ method: 'GET', url: '/api/recovery/:recovery_id', title: '一笔追回账' },
    ...{ permission: 'recovery.read', scope: 'county' },
    schema: { params: RecoveryParams, response: RecoverySchema },
    handler: ({ world, params, ...call }) =>
      openRecovery(world.modules.alerts, callerOf(call), params.recovery_id),
  }),
  ...ENTRIES.map(([verb, title, book]) =>
    defineRoute({
      ...{ method: 'POST', url: `/api/recovery/:recovery_id/${verb}`, title },
      ...{ permission: 'recovery.write', scope: 'county' },
      schema: { params: RecoveryParams, body: Entry, response: EntryDoneSchema },
      handler: ({ world, params, body: given, ...call }) =>
        book(world.modules.alerts, callerOf(call), { ...params, ...given }),
    }),
  ),
  defineRoute({
    ...{ method: 'POST', url: '/api/recovery/:recovery_id/agreement', title: '登记还款协议' },
    ...{ permission: 'recovery.write', scope: 'county' },
    schema: {
      params: RecoveryParams,
      body: body({
        signed_on: Day('签订日期'),
        document: Text('协议编号', 100),
        instalments: Type.Array(body({ due_on: Day('到期日'), amount_fen: Fen('金额') }, '一期'), {
          ...{ minItems: 1, maxItems: 120, title: '分期' },
        }),
      }),
      response: AgreementDoneSchema,
    },
    handler: ({ world, params, body: given, ...call }) =>
      proposeAgreement(world.modules.alerts, callerOf(call), { ...params, ...given }),
  }),
  defineRoute({
    ...{
      method: 'POST',
      url: '/api/recovery/:recovery_id/agreement/decide',
      title: '审批还款协议',
    },
    ...{ permission: 'recovery.approve', scope: 'county' },
    schema: {
      params: RecoveryParams,
      body: body({
        agreement_id: IdText('协议编号'),
        decision: Type.Enum(['approve', 'refuse', 'end'], { title: '决定' }),
        remark: Text('意见'),
      }),
      response: AgreementDoneSchema,
    },
    handler: ({ world, params, body: given, ...call }) =>
      decideAgreement(world.modules.alerts, callerOf(call), { ...params, ...given }),
  }),
  defineRoute({
    ...{ method: 'POST', url: '/api/recovery/:recovery_id/write-off/decide', title: '审批核销' },
    ...{ permission: 'recovery.approve', scope: 'county' },
    schema: {
      params: RecoveryParams,
      body: body({
        ...{
          entry_id: IdText('登记编号'),
          agree: Type.Boolean({ title: '同意' }),
          remark: Text('意见'),
        },
      }),
      response: EntryDoneSchema,
    },
    handler: ({ world, params, body: given, ...call }) =>
      decideWriteOff(world.modules.alerts, callerOf(call), { ...params, ...given }),
  }),
  defineRoute({
    ...{ method: 'POST', url: '/api/recovery/:recovery_id/void', title: '作废登记' },
    ...{ permission: 'recovery.approve', scope: 'county' },
    schema: {
      params: RecoveryParams,
      body: body({ entry_id: IdText('登记编号'), remark: Text('理由') }),
      response: EntryDoneSchema,
    },
    handler: ({ world, params, body: given, ...call }) =>
      voidEntry(world.modules.alerts, callerOf(call), { ...params, ...given }),
  }),
];
