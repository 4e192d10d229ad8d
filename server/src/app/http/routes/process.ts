import { Type } from '@fastify/type-provider-typebox';
import type { Principal } from '../../../contract/index.ts';
import {
  caseHistory,
  checkConformance,
  compareGroups,
  DEFAULT_NOISE,
  discoverModel,
  type Filter,
  type LogQuestion,
  lateReminders,
  listCases,
  listLogs,
  listVariants,
  processMap,
  reportChannels,
  reportHandover,
  reportRework,
  reportWaiting,
  showLateCases,
  titleOf,
} from '../../../process/index.ts';
import { permissionMissing } from '../errors.ts';
import { type Call, defineRoute, FileAnswer } from '../route.ts';
import {
  CaseAnswer,
  CasesAnswer,
  DefinitionsAnswer,
  LateAnswer,
  LogsAnswer,
  MapAnswer,
  RemindersAnswer,
  VariantsAnswer,
} from './process-answers.ts';
import {
  ChannelsAnswer,
  CompareAnswer,
  ConformanceAnswer,
  HandoverAnswer,
  ModelAnswer,
  ReworkAnswer,
  WaitingAnswer,
} from './process-report-answers.ts';
import { body, Clock, type FilterInput, FilterSchema, Paging, Question } from './process-shapes.ts';

const READ = 'process.read';
const PAGE_SIZE = 50;
/** A browser cannot draw more; the map says how many there are. */
const MOST_EDGES = 3_000;

interface Asked {
  readonly log?: string | null;
  readonly filters?: readonly FilterInput[];
}

function person({ principal }: Pick<Call, 'principal'>): Principal {
  if (principal === null) throw permissionMissing({ permission: READ });
  return principal;
}

/** The shapes of the route and of the module are the same; one is checked, the other is typed. */
const filtersOf = (given: readonly FilterInput[] | undefined): readonly Filter[] =>
  (given ?? []) as unknown as readonly Filter[];

function question(call: Pick<Call, 'principal'>, asked: Asked): LogQuestion {
  return {
    log: asked.log ?? null,
    scope: person(call).scope,
    filters: filtersOf(asked.filters),
  };
}

const paging = (asked: { readonly page?: number; readonly page_size?: number }) => ({
  ...{ page: asked.page ?? 1, pageSize: asked.page_size ?? PAGE_SIZE },
});

