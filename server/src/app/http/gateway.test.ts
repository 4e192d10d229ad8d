import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { loadHttpSettings } from '../http-settings.ts';
import { addressCheck } from './address-check.ts';
import { openTestServer } from './testing/test-server.ts';

let dir = '';
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'http-settings-'));
});
after(() => rm(dir, { recursive: true, force: true }));

const GATEWAY = '10.140.1.1';
const FORWARDED = {
  'x-forwarded-for': '10.140.7.7',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'huiliu.jincheng.local',
  host: '127.0.0.1:8080',
};

const health = (app: FastifyInstance, remoteAddress: string, headers: Record<string, string>) =>
  app.inject({ method: 'GET', url: '/api/health', remoteAddress, headers });

test('a gateway named in the settings tells address, protocol and host; nobody else does', async () => {
  const server = await openTestServer({ hosts: ['huiliu.jincheng.local'], proxies: [GATEWAY] });
  const trusted = await health(server.app, GATEWAY, FORWARDED);
  assert.equal(trusted.statusCode, 200);
  assert.match(String(trusted.headers['strict-transport-security']), /max-age=31536000/);
  const forged = await health(server.app, '10.140.9.9', FORWARDED);
  assert.equal(forged.headers['strict-transport-security'], undefined);
  const addresses = server.log.map((line) => JSON.parse(line).address);
  assert.deepEqual(addresses, ['10.140.7.7', '10.140.9.9']);
  const foreign = { ...FORWARDED, 'x-forwarded-host': 'evil.example' };
  assert.equal((await health(server.app, GATEWAY, foreign)).statusCode, 403);
  await server.close();
});

test('without settings no forwarded header counts', async () => {
  const server = await openTestServer();
  await health(server.app, GATEWAY, FORWARDED);
  assert.equal(JSON.parse(server.log[0] ?? '').address, GATEWAY);
  await server.close();
});

test('the settings file is read whole or refused', async () => {
  const file = join(dir, 'http.yaml');
  assert.deepEqual(await loadHttpSettings(file), {});
  await writeFile(file, 'hosts: [huiliu.jincheng.local]\nproxies: [10.140.1.0/24, "::1"]\n');
  assert.deepEqual((await loadHttpSettings(file)).proxies, ['10.140.1.0/24', '::1']);
  await writeFile(file, 'public_url: https://huiliu.jincheng.local:8443/\n');
  assert.deepEqual(await loadHttpSettings(file), {
    public_url: 'https://huiliu.jincheng.local:8443/',
    hosts: ['huiliu.jincheng.local'],
  });
  for (const wrong of [
    'public_url: huiliu.jincheng.local',
    'public_url: https://huiliu.jincheng.local/pages',
    'public_url: https://huiliu.jincheng.local:999999',
    'proxies: [everybody]',
    'proxies: [999.1.1.1]',
    'hosts: a',
    'x: 1',
    '{',
    '',
  ]) {
    await writeFile(file, wrong);
    await assert.rejects(loadHttpSettings(file), { code: 'APP_HTTP_SETTINGS_INVALID' }, wrong);
  }
});

test('administrators are let in from the addresses listed, and from anywhere when none is', () => {
  const isAllowed = addressCheck(['10.140.5.0/24', '192.168.1.9', 'fd00::/8']);
  for (const address of ['10.140.5.1', '192.168.1.9', '::ffff:10.140.5.200', 'fd12::1']) {
    assert.equal(isAllowed(address), true, address);
  }
  for (const address of ['10.140.6.1', '192.168.1.10', '127.0.0.1', '::1', 'fe80::1']) {
    assert.equal(isAllowed(address), false, address);
  }
  assert.equal(addressCheck([])('203.0.113.1'), true);
});
