import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { CONTENT, refusedWith } from '../inbound/testing/open-desk.ts';
import { loadInterfaces, parseInterfaces } from './read-config.ts';
import { configOf, connectorYaml } from './testing/small-config.ts';

const EXAMPLE = join(
  import.meta.dirname,
  '../../../../content/base/interfaces/interfaces.example.yaml',
);
const yaml = (more: Readonly<Record<string, string>>) =>
  connectorYaml('mz', 'http://10.1.2.3/x', more);

function problemsOf(text: string): string {
  try {
    parseInterfaces('interfaces.yaml', text, CONTENT);
  } catch (error) {
    refusedWith('DEATHS_INTERFACES_INVALID')(error);
    return (error as Error).message;
  }
  throw new Error('the configuration was accepted');
}

test('the example that is shipped is sound and shows every scheme', async () => {
  const text = await readFile(EXAMPLE, 'utf8');
  const config = parseInterfaces(EXAMPLE, text, CONTENT);
  const schemes = new Set(config.connectors.map((each) => each.scheme));
  assert.deepEqual([...schemes].sort(), ['client-id', 'gjgxjhpt', 'gjzwfwpt', 'medical', 'tif']);
});

test('all faults are told at once, with their lines and without a secret', () => {
  const text = `hosts: [10.1.2.3, 'bad host']
colour: red
connectors:
${yaml({ scheme: 'magic', source: "'77'", credentials: '{ id: x, secret: geheim, colour: red }' })}
${yaml({ url: 'http://169.254.169.254/meta', every_minutes: '0', mapping: '{ id_no: A, wings: B }' })}
${yaml({ scheme: 'medical', pager: '{ kind: window, first: yesterday }' })}
${yaml({ scheme: 'gjgxjhpt', credentials: '{ id: a, requester: b, app_key: short }', refresh: '{ url: http://10.1.2.3/r }' })}
`;
  const message = problemsOf(text);
  for (const part of [
    /没有 colour 这一项/,
    /主机 bad host/,
    /第 4 行起的接口：.*scheme 应为/,
    /credentials 没有 colour/,
    /source 不在代码表 CL_DEATH_SRC/,
    /第 15 行起的接口：url 应为/,
    /every_minutes 应为 1 到 1440/,
    /mapping 没有 wings/,
    /方案 medical 需要 credentials.sm4_key/,
    /pager.first 写法不对/,
    /credentials.app_key 应为 16、24 或 32/,
  ]) {
    assert.match(message, part);
  }
  assert.doesNotMatch(message, /geheim|s3cr3t/);
});

test('an interface named twice is refused, one that is sound is read whole', () => {
  assert.match(
    problemsOf(`hosts: [10.1.2.3]\nconnectors:\n${yaml({})}\n${yaml({})}\n`),
    /mz 写了两次/,
  );
  const [connector] = configOf('10.1.2.3', [yaml({})]).connectors;
  assert.deepEqual(connector?.mapping.cremated_on, { from: 'HHRQ', codes: null });
});

test('the file is private, and its absence is no interface', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'interfaces-'));
  t.after(() => rm(dir, { recursive: true }));
  const file = join(dir, 'interfaces.yaml');
  assert.deepEqual((await loadInterfaces(file, CONTENT)).connectors, []);
  await writeFile(file, 'connectors: []\n');
  await chmod(file, 0o644);
  await assert.rejects(loadInterfaces(file, CONTENT), refusedWith('SECURITY_KEY_FILE_EXPOSED'));
  await chmod(file, 0o600);
  assert.deepEqual((await loadInterfaces(file, CONTENT)).connectors, []);
});

test('a connector is read on, asked about one person, or both; neither is a fault', () => {
  const query = '{ id_field: ZJHM, rows: data }';
  const both = configOf('10.1.2.3', [yaml({ query })]).connectors[0];
  assert.deepEqual(both?.query, {
    ...{ url: 'http://10.1.2.3/x', idField: 'ZJHM', nameField: null, rows: 'data' },
  });
  const withoutPager = yaml({ query }).replace(/^ *pager:.*\n/m, '');
  assert.equal(configOf('10.1.2.3', [withoutPager]).connectors[0]?.pager, null);
  const text = (connector: string) => `hosts: [10.1.2.3]\nconnectors:\n${connector}\n`;
  const neither = yaml({}).replace(/^ *pager:.*\n/m, '');
  assert.match(problemsOf(text(neither)), /缺少 pager（定时取）或 query（点名查）/);
  const elsewhere = yaml({ query: '{ url: http://10.9.9.9/x, id_field: ZJHM }' });
  assert.match(problemsOf(text(elsewhere)), /主机须列在 hosts 中/);
  assert.match(problemsOf(text(yaml({ query: '{ rows: data, wings: 1 }' }))), /query 没有 wings/);
  assert.match(problemsOf(text(yaml({ query: '{ rows: data }' }))), /query.缺少 id_field/);
});