/** The process panorama (流程全景). Questions are POST, because filters may name cases. */
export const processRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/process/logs',
    title: '流程日志清单',
    permission: READ,
    scope: 'county',
    schema: { response: LogsAnswer },
    handler: async (call) => ({
      rows: await listLogs(call.world.modules.process, person(call)),
      allowed_actions: person(call).permissions.has('process.import') ? ['import'] : [],
    }),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/process/definitions',
    title: '流程说明：步骤、时限、渠道分组',
    permission: READ,
    scope: 'none',
    schema: { response: DefinitionsAnswer },
    handler: async ({ world }) => {
      const { definitions } = world.modules.process;
      return {
        processes: [...definitions.processes.values()],
        channel_groups: definitions.channelGroups,
        deviations: [...definitions.deviations.values()],
        office_hours: definitions.offices,
      };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/process/map',
    title: '流程图',
    permission: READ,
    scope: 'county',
    schema: {
      body: body({
        ...Question,
        clock: Clock,
        level: Type.Optional(
          Type.Object(
            {
              activities: Type.Number({ minimum: 0, maximum: 1, title: '活动多少' }),
              edges: Type.Number({ minimum: 0, maximum: 1, title: '连线多少' }),
            },
            { additionalProperties: false, title: '抽象程度；不写为便于阅读的默认' },
          ),
        ),
      }),
      response: MapAnswer,
    },
    handler: async (call) => {
      const map = await processMap(call.world.modules.process, {
        ...question(call, call.body),
        clock: call.body.clock ?? 'wall',
        level: call.body.level ?? null,
      });
      const shown = { ...map.shown, edges: map.shown.edges.slice(0, MOST_EDGES) };
      return {
        ...map,
        edges: map.edges.slice(0, MOST_EDGES),
        edges_total: map.edges.length,
        shown,
      };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/process/variants',
    title: '变体',
    permission: READ,
    scope: 'county',
    schema: { body: body({ ...Question, ...Paging }), response: VariantsAnswer },
    handler: (call) =>
      listVariants(call.world.modules.process, {
        ...question(call, call.body),
        ...paging(call.body),
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/process/cases',
    title: '案件清单：某活动、某连线、某变体的案件用同名筛选',
    permission: READ,
    scope: 'county',
    schema: {
      body: body({
        ...Question,
        ...Paging,
        order: Type.Optional(Type.Union([Type.Literal('longest'), Type.Literal('newest')])),
      }),
      response: CasesAnswer,
    },
    handler: (call) =>
      listCases(call.world.modules.process, person(call), question(call, call.body), {
        ...paging(call.body),
        order: call.body.order ?? 'longest',
        origin: call.origin,
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/process/case',
    title: '一个案件的经过',
    permission: READ,
    scope: 'county',
    schema: {
      body: body({
        log: Question.log,
        case_id: Type.String({ minLength: 1, maxLength: 400, title: '案件号' }),
      }),
      response: CaseAnswer,
    },
    handler: (call) =>
      caseHistory(call.world.modules.process, person(call), {
        ...{ log: call.body.log ?? null, caseId: call.body.case_id, origin: call.origin },
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/process/rework',
    title: '返工与回路',
    permission: READ,
    scope: 'county',
    schema: { body: body(Question), response: ReworkAnswer },
    handler: (call) => reportRework(call.world.modules.process, question(call, call.body)),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/process/waiting',
    title: '等待、办理与瓶颈',
    permission: READ,
    scope: 'county',
    schema: { body: body({ ...Question, clock: Clock }), response: WaitingAnswer },
    handler: (call) =>
      reportWaiting(call.world.modules.process, question(call, call.body), call.body.clock),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/process/handover',
    title: '人员、机构之间的交接',
    permission: READ,
    scope: 'county',
    schema: {
      body: body({
        ...Question,
        between: Type.Union([Type.Literal('people'), Type.Literal('units')], { title: '谁与谁' }),
      }),
      response: HandoverAnswer,
    },
    handler: (call) =>
      reportHandover(call.world.modules.process, question(call, call.body), call.body.between),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/process/late',
    title: '在办超期',
    permission: READ,
    scope: 'county',
    schema: {
      body: body({
        filters: Question.filters,
        ...Paging,
        as_of: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', title: '到哪天' })),
        states: Type.Optional(
          Type.Array(
            Type.Union([
              Type.Literal('overdue'),
              Type.Literal('near'),
              Type.Literal('on_time'),
              Type.Literal('no_limit'),
              Type.Literal('unknown'),
            ]),
            { maxItems: 5, title: '状态' },
          ),
        ),
      }),
      response: LateAnswer,
    },
    handler: (call) =>
      showLateCases(call.world.modules.process, person(call), {
        ...paging(call.body),
        filters: filtersOf(call.body.filters),
        asOf: call.body.as_of ?? null,
        states: call.body.states ?? null,
        origin: call.origin,
      }),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/process/reminders',
    title: '工作台的在办提醒：超期、将到期的件数',
    permission: READ,
    scope: 'county',
    schema: { response: RemindersAnswer },
    handler: (call) => lateReminders(call.world.modules.process, person(call).scope),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/process/conformance',
    title: '流程符合性',
    permission: READ,
    scope: 'county',
    schema: {
      body: body({
        filters: Question.filters,
        matter: Type.Optional(
          Type.Union([Type.String({ minLength: 1, maxLength: 8 }), Type.Null()], { title: '事项' }),
        ),
      }),
      response: ConformanceAnswer,
    },
    handler: async (call) => {
      const world = call.world.modules.process;
      const matter = call.body.matter ?? null;
      const { scope, filters } = question(call, call.body);
      const report = await checkConformance(world, { scope, filters, matter });
      return { ...report, matter_title: titleOf(world, matter) };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/process/compare',
    title: '成效对比',
    permission: READ,
    scope: 'county',
    schema: {
      body: body({
        ...Question,
        clock: Clock,
        first: Type.Array(FilterSchema, { maxItems: 30, title: '第一组' }),
        second: Type.Array(FilterSchema, { maxItems: 30, title: '第二组' }),
      }),
      response: CompareAnswer,
    },
    handler: (call) =>
      compareGroups(call.world.modules.process, {
        ...question(call, call.body),
        first: filtersOf(call.body.first),
        second: filtersOf(call.body.second),
        clock: call.body.clock ?? 'wall',
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/process/channels',
    title: '渠道与 15 分钟办事圈',
    permission: READ,
    scope: 'county',
    schema: { body: body(Question), response: ChannelsAnswer },
    handler: (call) => reportChannels(call.world.modules.process, question(call, call.body)),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/process/model',
    title: '发现的流程模型（过程树与 BPMN）',
    permission: READ,
    scope: 'county',
    schema: {
      body: body({
        ...Question,
        noise: Type.Optional(Type.Number({ minimum: 0, maximum: 1, title: '噪声阈值' })),
      }),
      response: ModelAnswer,
    },
    handler: (call) =>
      discoverModel(
        call.world.modules.process,
        question(call, call.body),
        call.body.noise ?? DEFAULT_NOISE,
      ),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/process/bpmn',
    title: '下载 BPMN 2.0 文件',
    permission: READ,
    scope: 'county',
    schema: {
      body: body({
        ...Question,
        noise: Type.Optional(Type.Number({ minimum: 0, maximum: 1, title: '噪声阈值' })),
      }),
      response: Type.Unknown({ title: 'BPMN 2.0 XML' }),
    },
    handler: async (call) => {
      const noise = call.body.noise ?? DEFAULT_NOISE;
      const model = await discoverModel(
        call.world.modules.process,
        question(call, call.body),
        noise,
      );
      return new FileAnswer(model.bpmn, {
        'content-type': 'application/xml; charset=utf-8',
        'content-disposition': 'attachment; filename="process.bpmn"',
      });
    },
  }),
];
