import { type Static, Type } from '@fastify/type-provider-typebox';
import type { FactorProof, NewKey } from '../../../security/index.ts';

const Closed = { additionalProperties: false } as const;
/** Base64url without padding, as WebAuthn writes bytes. */
const Bytes = (title: string, maxLength: number) =>
  Type.String({ pattern: '^[A-Za-z0-9_-]+$', minLength: 16, maxLength, title });

const CREDENTIAL = { credential_id: Bytes('密钥标识', 1_400) };
const CLIENT_DATA = { client_data: Bytes('浏览器所见（clientDataJSON）', 4_000) };

export const KeyName = Type.String({
  ...{
    minLength: 1,
    maxLength: 40,
    pattern: '^[^\\p{Cc}\\p{Cf}]*[^\\p{Cc}\\p{Cf}\\s][^\\p{Cc}\\p{Cf}]*$',
  },
  title: '密钥名称',
});

/** What a browser brings back from asking a key; parts nobody checks are not sent. */
export const KeyAnswerSchema = Type.Object(
  {
    ...CREDENTIAL,
    ...CLIENT_DATA,
    authenticator_data: Bytes('密钥所见（authenticatorData）', 4_000),
    signature: Bytes('签名', 1_400),
  },
  { ...Closed, title: '安全密钥的答复' },
);

export const NewKeySchema = Type.Object(
  {
    name: KeyName,
    ...CREDENTIAL,
    ...CLIENT_DATA,
    attestation: Bytes('登记内容（attestationObject）', 8_000),
    transports: Type.Array(Type.String({ pattern: '^[a-z-]{2,20}$' }), {
      ...{ maxItems: 8, title: '连接方式' },
    }),
  },
  Closed,
);

/** What a browser is to ask a key for, as WebAuthn defines it: much of it may be left to the browser. */
const Descriptor = Type.Object({
  id: Type.String(),
  type: Type.String(),
  transports: Type.Optional(Type.Array(Type.String())),
});

export const CreationOptions = Type.Object({
  rp: Type.Object({ id: Type.Optional(Type.String()), name: Type.String() }),
  user: Type.Object({ id: Type.String(), name: Type.String(), displayName: Type.String() }),
  challenge: Type.String({ title: '质询' }),
  pubKeyCredParams: Type.Array(Type.Object({ alg: Type.Integer(), type: Type.String() })),
  timeout: Type.Optional(Type.Integer({ title: '等待（毫秒）' })),
  excludeCredentials: Type.Optional(Type.Array(Descriptor, { title: '已登记的密钥' })),
  authenticatorSelection: Type.Optional(
    Type.Object({
      residentKey: Type.Optional(Type.String()),
      requireResidentKey: Type.Optional(Type.Boolean()),
      userVerification: Type.Optional(Type.String()),
    }),
  ),
  attestation: Type.Optional(Type.String()),
});

export const RequestOptions = Type.Object({
  rpId: Type.Optional(Type.String({ title: '主机名' })),
  challenge: Type.String({ title: '质询' }),
  allowCredentials: Type.Optional(Type.Array(Descriptor, { title: '可用的密钥' })),
  timeout: Type.Optional(Type.Integer({ title: '等待（毫秒）' })),
  userVerification: Type.Optional(Type.String()),
});

export function newKeyOf(body: Static<typeof NewKeySchema>): NewKey {
  return {
    name: body.name.trim(),
    credentialId: body.credential_id,
    clientData: body.client_data,
    attestation: body.attestation,
    transports: body.transports,
  };
}

/** The proof a body holds, in the words of identity. */
export function proofOf({
  code,
  key,
}: {
  code?: string | undefined;
  key?: Static<typeof KeyAnswerSchema> | undefined;
}): FactorProof {
  if (key === undefined) return { code };
  return {
    key: {
      credentialId: key.credential_id,
      clientData: key.client_data,
      authenticatorData: key.authenticator_data,
      signature: key.signature,
    },
  };
}
