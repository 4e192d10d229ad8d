import { type Static, type TObject, type TProperties, Type } from '@fastify/type-provider-typebox';
import {
  type AlertsWorld,
  askSnooze,
  assignCases,
  type Caller,
  type CaseTarget,
  claimCase,
  closeCase,
  concludeCase,
  decideDisposal,
  decideSnooze,
  declareRelative,
  escalateCase,
  extendCase,
  proposeDisposal,
  proveDisposal,
  reopenCase,
  reviewConclusion,
  sendBackCase,
  takeNext,
  transferCase,
} from '../../../alerts/index.ts';
import { defineRoute, type Route } from '../route.ts';
import {
  AskedSnoozeSchema,
  AssignedSchema,
  DecidedSnoozeSchema,
  DeclaredSchema,
  MovedCaseSchema,
} from './alerts-answers.ts';
import {
  AssigneeSchema,
  body,
  CaseIds,
  CaseParams,
  ConclusionSchema,
  callerOf,
  Day,
  DisposalSchema,
  Fen,
  IdText,
  LevelSchema,
  Text,
  Version,
} from './alerts-shapes.ts';

/** One action on one case: `version` is the case as the person saw it. */
function onCase<P extends TProperties>(
  verb: string,
  title: string,
  permission: string,
  properties: P,
  act: (
    world: AlertsWorld,
    caller: Caller,
    input: CaseTarget & Static<TObject<P>>,
  ) => Promise<Static<typeof MovedCaseSchema>>,
): Route {
  return defineRoute({
    ...{ method: 'POST', url: `/api/alerts/cases/:case_id/${verb}`, title, permission },
    scope: 'county',
    schema: {
      params: CaseParams,
      body: body({ version: Version, ...properties }, title),
      response: MovedCaseSchema,
    },
    handler: ({ world, params, body: given, ...call }) =>
      act(world.modules.alerts, callerOf(call), { ...(given as object), ...params } as CaseTarget &
        Static<TObject<P>>),
  });
}

const Remark = { remark: Text('意见') };

/** Everything somebody does with cases, one route a step of the state machine. */
export const alertActionRoutes: readonly Route[] = [
  onCase('claim', '领取疑点', 'alerts.verify', {}, claimCase),
  onCase(
    'transfer',
    '转办',
    'alerts.verify',
    {
      ...Remark,
      assignee: Type.Optional(AssigneeSchema),
      department: Type.Optional(Type.String({ minLength: 1, maxLength: 40, title: '科室' })),
    },
    transferCase,
  ),
  onCase(
    'extend',
    '延期',
    'alerts.assign',
    { ...Remark, days: Type.Integer({ title: '工作日' }) },
    extendCase,
  ),
  onCase('escalate', '上报市级', 'alerts.verify', Remark, escalateCase),
  onCase(
    'conclude',
    '提交核查结论',
    'alerts.verify',
    {
      ...Remark,
      conclusion: ConclusionSchema,
      nature: Type.Optional(Text('定性', 40)),
      false_reason: Type.Optional(Text('原因', 40)),
      confirmed_fen: Type.Optional(Fen('核实金额')),
      exempt_document: Type.Optional(Text('批准文号', 100)),
      exempt_until: Type.Optional(Day('有效期')),
      disposals: Type.Optional(Type.Array(DisposalSchema, { maxItems: 8, title: '处置' })),
    },
    concludeCase,
  ),
  onCase(
    'review',
    '复核结论',
    'alerts.review',
    { ...Remark, agree: Type.Boolean({ title: '同意' }) },
    reviewConclusion,
  ),
  onCase('dispose', '提出处置', 'alerts.dispose', DisposalSchema.properties, proposeDisposal),
  onCase(
    'disposals/decide',
    '复核处置',
    'alerts.review',
    { ...Remark, disposal_id: IdText('处置编号'), agree: Type.Boolean({ title: '同意' }) },
    decideDisposal,
  ),
  onCase(
    'disposals/prove',
    '登记处置文书',
    'alerts.dispose',
    { disposal_id: IdText('处置编号'), document: Text('文书文号', 100) },
    proveDisposal,
  ),
  onCase(
    'close',
    '销号',
    'alerts.close',
    {
      remark: Type.Optional(Text('说明')),
      exception: Type.Optional(
        body({ document: Text('文件文号', 100), reason: Text('理由') }, '例外销号'),
      ),
    },
    closeCase,
  ),
  onCase('reopen', '重新打开', 'alerts.close', Remark, reopenCase),
  onCase('send-back', '退回重新核查', 'alerts.review', Remark, sendBackCase),
  defineRoute({
    ...{ method: 'POST', url: '/api/alerts/assign', title: '批量派发' },
    ...{ permission: 'alerts.assign', scope: 'county' },
    schema: {
      body: body({
        case_ids: CaseIds,
        assignee: AssigneeSchema,
        remark: Type.Optional(Text('说明')),
      }),
      response: AssignedSchema,
    },
    handler: ({ world, body: given, ...call }) =>
      assignCases(world.modules.alerts, callerOf(call), given),
  }),
  defineRoute({
    ...{ method: 'POST', url: '/api/alerts/next', title: '取下一件' },
    ...{ permission: 'alerts.verify', scope: 'county' },
    schema: {
      body: body({
        level: Type.Optional(LevelSchema),
        rule_group: Type.Optional(Text('规则组', 10)),
        owner: Type.Optional(Text('责任科室', 40)),
      }),
      response: MovedCaseSchema,
    },
    handler: ({ world, body: given, ...call }) =>
      takeNext(world.modules.alerts, callerOf(call), given),
  }),
  defineRoute({
    ...{ method: 'POST', url: '/api/alerts/cases/:case_id/snooze', title: '申请暂缓' },
    ...{ permission: 'alerts.verify', scope: 'county' },
    schema: {
      params: CaseParams,
      body: body({ until: Day('暂缓到'), reason: Text('理由') }),
      response: AskedSnoozeSchema,
    },
    handler: ({ world, params, body: given, ...call }) =>
      askSnooze(world.modules.alerts, callerOf(call), { ...params, ...given }),
  }),
  defineRoute({
    ...{ method: 'POST', url: '/api/alerts/snooze/decide', title: '批准暂缓' },
    ...{ permission: 'alerts.review', scope: 'county' },
    schema: {
      body: body({ snooze_id: IdText('申请编号'), agree: Type.Boolean({ title: '同意' }) }),
      response: DecidedSnoozeSchema,
    },
    handler: ({ world, body: given, ...call }) =>
      decideSnooze(world.modules.alerts, callerOf(call), given),
  }),
  defineRoute({
    ...{ method: 'POST', url: '/api/alerts/relatives/declare', title: '申报亲属（回避）' },
    ...{ permission: 'alerts.verify', scope: 'self' },
    schema: {
      body: body({ person_id: Text('个人编号', 40), relation: Text('关系', 40) }),
      response: DeclaredSchema,
    },
    handler: ({ world, body: given, ...call }) =>
      declareRelative(world.modules.alerts, callerOf(call), given),
  }),
];
