import { CONTENT } from '../../inbound/testing/open-desk.ts';
import type { ConnectorConfig } from '../model.ts';
import { parseInterfaces } from '../read-config.ts';

/** Configuration of one connector as YAML; `more` replaces or adds lines of it. */
export function connectorYaml(
  id: string,
  url: string,
  more: Readonly<Record<string, string>> = {},
): string {
  const lines: Record<string, string> = {
    title: '省民政火化信息',
    subject: 'death',
    source: "'01'",
    agency: "'140502'",
    scheme: 'client-id',
    url,
    credentials: '{ id: huiliu, secret: s3cr3t-of-this-test }',
    every_minutes: '15',
    pager: '{ kind: cursor, rows: rows, next: next, limit: 2 }',
    mapping: '{ event_id: XH, id_no: ZJHM, name: XM, cremated_on: HHRQ }',
    ...more,
  };
  const rest = Object.entries(lines).map(([name, value]) => `    ${name}: ${value}`);
  return [`  - id: ${id}`, ...rest].join('\n');
}

export function configOf(host: string, connectors: readonly string[]) {
  const text = `hosts: ['${host}']\nconnectors:\n${connectors.join('\n')}\n`;
  return parseInterfaces('interfaces.yaml', text, CONTENT);
}

export function connectorOf(
  id: string,
  host: string,
  more: Readonly<Record<string, string>> = {},
): ConnectorConfig {
  const [connector] = configOf(host, [connectorYaml(id, `http://${host}/${id}`, more)]).connectors;
  if (connector === undefined) throw new Error('the configuration has no connector');
  return connector;
}
