import { Type } from '@fastify/type-provider-typebox';
import {
  beginEnrolment,
  changePassword,
  confirmEnrolment,
  endSession,
  giveSecondFactor,
  redeemInvitation,
  sessionRequired,
  signIn,
  stepUp,
} from '../../../security/index.ts';
import { auditAct } from '../audit-act.ts';
import { defineRoute } from '../route.ts';
import { clearSessionCookie } from '../session-cookie.ts';
import { SessionSchema, shownSession } from '../session-shape.ts';
import { answerSession, callerOf, proverOf } from './own-session.ts';
import { KeyAnswerSchema, proofOf } from './security-key-shapes.ts';

const Closed = { additionalProperties: false } as const;
const Password = (title: string) => Type.String({ minLength: 1, maxLength: 256, title });
const Login = Type.String({ minLength: 1, maxLength: 100, title: '账号' });
const Code = Type.String({ minLength: 6, maxLength: 40, title: '验证码' });
const Factor = { code: Type.Optional(Code), key: Type.Optional(KeyAnswerSchema) };
const NotEmpty = { ...Closed, minProperties: 1 } as const;
const EVERY_STAGE = ['second_factor', 'password', 'enrolment'] as const;

/** Sign-in and what belongs to one's own session (登录与会话). */
export const sessionRoutes = [
  defineRoute({
    method: 'POST',
    url: '/api/session/login',
    title: '登录',
    permission: 'public',
    scope: 'self',
    schema: {
      body: Type.Object({ login: Login, password: Password('口令') }, Closed),
      response: SessionSchema,
    },
    handler: async ({ world, body, request, reply, origin }) =>
      answerSession(
        world,
        reply,
        await signIn(world.modules.identity, { ...body, ...callerOf(request), origin }),
      ),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/session/invitation',
    title: '凭邀请码设置口令',
    permission: 'public',
    scope: 'self',
    schema: {
      body: Type.Object({ login: Login, code: Code, password: Password('新口令') }, Closed),
      response: Type.Object({ accepted: Type.Literal(true) }),
    },
    handler: async ({ world, body, request, origin }) => {
      await redeemInvitation(world.modules.identity, { ...body, ...callerOf(request), origin });
      return { accepted: true } as const;
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/session/second-factor',
    title: '给出第二因素：验证码或安全密钥',
    permission: 'self',
    scope: 'self',
    stages: ['second_factor'],
    schema: { body: Type.Object(Factor, NotEmpty), response: SessionSchema },
    handler: async (call) =>
      answerSession(
        call.world,
        call.reply,
        await giveSecondFactor(call.world.modules.identity, proverOf(call), proofOf(call.body)),
      ),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/session/me',
    title: '当前登录人',
    permission: 'self',
    scope: 'self',
    stages: EVERY_STAGE,
    schema: { response: SessionSchema },
    handler: async ({ world, signedIn, request }) => {
      if (signedIn === null) throw sessionRequired({});
      return shownSession(world.modules.identity, signedIn, request.ip);
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/session/logout',
    title: '退出登录',
    permission: 'self',
    scope: 'self',
    stages: EVERY_STAGE,
    schema: { response: Type.Object({ ended: Type.Literal(true) }) },
    handler: async (call) => {
      const { identity } = call.world.modules;
      await endSession(identity, identity.db, call.principal?.sessionId ?? '0', 'logout');
      await auditAct(call, { action: 'session.logout', object: call.principal?.accountId ?? null });
      clearSessionCookie(call.reply);
      return { ended: true } as const;
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/session/password',
    title: '修改自己的口令',
    permission: 'self',
    scope: 'self',
    stages: ['password', 'enrolment'],
    schema: {
      body: Type.Object(
        { old_password: Password('原口令'), new_password: Password('新口令') },
        Closed,
      ),
      response: SessionSchema,
    },
    handler: async (call) =>
      answerSession(
        call.world,
        call.reply,
        await changePassword(call.world.modules.identity, proverOf(call), {
          oldPassword: call.body.old_password,
          newPassword: call.body.new_password,
        }),
      ),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/session/step-up',
    title: '敏感操作前再次验证',
    permission: 'self',
    scope: 'self',
    schema: {
      body: Type.Object({ ...Factor, password: Type.Optional(Password('口令')) }, NotEmpty),
      response: SessionSchema,
    },
    handler: async (call) =>
      answerSession(
        call.world,
        call.reply,
        await stepUp(call.world.modules.identity, proverOf(call), {
          ...{ ...proofOf(call.body), password: call.body.password },
        }),
      ),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/session/totp/enrol',
    title: '开始绑定验证器',
    permission: 'self',
    scope: 'self',
    stages: ['enrolment'],
    stepUp: true,
    schema: {
      response: Type.Object({
        seed: Type.String({ title: '密钥（手工输入用）' }),
        uri: Type.String({ title: '绑定地址' }),
        qr_svg: Type.String({ title: '二维码' }),
      }),
    },
    handler: async (call) => {
      const { seed, uri, qrSvg } = await beginEnrolment(
        call.world.modules.identity,
        proverOf(call),
      );
      return { seed, uri, qr_svg: qrSvg };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/session/totp/confirm',
    title: '确认绑定验证器',
    permission: 'self',
    scope: 'self',
    stages: ['enrolment'],
    stepUp: true,
    schema: {
      body: Type.Object({ code: Code }, Closed),
      response: Type.Object({
        session: SessionSchema,
        recovery_codes: Type.Array(Type.String(), { title: '恢复码，只显示这一次' }),
      }),
    },
    handler: async (call) => {
      const prover = proverOf(call);
      const { token, recoveryCodes } = await confirmEnrolment(call.world.modules.identity, prover, {
        code: call.body.code,
        token: prover.token,
      });
      const session = await answerSession(call.world, call.reply, token);
      return { session, recovery_codes: recoveryCodes };
    },
  }),
];
