import { Type } from '@fastify/type-provider-typebox';
import { panorama } from '../../../alerts/index.ts';
import type { DataScope, Principal } from '../../../contract/index.ts';
import { listPartAccounts } from '../../../ingest/index.ts';
import { shanghaiTime } from '../../../kernel/index.ts';
import { lateCases, reportChannels, reportWaiting } from '../../../process/index.ts';
import { callerOf } from '../caller.ts';
import { orNull, Text, TextOrNull, Whole } from '../fields.ts';
import { lastGood } from '../last-good.ts';
import { defineRoute } from '../route.ts';
import type { World } from '../world.ts';

const RateOrNull = (title: string) => orNull(Type.Number(), title);

/** A part of the screen with the moment it was read; stale when its source failed since. */
const partSchema = <T extends ReturnType<typeof Type.Object>>(value: T) =>
  Type.Object({
    read_at: TextOrNull('读取时间'),
    stale: Type.Boolean({ title: '来源暂时读不到，显示的是上一次' }),
    value: orNull(value, '数值'),
  });

const FeedPart = Type.Object({
  package_id: TextOrNull('包号'),
  as_of: TextOrNull('数据截止日'),
  return_rate: RateOrNull('回流率'),
  acceptance_rate: RateOrNull('合格率'),
  landed: Whole('收到行数'),
  quarantined: Whole('隔离行数'),
});
const alertSums = {
  open: Whole('在办预警'),
  overdue: Whole('超期预警'),
  opened_this_month: Whole('本月新增'),
  closed_this_month: Whole('本月销号'),
  at_risk_fen: Whole('涉及金额（分）'),
  recovered_fen: Whole('已追回（分）'),
};
const AlertsPart = Type.Object({
  as_of: TextOrNull('数据截止日'),
  ...alertSums,
  counties: Type.Array(
    Type.Object({
      agency: Text('经办机构'),
      title: Text('名称'),
      ...alertSums,
    }),
  ),
  days: Type.Array(
    Type.Object({ day: Text('日期'), opened: Whole('新增'), closed: Whole('销号') }),
  ),
  top_rules: Type.Array(
    Type.Object({ rule: Text('规则'), title: Text('名称'), open: Whole('在办预警') }),
  ),
});
const PeoplePart = Type.Object({
  counties: Type.Array(
    Type.Object({
      agency: Text('经办机构'),
      title: Text('名称'),
      persons: Whole('在册人数'),
      receiving: Whole('领取待遇人数'),
    }),
  ),
});
const ProcessPart = Type.Object({
  as_of: Text('数据截止日'),
  in_progress: Whole('在办业务'),
  overdue: Whole('超期业务'),
  near: Whole('临期业务'),
  on_time: Whole('期限内业务'),
  slowest: Type.Union(
    [
      Type.Object({
        from: Text('从哪一步'),
        to: Text('到哪一步'),
        median_s: RateOrNull('中位历时（秒）'),
        time_share: RateOrNull('占全部历时'),
      }),
      Type.Null(),
    ],
    { title: '耗时最多的环节' },
  ),
  served: Whole('有人来办的业务'),
  near_home: Whole('在镇村点、自助和网上办的'),
  near_home_share: RateOrNull('15 分钟办事圈占比'),
});

/** Numbers of the wall in one answer (全景大屏): counts and sums, nothing about a person. */
export const screenRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/screen/panorama',
    title: '全景大屏（无个人信息）',
    permission: 'screen.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(
        { agency: Type.Optional(Type.String({ pattern: '^\\d{6}$', title: '经办机构' })) },
        { additionalProperties: false },
      ),
      response: Type.Object({
        at: Text('时间'),
        agency: TextOrNull('经办机构'),
        agency_title: Text('名称'),
        feed: partSchema(FeedPart),
        people: partSchema(PeoplePart),
        alerts: partSchema(AlertsPart),
        process: partSchema(ProcessPart),
      }),
    },
    handler: async (call) => {
      const { world, content, query } = call;
      const principal = callerOf(call);
      const agency = query.agency ?? null;
      const reader = narrowed(principal, agency);
      const at = shanghaiTime(world.modules.rules.clock.now());
      const read = <T>(part: string, work: () => Promise<T>) =>
        lastGood(world, `${part} ${agencyKey(reader.scope)}`, at, work);
      const [feed, people, alerts, process] = await Promise.all([
        read('feed', () => feedPart(world, reader.scope)),
        read('people', () => peoplePart(world, reader.scope, content.agencies)),
        read('alerts', () => alertsPart(world, reader, content.agencies)),
        read('process', () => processPart(world, reader.scope)),
      ]);
      const title = agency === null ? '全市' : (content.agencies.get(agency) ?? agency);
      return { at, agency, agency_title: title, feed, people, alerts, process };
    },
  }),
];

