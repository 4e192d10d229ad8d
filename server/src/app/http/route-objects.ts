import type { Json } from './testing/hostile.ts';
import type { ObjectKind } from './testing/prepared-city.ts';

/** Numbers of a prepared object, by the names routes use for them. */
export type Ids = Readonly<Record<string, string>>;

/**
 * Which prepared object a route asks for and what is sent besides the numbers in its address:
 * query, body, and how the route answers for what is not there, 404 unless said otherwise.
 */
export interface RouteObject {
  readonly of: ObjectKind;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: (ids: Ids) => Json;
  readonly absent?: number;
  /** Content type of a body that is no JSON. */
  readonly type?: string;
}

const reason = { reason: '核对来源后处理' };
const remark = { version: 1, remark: '核对来源后处理' };
const opinion = { opinion: '同意，已核对' };
const why = {
  purpose_code: 'benefit_check',
  matter_no: 'SL-2026-0001',
  note: '核实待遇资格是否有效',
};
const money = { amount_fen: 1, booked_on: '2026-11-02', document: '回单 77' };

const nothing = (of: ObjectKind): RouteObject => ({ of });
const withBody = (of: ObjectKind, body: Json): RouteObject => ({ of, body: () => body });
const on = (
  of: ObjectKind,
  body: (ids: Ids) => Json,
  more: Partial<RouteObject> = {},
): RouteObject => ({ of, body, ...more });

/**
 * Every route that takes the number of something, and how a test gets one: the matrix test asks for
 * it as somebody it belongs to, as somebody of another county and for one that does not exist. **A
 * new route with a number in its address or body gets a line here.**
 */
