import { open } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import type { MunicipalContent } from '../../contract/index.ts';
import { keyFileExposed } from '../../security/index.ts';
import { interfacesInvalid } from './errors.ts';
import type { InterfacesConfig } from './model.ts';
import { readConnector } from './read-connector.ts';

const EMPTY: InterfacesConfig = { hosts: [], connectors: [] };
const HOST = /^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$/;

/**
 * Reads `DATA/config/interfaces.yaml`; an absent file is no interface. All faults are told at once,
 * each with its line and without a secret; of a faulty file nothing is used.
 * @throws SECURITY_KEY_FILE_EXPOSED when others may read the file, DEATHS_INTERFACES_INVALID
 */
export async function loadInterfaces(
  file: string,
  content: MunicipalContent,
): Promise<InterfacesConfig> {
  const text = await readPrivate(file);
  return text === null ? EMPTY : parseInterfaces(file, text, content);
}

/** Reads the configuration from its text. @throws DEATHS_INTERFACES_INVALID */
export function parseInterfaces(
  file: string,
  text: string,
  content: MunicipalContent,
): InterfacesConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(
    // Only the place: the parser quotes the text, which may be a secret.
    (error) => `第 ${lines.linePos(error.pos[0]).line} 行不是合法的 YAML（${error.code}）`,
  );
  if (problems.length > 0) throw interfacesInvalid({ file, problems });
  const root = (document.toJS() ?? {}) as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(root)) {
    if (name !== 'hosts' && name !== 'connectors') problems.push(`没有 ${name} 这一项`);
  }
  const hosts = listOf(root.hosts, 'hosts', problems).map(String);
  for (const host of hosts)
    if (!HOST.test(host)) problems.push(`主机 ${host} 应写成 主机名 或 主机名:端口`);
  const connectors = listOf(root.connectors, 'connectors', problems).flatMap((raw, at) => {
    const node = document.getIn(['connectors', at], true) as { range?: [number] } | undefined;
    const line = lines.linePos(node?.range?.[0] ?? 0).line;
    const connector = readConnector(raw, { hosts, content }, (what) =>
      problems.push(`第 ${line} 行起的接口：${what}`),
    );
    return connector === null ? [] : [connector];
  });
  const ids = connectors.map((each) => each.id);
  for (const id of new Set(ids.filter((each, at) => ids.indexOf(each) !== at))) {
    problems.push(`接口编号 ${id} 写了两次`);
  }
  if (problems.length > 0) throw interfacesInvalid({ file, problems });
  return { hosts, connectors };
}

function listOf(value: unknown, name: string, problems: string[]): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value as readonly unknown[];
  problems.push(`${name} 应为列表`);
  return [];
}

async function readPrivate(file: string): Promise<string | null> {
  try {
    await using handle = await open(file, 'r');
    const mode = (await handle.stat()).mode & 0o777;
    if ((mode & 0o077) !== 0) throw keyFileExposed({ file, mode: mode.toString(8) });
    return await handle.readFile('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
