import { Type } from '@fastify/type-provider-typebox';
import { maskDossier } from '../../../municipal/index.ts';
import { defineRoute } from '../route.ts';

/** One person's record (一人一档). POST, so that the number asked for never stands in a URL. */
export const dossierRoutes = [
  defineRoute({
    method: 'POST',
    url: '/api/dossier',
    title: '查询一人一档',
    permission: 'dossier.read',
    scope: 'county',
    schema: {
      body: Type.Object(
        {
          key: Type.String({ minLength: 1, maxLength: 64, title: '查询号码' }),
          purpose: Type.String({ maxLength: 2_000, title: '查询事由' }),
          matter_no: Type.Optional(Type.String({ minLength: 1, maxLength: 60, title: '业务号' })),
          as_of: Type.Optional(Type.String({ minLength: 1, maxLength: 100, title: '回看数据包' })),
        },
        { additionalProperties: false, title: '查询条件' },
      ),
      response: Type.Unknown({ title: '一人一档（已脱敏）' }),
    },
    handler: async ({ world, content, body, principal, origin }) => {
      const dossier = await world.openDossier({
        key: body.key,
        purpose: body.purpose,
        ...(body.matter_no !== undefined && { matterNo: body.matter_no }),
        ...(body.as_of !== undefined && { asOf: body.as_of }),
        actor: principal?.actor ?? 'http:unknown',
        origin,
      });
      return maskDossier(dossier, content);
    },
  }),
];