export const ROUTE_OBJECTS: Readonly<Record<string, RouteObject>> = {
  'POST /api/accounts/:account_id/edit': withBody('account', { department: '稽核科', ...reason }),
  'POST /api/accounts/:account_id/disable': withBody('account', reason),
  'POST /api/accounts/:account_id/enable': withBody('account', reason),
  'POST /api/accounts/:account_id/reset': withBody('account', { second_factor: false, ...reason }),
  'POST /api/accounts/:account_id/grants': withBody('account', {
    ...{ role: 'leader', agencies: ['*'], insurances: ['*'], unmask: false },
    ...{ valid_to: '2026-12-31', ...reason },
  }),
  'POST /api/accounts/grants/:grant_id/confirm': nothing('grant'),
  'POST /api/accounts/grants/:grant_id/refuse': nothing('grant'),
  'POST /api/accounts/grants/:grant_id/end': withBody('grant', reason),
  'POST /api/accounts/sessions/:session_id/kick': withBody('session', reason),
  'POST /api/accounts/alarms/:alarm_id/handle': withBody('alarm', { result: '已问过本人，属实' }),
  'POST /api/screen-tokens/:token_id/revoke': nothing('token'),

  'GET /api/feed/packages/:package_id': nothing('package'),
  'GET /api/feed/packages/:package_id/rows': nothing('package'),
  'GET /api/feed/packages/:package_id/ledger': nothing('package'),
  'GET /api/feed/packages/:package_id/faults': nothing('package'),
  'GET /api/feed/packages/:package_id/listing': { of: 'package', query: { kind: 'issue' } },
  'POST /api/feed/packages/:package_id/release': withBody('package', reason),
  'POST /api/feed/packages/:package_id/accept': withBody('package', reason),
  'POST /api/feed/packages/:package_id/withdraw': withBody('package', reason),
  'POST /api/feed/packages/:package_id/workbook': withBody('package', reason),
  'POST /api/feed/packages/:package_id/row': on('row', ({ dataset = '', line }) => ({
    ...{ dataset, line: Number(line) },
  })),
  'POST /api/feed/packages/:package_id/edit': on('row', ({ dataset = '', line, column = '' }) => ({
    ...{ dataset, line: Number(line), changes: { [column]: '140502195611030019' }, ...reason },
  })),
  // A list of rows: what is not there or not theirs cannot be marked.
  'POST /api/feed/packages/:package_id/mark': on(
    'row',
    ({ dataset = '', line }) => ({ rows: [{ dataset, line: Number(line) }], ...reason }),
    { absent: 409 },
  ),
  'POST /api/feed/repairs/:repair_id/approve': nothing('repair'),
  'POST /api/feed/repairs/:repair_id/reject': withBody('repair', reason),
  'POST /api/feed/workbooks/:workbook/approve': nothing('workbook'),
  'GET /api/feed/uploads/:upload_id': nothing('upload'),
  'POST /api/feed/uploads/:upload_id/files': {
    ...{ of: 'upload', query: { name: 'person.txt' }, body: () => 'half a file' },
    type: 'application/octet-stream',
  },
  'POST /api/feed/uploads/:upload_id/submit': nothing('upload'),

  'POST /api/dossier/search': on(
    'person',
    ({ person_id = '' }) => ({ kind: 'person_id', value: person_id, ...why }),
    { absent: 200 },
  ),
  'POST /api/dossier/open': on('person', ({ person_id = '' }) => ({ key: person_id, ...why })),
  // Whoever has not opened the record, or not this one, is told to open it first.
  'POST /api/dossier/section': on(
    'look',
    ({ person_id = '', look_id }) => ({
      ...{ person_id, look_id: Number(look_id), section: 'enrolments' },
    }),
    { absent: 409 },
  ),
  'POST /api/dossier/summary': on(
    'look',
    ({ person_id = '', look_id }) => ({
      ...{ person_id, look_id: Number(look_id) },
    }),
    { absent: 409 },
  ),
  'POST /api/dossier/access': on(
    'look',
    ({ person_id = '', look_id }) => ({
      ...{ person_id, look_id: Number(look_id) },
    }),
    { absent: 409 },
  ),
  'POST /api/dossier/unmask': on(
    'look',
    ({ person_id = '', look_id }) => ({
      ...{ person_id, look_id: Number(look_id), dataset: 'person', column: 'name', ...why },
    }),
    { absent: 409 },
  ),

  'GET /api/jobs/:job_id': nothing('job'),
  'POST /api/jobs/:job_id/cancel': nothing('job'),
  'POST /api/jobs/:job_id/retry': nothing('job'),

  'GET /api/exports/:export_id': nothing('export'),
  'GET /api/exports/:export_id/file': nothing('export'),
  'POST /api/exports/:export_id/approve': withBody('export', reason),
  'POST /api/exports/:export_id/refuse': withBody('export', reason),
  'POST /api/exports/:export_id/withdraw': withBody('export', reason),
  'POST /api/exports/:export_id/revoke': withBody('export', reason),
  'POST /api/exports/:export_id/retry': nothing('export'),

  'GET /api/rules/:rule_id': nothing('rule'),
  'POST /api/rules/:rule_id/try': withBody('rule', {}),
  'POST /api/rules/:rule_id/back-test': withBody('rule', { params: {} }),
  'POST /api/rules/:rule_id/propose': withBody('rule', { to: 'retired', ...reason }),
  'GET /api/rules/runs/:run_id': nothing('run'),
  'GET /api/rules/runs/:run_id/findings': nothing('run'),
  'POST /api/rules/changes/:change_no/approve': on('change', () => opinion, { absent: 409 }),
  'POST /api/rules/changes/:change_no/refuse': on('change', () => opinion, { absent: 409 }),

  'POST /api/deaths/search': on(
    'death',
    ({ person_id = '' }) => ({ key: person_id, purpose: '核实死亡信息' }),
    { absent: 200 },
  ),
  'POST /api/deaths/open': on('death', ({ record = '' }) => ({ record, purpose: '核实死亡信息' })),
  'POST /api/deaths/void': on('death', ({ record = '', source = '', event_id = '' }) => ({
    ...{ record, source, event_id, evidence: '登记错人，已核对' },
  })),
  'POST /api/deaths/custody/search': on(
    'custody',
    ({ person_id = '' }) => ({ key: person_id, purpose: '核实服刑信息' }),
    { absent: 200 },
  ),
  'POST /api/deaths/custody/open': on('custody', ({ record = '' }) => ({
    ...{ record, purpose: '核实服刑信息' },
  })),
  'POST /api/deaths/requests/:request_no/confirm': withBody('request', opinion),
  'POST /api/deaths/requests/:request_no/refuse': withBody('request', opinion),
  'GET /api/deaths/conflicts/:case_no': nothing('conflict'),
  'POST /api/deaths/conflicts/:case_no/opinion': withBody('conflict', {
    ...{ verdict: '2', died_on: null, text: '入户见到本人，号码误填' },
  }),
  'POST /api/deaths/conflicts/:case_no/confirm': withBody('conflict', { text: '同意' }),
  'POST /api/deaths/conflicts/:case_no/refuse': withBody('conflict', { text: '不同意' }),
  'POST /api/deaths/conflicts/:case_no/letter': withBody('conflict', {
    ...{ source: '01', purpose: '核实死亡信息' },
  }),

  'POST /api/interfaces/dead-letters/replay': on('dead_letter', ({ inbox_no = '' }) => ({
    inbox_no,
  })),
  'POST /api/interfaces/apps/rotate': on('app', ({ app_id = '' }) => ({ app_id })),
  'POST /api/interfaces/apps/revoke': on('app', ({ app_id = '' }) => ({ app_id })),

  'POST /api/process/case': on('process_case', ({ case_id = '' }) => ({ case_id })),

  'GET /api/alerts/cases/:case_id': nothing('case'),
  'GET /api/alerts/cases/:case_id/evidence/:evidence_id': nothing('case'),
  'POST /api/alerts/cases/:case_id/evidence': {
    ...{ of: 'case', body: () => '%PDF-1.7 x', type: 'application/pdf' },
  },
  'POST /api/alerts/cases/:case_id/note': withBody('case', { remark: '电话核实' }),
  'POST /api/alerts/cases/:case_id/pack': withBody('case', reason),
  'POST /api/alerts/cases/:case_id/claim': withBody('case', { version: 1 }),
  'POST /api/alerts/cases/:case_id/transfer': withBody('case', { ...remark, department: '待遇科' }),
  'POST /api/alerts/cases/:case_id/extend': withBody('case', { ...remark, days: 1 }),
  'POST /api/alerts/cases/:case_id/escalate': withBody('case', remark),
  'POST /api/alerts/cases/:case_id/conclude': withBody('case', {
    ...{ ...remark, conclusion: 'unclear' },
  }),
  'POST /api/alerts/cases/:case_id/review': withBody('case', { ...remark, agree: true }),
  'POST /api/alerts/cases/:case_id/dispose': withBody('case', {
    ...{ version: 1, kind: 'stop', ...reason },
  }),
  'POST /api/alerts/cases/:case_id/disposals/decide': on('case', ({ disposal_id = '' }) => ({
    ...{ ...remark, disposal_id, agree: true },
  })),
  'POST /api/alerts/cases/:case_id/disposals/prove': on('case', ({ disposal_id = '' }) => ({
    ...{ version: 1, disposal_id, document: '停发单 3 号' },
  })),
  'POST /api/alerts/cases/:case_id/close': withBody('case', { version: 1 }),
  'POST /api/alerts/cases/:case_id/reopen': withBody('case', remark),
  'POST /api/alerts/cases/:case_id/send-back': withBody('case', remark),
  'POST /api/alerts/cases/:case_id/snooze': withBody('case', { until: '2026-12-01', ...reason }),
  'POST /api/alerts/snooze/decide': on('case', ({ snooze_id = '' }) => ({
    ...{ snooze_id, agree: true },
  })),
  // A list of cases: those out of reach are named as passed over, like those that do not exist.
  'POST /api/alerts/assign': on(
    'new_case',
    ({ case_id = '', account = '' }) => ({ case_ids: [case_id], assignee: { account } }),
    { absent: 200 },
  ),
  'POST /api/alerts/views/remove': on('view', ({ view_id = '' }) => ({ view_id }), {
    absent: 200,
  }),
  'GET /api/recovery/:recovery_id': nothing('recovery'),
  'POST /api/recovery/search': on('case', ({ case_id = '' }) => ({ case_id }), { absent: 200 }),
  'POST /api/recovery/:recovery_id/receipt': withBody('recovery', money),
  'POST /api/recovery/:recovery_id/offset': withBody('recovery', money),
  'POST /api/recovery/:recovery_id/write-off': withBody('recovery', money),
  'POST /api/recovery/:recovery_id/write-off/decide': on('recovery', ({ write_off_id = '' }) => ({
    ...{ entry_id: write_off_id, agree: true, remark: '核对来源后处理' },
  })),
  'POST /api/recovery/:recovery_id/void': on('recovery', ({ entry_id = '' }) => ({
    ...{ entry_id, remark: '核对来源后处理' },
  })),
  'POST /api/recovery/:recovery_id/agreement': withBody('recovery', {
    ...{ signed_on: '2026-11-02', document: '还款协议 1 号' },
    instalments: [{ due_on: '2026-12-01', amount_fen: 1 }],
  }),
  'POST /api/recovery/:recovery_id/agreement/decide': on('recovery', ({ agreement_id = '' }) => ({
    ...{ agreement_id, decision: 'approve', remark: '核对来源后处理' },
  })),
};
