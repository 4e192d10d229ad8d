import { Type } from '@fastify/type-provider-typebox';
import { inquire, listInquiries, listQueried } from '../../../deaths/index.ts';
import { defineRoute } from '../route.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';
import { askerOf } from './deaths-calls.ts';
import { OneOf, Purpose, Record } from './deaths-fields.ts';
import * as shapes from './deaths-shapes.ts';

const { Closed } = shapes;
const Department = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$', title: '部门接口' });

/** Questions to departments about one person (点名查询). */
export const deathInquiryRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/deaths/departments',
    title: '可以点名查询的部门接口',
    permission: 'deaths.arbitrate',
    scope: 'none',
    schema: { response: Type.Object({ rows: Type.Array(shapes.DepartmentSchema) }) },
    handler: async ({ world }) => ({
      rows: listQueried(world.modules.interfaces.connectors.configs),
    }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/deaths/inquiries',
    title: '向一个部门点名查询一个人',
    permission: 'deaths.arbitrate',
    scope: 'county',
    schema: {
      body: Type.Object(
        {
          department: Department,
          key: Type.String({ minLength: 1, maxLength: 64, title: '记录键、号码或个人编号' }),
          purpose: Purpose,
        },
        Closed,
      ),
      response: shapes.InquirySchema,
    },
    handler: (call) => {
      const { deaths, interfaces } = call.world.modules;
      const world = { deaths, connectors: interfaces.connectors };
      return inquire(world, askerOf(call), call.body);
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/deaths/inquiries',
    title: '点名查询记录',
    permission: 'deaths.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          record: Type.Optional(Record),
          person: Type.Optional(Type.String({ minLength: 1, maxLength: 40, title: '个人编号' })),
          department: Type.Optional(Department),
          outcome: Type.Optional(OneOf('found', 'none', 'unusable', 'failed', 'asked')),
        },
        Closed,
      ),
      response: pageSchema(shapes.InquirySchema),
    },
    handler: (call) => {
      const { deaths, interfaces } = call.world.modules;
      const { record, person, department, outcome } = call.query;
      const filter = {
        ...(record !== undefined && { record }),
        ...(person !== undefined && { person }),
        ...(department !== undefined && { department }),
        ...(outcome !== undefined && { outcome }),
      };
      return pageOf(call.query, (at) =>
        listInquiries(deaths, interfaces.connectors.configs, askerOf(call), { ...at, ...filter }),
      );
    },
  }),
];
