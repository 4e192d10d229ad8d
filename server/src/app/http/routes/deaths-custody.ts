import { Type } from '@fastify/type-provider-typebox';
import { findCustody, listCustody, searchCustody } from '../../../deaths/index.ts';
import { defineRoute } from '../route.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';
import { askerOf } from './deaths-calls.ts';
import { Agency, Flag, OneOf, OpenBody, SearchBody, Source } from './deaths-fields.ts';
import * as shapes from './deaths-shapes.ts';

const { Closed } = shapes;

/** People serving a sentence or held before one (服刑羁押人员), as departments report them. */
export const deathCustodyRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/deaths/custody',
    title: '服刑羁押人员清单',
    permission: 'deaths.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          state: Type.Optional(OneOf('held', 'ended', 'other', 'withdrawn')),
          source: Type.Optional(Source),
          agency: Type.Optional(Agency),
          paid: Flag('只看期间仍有发放的'),
        },
        Closed,
      ),
      response: pageSchema(shapes.CustodySchema),
    },
    handler: (call) => {
      const { state, source, agency, paid } = call.query;
      return pageOf(call.query, (at) =>
        listCustody(call.world.modules.deaths, askerOf(call), {
          ...at,
          ...(state !== undefined && { state }),
          ...(source !== undefined && { source }),
          ...(agency !== undefined && { agency }),
          paid: paid === 'true',
        }),
      );
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/deaths/custody/search',
    title: '按号码或姓名查服刑羁押人员',
    permission: 'deaths.read',
    scope: 'county',
    schema: {
      body: SearchBody,
      response: Type.Object({ rows: Type.Array(shapes.CustodySchema) }),
    },
    handler: async (call) => ({
      rows: await searchCustody(call.world.modules.deaths, askerOf(call), call.body),
    }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/deaths/custody/open',
    title: '一人的各来源服刑羁押信息',
    permission: 'deaths.read',
    scope: 'county',
    schema: {
      body: OpenBody,
      response: shapes.CustodyRecordSchema,
    },
    handler: (call) => findCustody(call.world.modules.deaths, askerOf(call), call.body),
  }),
];
