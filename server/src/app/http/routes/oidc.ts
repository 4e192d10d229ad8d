import { Type } from '@fastify/type-provider-typebox';
import { beginOidcSignIn, finishOidcSignIn } from '../../../security/index.ts';
import { TextOrNull } from '../fields.ts';
import { defineRoute, FileAnswer } from '../route.ts';
import { readRequestCookie, setRequestCookie, setSessionCookie } from '../session-cookie.ts';
import { callerOf } from './own-session.ts';

const Nothing = Type.Unknown({ title: '转向其他地址' });

/** Sign-in with the city's sign-on (统一身份认证). */
export const oidcRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/session/oidc',
    title: '是否可用统一身份认证登录',
    permission: 'public',
    scope: 'none',
    schema: {
      response: Type.Object({
        enabled: Type.Boolean({ title: '已配置' }),
        title: TextOrNull('名称'),
      }),
    },
    handler: async ({ world }) => {
      const { oidc } = world.modules.identity;
      return { enabled: oidc !== null, title: oidc?.title ?? null };
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/session/oidc/start',
    title: '转到统一身份认证',
    permission: 'public',
    scope: 'self',
    schema: { response: Nothing },
    handler: async ({ world, reply }) => {
      const { url, request } = await beginOidcSignIn(world.modules.identity);
      setRequestCookie(reply, request);
      reply.code(302);
      return new FileAnswer('', { location: url });
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/session/oidc/callback',
    title: '从统一身份认证返回',
    permission: 'public',
    scope: 'self',
    schema: { response: Nothing },
    handler: async ({ world, request, reply, origin }) => {
      const search = /\?.*$/.exec(request.url)?.[0].slice(0, 4_000) ?? '';
      const token = await finishOidcSignIn(
        world.modules.identity,
        readRequestCookie(request) ?? '',
        search,
        { ...callerOf(request), origin },
      );
      setSessionCookie(reply, token);
      reply.code(302);
      return new FileAnswer('', { location: '/' });
    },
  }),
];
