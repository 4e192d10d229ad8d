import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Titles of the departments that can be asked, as pages show them. */
export const HEALTH = '市卫健委死亡医学证明';
export const COURT = '市中级法院羁押信息';

/**
 * Departments on this machine that answer questions about one person, written into the folder's
 * configuration: health knows of no death, the court of a detention of whomever it is asked about.
 */
export async function openDepartments(dataDir: string): Promise<{ close(): void }> {
  const server = createServer((request, response) => {
    const detention = { LB: '羁押', RJRQ: '2026-06-10' };
    const data = request.url === '/court' ? [detention] : [];
    response.writeHead(200, { 'content-type': 'application/json' });
    request.resume().on('end', () => response.end(JSON.stringify({ data })));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const text = `
hosts: ['${host}']
connectors:
  - id: weijian-certificate
    title: ${HEALTH}
    subject: death
    source: '02'
    scheme: client-id
    url: http://${host}/health
    credentials: { id: huiliu, secret: secret-of-this-test }
    query: { id_field: ZJHM, rows: data }
    mapping: { id_no: ZJHM, death_date: SWRQ }
  - id: fayuan-custody
    title: ${COURT}
    subject: custody
    source: '02'
    scheme: client-id
    url: http://${host}/court
    credentials: { id: huiliu, secret: secret-of-this-test }
    query: { id_field: ZJHM, rows: data }
    mapping: { id_no: ZJHM, custody_kind: { from: LB, codes: { 羁押: '02' } }, start_on: RJRQ }
`;
  await writeFile(join(dataDir, 'config', 'interfaces.yaml'), text, { mode: 0o600 });
  return {
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