/** An agency outside the reader's own scope narrows to nothing, like one that does not exist. */
function narrowed(principal: Principal, agency: string | null): Principal {
  if (agency === null) return principal;
  const { agencies } = principal.scope;
  const within = agencies === 'all' || agencies.includes(agency);
  return { ...principal, scope: { ...principal.scope, agencies: within ? [agency] : [] } };
}

function agencyKey({ agencies }: DataScope): string {
  return agencies === 'all' ? 'all' : agencies.join(',');
}

/** The newest published package; of a county what the ledger has for it. */
async function feedPart(world: World, { agencies }: DataScope) {
  const newest = (await world.listPackages())
    .filter(({ state }) => state === 'published')
    .sort((a, b) => (b.as_of ?? '').localeCompare(a.as_of ?? ''))[0];
  const package_id = newest?.package_id ?? null;
  const as_of = newest?.as_of ?? null;
  if (agencies === 'all') {
    const sum = (name: 'declared' | 'quarantined') =>
      (newest?.datasets ?? []).reduce((total, each) => total + each[name], 0);
    return {
      ...{ package_id, as_of, landed: sum('declared'), quarantined: sum('quarantined') },
      return_rate: newest?.return_rate ?? null,
      acceptance_rate: newest?.acceptance_rate ?? null,
    };
  }
  const parts = (await listPartAccounts(world.modules.ingest, agencies)).filter(
    (part) => part.package_id === package_id,
  );
  const sum = (name: 'landed' | 'accepted' | 'quarantined') =>
    parts.reduce((total, part) => total + part[name], 0);
  const landed = sum('landed');
  return {
    ...{ package_id, as_of, landed, quarantined: sum('quarantined'), return_rate: null },
    acceptance_rate: landed === 0 ? null : sum('accepted') / landed,
  };
}

async function alertsPart(world: World, reader: Principal, names: ReadonlyMap<string, string>) {
  const { as_of, counties, days, top_rules } = await panorama(world.modules.alerts, reader);
  const rows = counties.map((county) => ({
    ...county,
    title: names.get(county.agency) ?? county.agency,
  }));
  const sum = (name: Exclude<keyof (typeof counties)[number], 'agency'>) =>
    counties.reduce((total, county) => total + county[name], 0);
  return {
    ...{ as_of, counties: rows, days, top_rules },
    ...{ open: sum('open'), overdue: sum('overdue') },
    ...{ opened_this_month: sum('opened_this_month'), closed_this_month: sum('closed_this_month') },
    ...{ at_risk_fen: sum('at_risk_fen'), recovered_fen: sum('recovered_fen') },
  };
}

/** One pass over two columns of the people and one over the entitlements. */
async function peoplePart(
  world: World,
  { agencies }: DataScope,
  names: ReadonlyMap<string, string>,
) {
  const within = agencies === 'all' ? 'true' : 'agency = any ($agencies)';
  const rows = await world.modules.dossier.duck.read((session) =>
    session.rows<{ agency: string; persons: bigint; receiving: bigint }>(
      `with paid as (select distinct person_id from main.entitlement where pay_state = '1')
       select p.agency, count(*) as persons, count(paid.person_id) as receiving
       from main.person p left join paid using (person_id)
       where ${within} group by p.agency order by p.agency`,
      agencies === 'all' ? {} : { agencies: [...agencies] },
    ),
  );
  return {
    counties: rows.map(({ agency, persons, receiving }) => ({
      ...{ agency, title: names.get(agency) ?? agency },
      ...{ persons: Number(persons), receiving: Number(receiving) },
    })),
  };
}

/** How much is under way and late, where the time goes, and how much is done near people's homes. */
async function processPart(world: World, scope: DataScope) {
  const module = world.modules.process;
  const question = { log: null, scope, filters: [] };
  const [late, { bottlenecks }, channels] = await Promise.all([
    lateCases(module, scope, { asOf: null, filters: [], states: null, page: 1, pageSize: 1 }),
    reportWaiting(module, question),
    reportChannels(module, question),
  ]);
  const { as_of, counts } = late;
  const [slowest] = bottlenecks;
  return {
    as_of,
    in_progress: Object.values(counts).reduce((sum, count) => sum + count, 0),
    ...{ overdue: counts.overdue, near: counts.near, on_time: counts.on_time },
    slowest:
      slowest === undefined
        ? null
        : {
            ...{ from: slowest.from, to: slowest.to },
            ...{ median_s: slowest.times.median_s, time_share: slowest.time_share },
          },
    served: channels.cases,
    near_home: channels.near,
    near_home_share: channels.near_share,
  };
}
