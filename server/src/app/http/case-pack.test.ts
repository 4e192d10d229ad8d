import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openFullCase } from '../../alerts/testing/full-case.ts';
import { readZipText } from '../../exports/testing/read-zip.ts';
import { sm3Hex } from '../../security/index.ts';
import { openSignedInServer, type SignedInServer } from './testing/signed-in-server.ts';

type People = 'watcher' | 'finn' | 'clerk';
let server: SignedInServer<People>;
let dir: string;
let caseId: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huiliu-pack-'));
  server = await openSignedInServer<People>(
    {
      watcher: { roles: ['supervisor'] },
      finn: { roles: ['supervisor'], agencies: ['140521'] },
      clerk: { roles: ['window_clerk'] },
    },
    { clock: { now: () => new Date('2026-11-05T01:00:00Z') } },
  );
  const { alerts } = server.workspace;
  caseId = (await openFullCase({ world: alerts, rows: async () => undefined })).theirs;
});
after(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

const REASON = { reason: '基金监督检查抽样' };
const packOf = (login: People, id = caseId, body: object = REASON) =>
  server.clients[login].post(`/api/alerts/cases/${id}/pack`, body);

async function fileOf(zip: string, name: string): Promise<string> {
  let text = '';
  for await (const part of readZipText(zip, name)) text += part;
  return text;
}

test('an inspector takes a case away and checks it with openssl alone', async () => {
  const answer = await packOf('watcher');
  assert.equal(answer.status, 200, answer.text);
  const zip = join(dir, 'pack.zip');
  await writeFile(zip, answer.raw);
  assert.equal(Number(answer.headers['content-length']), answer.raw.length);
  const signed = ['manifest.json', 'manifest.sig', 'public-key.pem'];
  const unpacked = spawnSync('unzip', ['-o', '-q', zip, ...signed, '-d', dir]);
  assert.equal(unpacked.status, 0, String(unpacked.stderr));
  assert.match(await fileOf(zip, '说明.txt'), /openssl pkeyutl -verify/);

  const check = (file: string) =>
    spawnSync(
      'openssl',
      [
        ...['pkeyutl', '-verify', '-pubin', '-inkey', 'public-key.pem', '-rawin', '-digest', 'sm3'],
        ...['-in', file, '-sigfile', 'manifest.sig', '-pkeyopt', 'distid:1234567812345678'],
      ],
      { cwd: dir },
    );
  const sound = check('manifest.json');
  assert.equal(sound.status, 0, `${sound.stdout}${sound.stderr}`);
  const manifest = await fileOf(zip, 'manifest.json');
  await writeFile(join(dir, 'other.json'), manifest.replace('"case_id"', '"case-id"'));
  assert.notEqual(check('other.json').status, 0, 'a changed list is noticed');

  const { files, made_by, case_id } = JSON.parse(manifest);
  assert.deepEqual([made_by, case_id], ['user:watcher', caseId]);
  assert.deepEqual(
    files.map(({ name }: { name: string }) => name),
    ['case.json', 'evidence/001_死亡证明.pdf'],
  );
  for (const { name, sm3, bytes } of files) {
    const text = await fileOf(zip, name);
    assert.deepEqual([sm3Hex(text), Buffer.byteLength(text)], [sm3, bytes], name);
    const digest = spawnSync('openssl', ['dgst', '-sm3', '-r'], { input: text }).stdout.toString();
    assert.equal(digest.slice(0, 64), sm3, name);
  }
  const shown = await fileOf(zip, 'case.json');
  assert.doesNotMatch(shown, /\d{17}[\dX]/, 'masked like the page');
  assert.ok(!(await readdir(server.workspace.exports.dir)).some((name) => name.includes('pack')));
});

test('it is audited with its reason and the digest of its list', async () => {
  const { rows } = await server.workspace.postgres.pool.query(
    `select actor, purpose, result_digest from audit_entry where action = 'alerts.pack'`,
  );
  const [{ actor, purpose, result_digest }] = rows;
  assert.deepEqual([actor, purpose], ['user:watcher', REASON.reason]);
  assert.match(result_digest, /^[0-9a-f]{64}$/);
});

test('without a right or a reason nothing is given, and another county has no such case', async () => {
  assert.equal((await packOf('clerk')).status, 403);
  assert.equal((await packOf('watcher', caseId, { reason: '看' })).status, 400);
  const away = await packOf('finn');
  const none = await packOf('finn', '99999999');
  assert.deepEqual([away.status, away.body], [404, none.body]);
});
