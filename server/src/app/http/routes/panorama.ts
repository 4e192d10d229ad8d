import { Type } from '@fastify/type-provider-typebox';
import type { DataScope } from '../../../contract/index.ts';
import type { DuckEngine } from '../../../store/index.ts';
import { permissionMissing } from '../errors.ts';
import { defineRoute } from '../route.ts';

const TextOrNull = (title: string) => Type.Union([Type.String(), Type.Null()], { title });
const RateOrNull = (title: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], { title });
const Count = (title: string) => Type.Integer({ minimum: 0, title });

const PanoramaSchema = Type.Object({
  package_id: TextOrNull('当前数据包'),
  as_of: TextOrNull('数据截至'),
  return_rate: RateOrNull('回流率'),
  acceptance_rate: RateOrNull('合格率'),
  packages: Count('已发布的数据包'),
  counties: Type.Array(
    Type.Object({
      agency: Type.String({ title: '经办机构' }),
      title: Type.String({ title: '名称' }),
      persons: Count('在册人数'),
      receiving: Count('领取待遇人数'),
    }),
  ),
});

interface CountyRow {
  readonly agency: string;
  readonly persons: bigint;
  readonly receiving: bigint;
}

/** Numbers of the wall screen about the data itself (全景大屏): counts only, nobody's record. */
export const panoramaRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/panorama/data',
    title: '全景：数据（无个人信息）',
    permission: 'screen.read',
    scope: 'county',
    schema: { response: PanoramaSchema },
    handler: async ({ world, principal, content }) => {
      if (principal === null) throw permissionMissing({ permission: 'screen.read' });
      const published = (await world.listPackages())
        .filter(({ state }) => state === 'published')
        .sort((a, b) => (b.as_of ?? '').localeCompare(a.as_of ?? ''));
      const rows = await countByCounty(world.modules.dossier.duck, principal.scope);
      return {
        package_id: published[0]?.package_id ?? null,
        as_of: published[0]?.as_of ?? null,
        return_rate: published[0]?.return_rate ?? null,
        acceptance_rate: published[0]?.acceptance_rate ?? null,
        packages: published.length,
        counties: rows.map(({ agency, persons, receiving }) => ({
          agency,
          title: content.agencies.get(agency) ?? agency,
          persons: Number(persons),
          receiving: Number(receiving),
        })),
      };
    },
  }),
];

/** One pass over two columns of the people and one over the entitlements. */
function countByCounty(duck: DuckEngine, { agencies }: DataScope): Promise<readonly CountyRow[]> {
  const within = agencies === 'all' ? 'true' : 'agency = any ($agencies)';
  return duck.read((session) =>
    session.rows<CountyRow>(
      `with paid as (select distinct person_id from main.entitlement where pay_state = '1')
       select p.agency, count(*) as persons, count(paid.person_id) as receiving
       from main.person p left join paid using (person_id)
       where ${within} group by p.agency order by p.agency`,
      agencies === 'all' ? {} : { agencies: [...agencies] },
    ),
  );
}
