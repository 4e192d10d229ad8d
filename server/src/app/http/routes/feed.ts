import { Type } from '@fastify/type-provider-typebox';
import { defineRoute } from '../route.ts';
import { PackageRowKindSchema, PackageRowSchema, PackageSummarySchema } from '../shapes.ts';

const PackageParams = Type.Object({
  package_id: Type.String({ minLength: 1, maxLength: 100, title: '包号' }),
});

/** The return-rate ledger (回流账): packages, one package, its quarantined rows and issues. */
export const feedRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/feed/packages',
    title: '数据包清单',
    permission: 'feed.read',
    scope: 'county',
    schema: { response: Type.Array(PackageSummarySchema) },
    handler: ({ world }) => world.listPackages(),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/feed/packages/:package_id',
    title: '一个数据包',
    permission: 'feed.read',
    scope: 'county',
    schema: { params: PackageParams, response: PackageSummarySchema },
    handler: ({ world, params }) => world.findPackage(params.package_id),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/feed/packages/:package_id/rows',
    title: '数据包的隔离行或问题',
    permission: 'feed.read',
    scope: 'county',
    schema: {
      params: PackageParams,
      querystring: Type.Object(
        {
          kind: PackageRowKindSchema,
          page: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,5}$', title: '页码' })),
        },
        { additionalProperties: false },
      ),
      response: Type.Object({
        rows: Type.Array(PackageRowSchema),
        page: Type.Integer({ title: '页码' }),
        page_size: Type.Integer({ title: '每页行数' }),
        total: Type.Integer({ title: '总行数' }),
      }),
    },
    handler: ({ world, params, query }) =>
      world.listPackageRows({
        packageId: params.package_id,
        kind: query.kind,
        page: Number(query.page ?? '1'),
      }),
  }),
];
