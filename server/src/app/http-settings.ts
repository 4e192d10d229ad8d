import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import { parse } from 'yaml';
import { httpSettingsInvalid } from './errors.ts';

const HttpFile = Type.Object(
  {
    /** Names under which browsers reach the service, besides 127.0.0.1 and localhost. */
    hosts: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Za-z0-9.-]+$' }))),
    /** Gateways (addresses or networks) whose word on a caller's address and protocol counts. */
    proxies: Type.Optional(Type.Array(Type.String({ pattern: '^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$' }))),
    /** Address in the browser's address bar; security keys are bound to its host name. */
    public_url: Type.Optional(Type.String({ pattern: '^https?://[^\\s/?#@]+/?$', maxLength: 200 })),
  },
  { additionalProperties: false },
);

export type HttpSettings = Readonly<Static<typeof HttpFile>>;

/**
 * Reads `DATA/config/http.yaml`, how browsers reach the service through a TLS gateway; without it
 * only this machine does. Nobody's forwarded headers count unless named here.
 * @throws APP_HTTP_SETTINGS_INVALID
 */
export async function loadHttpSettings(file: string): Promise<HttpSettings> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return {};
  const data = readYaml(text);
  if (!Check(HttpFile, data)) throw httpSettingsInvalid({ file });
  const addresses = (data.proxies ?? []).map((entry) => entry.split('/', 1)[0] ?? '');
  if (addresses.some((address) => isIP(address) === 0)) throw httpSettingsInvalid({ file });
  return data.public_url === undefined ? data : withOwnHost(data, data.public_url, file);
}

/** Whoever says where the platform is reached need not say its host name twice. */
function withOwnHost(data: HttpSettings, address: string, file: string): HttpSettings {
  const url = URL.parse(address);
  if (url === null) throw httpSettingsInvalid({ file });
  return { ...data, hosts: [...new Set([...(data.hosts ?? []), url.hostname])] };
}

function readYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
