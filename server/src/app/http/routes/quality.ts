import { Type } from '@fastify/type-provider-typebox';
import { WHOLE_CITY } from '../../../contract/index.ts';
import { listQuality, listQualityPeriods } from '../../../rules/index.ts';
import { defineRoute } from '../route.ts';
import { QualitySchema } from '../rule-shapes.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';

const Closed = { additionalProperties: false } as const;

/** Data quality scores (数据质量评分): per table, column, agency and month. */
export const qualityRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/quality/scores',
    title: '数据质量评分',
    permission: 'quality.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          table: Type.Optional(Type.String({ maxLength: 40, title: '表' })),
          agency: Type.Optional(Type.String({ maxLength: 12, title: '经办机构' })),
          period: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}$', title: '月份' })),
        },
        Closed,
      ),
      response: pageSchema(QualitySchema),
    },
    handler: async ({ world, content, query, principal }) => {
      const { table, agency, period } = query;
      const scores = await listQuality(world.modules.rules, {
        scope: principal?.scope ?? { ...WHOLE_CITY, agencies: [] },
        ...(table !== undefined && { table }),
        ...(agency !== undefined && { agency }),
        ...(period !== undefined && { period }),
      });
      return pageOf(query, async ({ offset, limit }) => ({
        total: scores.length,
        rows: scores.slice(offset, offset + limit).map((score) => ({
          ...score,
          title: content.tables.get(score.table)?.title ?? score.table,
        })),
      }));
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/quality/periods',
    title: '有数据质量评分的月份',
    permission: 'quality.read',
    scope: 'none',
    schema: { response: Type.Array(Type.String({ title: '月份' })) },
    handler: ({ world }) => listQualityPeriods(world.modules.rules),
  }),
];
