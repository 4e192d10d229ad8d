import { Type } from '@fastify/type-provider-typebox';
import { shanghaiTime } from '../../../kernel/index.ts';
import {
  beginKey,
  beginKeyProof,
  listKeys,
  type OwnKey,
  registerKey,
  removeKey,
  renameKey,
} from '../../../security/index.ts';
import { Text, TextOrNull } from '../fields.ts';
import { defineRoute } from '../route.ts';
import { SessionSchema } from '../session-shape.ts';
import { numbered } from './account-shapes.ts';
import { answerSession, proverOf } from './own-session.ts';
import {
  CreationOptions,
  KeyName,
  NewKeySchema,
  newKeyOf,
  RequestOptions,
} from './security-key-shapes.ts';

const Closed = { additionalProperties: false } as const;
const KeyParams = numbered('key_id', '密钥编号');

const KeyRow = Type.Object({
  key_id: Text('密钥编号'),
  name: Text('名称'),
  created_at: Text('登记时间'),
  used_at: TextOrNull('最近使用'),
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

const timeOf = (at: string) => shanghaiTime(new Date(at));

function shownKey({ key_id, name, created_at, used_at, removable }: OwnKey) {
  return {
    ...{ key_id: String(key_id), name, created_at: timeOf(created_at) },
    used_at: used_at === null ? null : timeOf(used_at),
    allowed_actions: removable ? ['rename', 'remove'] : ['rename'],
  };
}

/**
 * One's own security keys (安全密钥, WebAuthn). Adding or removing one is proven again, save at the
 * first binding, where the password has just been given and nothing else can be asked for.
 */
export const securityKeyRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/session/keys',
    title: '自己的安全密钥',
    permission: 'self',
    scope: 'self',
    stages: ['enrolment'],
    schema: {
      response: Type.Object({
        available: Type.Boolean({ title: '可以使用' }),
        why_not: TextOrNull('不能使用的原因'),
        origin: TextOrNull('只能从这个地址使用'),
        keys: Type.Array(KeyRow),
      }),
    },
    handler: async (call) => {
      const { identity } = call.world.modules;
      const { relyingParty } = identity;
      const off = 'off' in relyingParty;
      return {
        available: !off,
        why_not: off ? relyingParty.off : null,
        origin: off ? null : relyingParty.origin,
        keys: (await listKeys(identity, call.principal?.accountId ?? '')).map(shownKey),
      };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/session/keys/begin',
    title: '开始登记安全密钥',
    permission: 'self',
    scope: 'self',
    stages: ['enrolment'],
    stepUp: true,
    schema: { response: CreationOptions },
    handler: (call) => beginKey(call.world.modules.identity, proverOf(call)),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/session/keys/register',
    title: '登记安全密钥',
    permission: 'self',
    scope: 'self',
    stages: ['enrolment'],
    stepUp: true,
    schema: {
      body: NewKeySchema,
      response: Type.Object({
        session: SessionSchema,
        recovery_codes: Type.Array(Type.String(), {
          title: '恢复码，只显示这一次；不是第一个第二因素时没有',
        }),
      }),
    },
    handler: async (call) => {
      const { identity } = call.world.modules;
      const made = await registerKey(identity, proverOf(call), newKeyOf(call.body));
      const session = await answerSession(call.world, call.reply, made.token);
      return { session, recovery_codes: made.recoveryCodes };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/session/keys/challenge',
    title: '开始用安全密钥验证',
    permission: 'self',
    scope: 'self',
    stages: ['second_factor'],
    schema: { response: RequestOptions },
    handler: (call) => {
      const purpose = call.signedIn?.stage === 'second_factor' ? 'sign_in' : 'step_up';
      return beginKeyProof(call.world.modules.identity, proverOf(call), purpose);
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/session/keys/:key_id/relabel',
    title: '给安全密钥改名',
    permission: 'self',
    scope: 'self',
    schema: {
      params: KeyParams,
      body: Type.Object({ name: KeyName }, Closed),
      response: Type.Object({ key_id: Text('密钥编号') }),
    },
    handler: async (call) => {
      const { key_id } = call.params;
      const { identity } = call.world.modules;
      await renameKey(identity, proverOf(call), key_id, call.body.name.trim());
      return { key_id };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/session/keys/:key_id/remove',
    title: '删除安全密钥',
    permission: 'self',
    scope: 'self',
    stepUp: true,
    schema: { params: KeyParams, response: SessionSchema },
    handler: async (call) => {
      const { identity } = call.world.modules;
      const token = await removeKey(identity, proverOf(call), call.params.key_id);
      return answerSession(call.world, call.reply, token);
    },
  }),
];
