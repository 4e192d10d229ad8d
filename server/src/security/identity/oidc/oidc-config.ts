import { readFile, stat } from 'node:fs/promises';
import { type Static, Type } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { parse } from 'yaml';
import { keyFileExposed, keyFileInvalid } from '../../signing/index.ts';

const OidcFile = Type.Object(
  {
    issuer: Type.String({ pattern: '^https?://' }),
    client_id: Type.String({ minLength: 1 }),
    client_secret: Type.String({ minLength: 16 }),
    /** Address of `/api/session/oidc/callback` as browsers reach it. */
    redirect_uri: Type.String({ pattern: '^https?://.+/api/session/oidc/callback$' }),
    title: Type.String({ minLength: 1, maxLength: 20 }),
    /** `trusted`: the other side has asked for a second factor; `required`: ours is asked for. */
    second_factor: Type.Union([Type.Literal('trusted'), Type.Literal('required')]),
  },
  { additionalProperties: false },
);

/** How to sign in with the city's sign-on (统一身份认证, OpenID Connect). */
export type OidcConfig = Readonly<Static<typeof OidcFile>>;

/**
 * Reads `DATA/config/oidc.yaml`; null where there is none. It holds a secret, so nobody else may
 * read it; plain HTTP is accepted on this machine only.
 * @throws SECURITY_KEY_FILE_EXPOSED, SECURITY_KEY_FILE_INVALID
 */
export async function loadOidcConfig(file: string): Promise<OidcConfig | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const mode = (await stat(file)).mode & 0o777;
  if ((mode & 0o077) !== 0) throw keyFileExposed({ file, mode: mode.toString(8) });
  const data: unknown = parse(text);
  if (!Check(OidcFile, data)) {
    const problems = Errors(OidcFile, data).map((e) => `${e.instancePath || '/'} ${e.message}`);
    throw keyFileInvalid({ file, problems });
  }
  for (const address of [data.issuer, data.redirect_uri]) {
    if (!isLocal(address) && !address.startsWith('https://')) {
      throw keyFileInvalid({ file, problems: [`${address} 须用 https`] });
    }
  }
  return data;
}

export function isLocal(address: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(URL.parse(address)?.hostname ?? '');
}
