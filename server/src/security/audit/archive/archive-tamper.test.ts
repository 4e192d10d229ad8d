import assert from 'node:assert/strict';
import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { passingKeys } from '../../crypto/index.ts';
import { type AuditWorld, checkAudit, confirmArchive, listArchived, openAnchor } from '../index.ts';
import { ask, CONFIRMER, openOldLog, twoOldMonths } from '../testing/old-log.ts';
import { signManifest } from './manifest.ts';

const log = await openOldLog();
after(log.close);

let world: AuditWorld;
const at = (name: string) => join(world.archiveDir, name);
const ONE = 'audit-000001.jsonl.gz';
const TWO = 'audit-000002.jsonl.gz';
const SIGNED_ONE = 'audit-000001.json';
const SIGNED_TWO = 'audit-000002.json';

/** Entries 1–10 in one archive and 11–20 in another. */
beforeEach(async () => {
  world = await twoOldMonths(log);
  for (const before of ['2024-03-15', undefined]) {
    const requestId = await ask(world, before);
    await confirmArchive(world, { by: CONFIRMER, requestId, opinion: null });
  }
});

const bad = async () =>
  (await checkAudit(world)).bad_archives.map((one) =>
    [one.archive, one.file, one.fault, one.other, one.first_bad].join(' '),
  );
const swap = async (one: string, other: string) => {
  await rename(at(one), at('passing'));
  await rename(at(other), at(one));
  await rename(at('passing'), at(other));
};
const repack = async (change: (text: string) => string) => {
  const text = gunzipSync(await readFile(at(ONE))).toString('utf8');
  await writeFile(at(ONE), gzipSync(change(text)));
};

const cases: [string, () => Promise<unknown>, string[]][] = [
  ['nothing', async () => undefined, []],
  ['a missing file', () => rm(at(ONE)), [`1 ${ONE} missing  1`]],
  ['a missing manifest', () => rm(at(SIGNED_TWO)), [`2 ${SIGNED_TWO} missing  11`]],
  ['a truncated file', () => truncate(at(TWO), 200), [`2 ${TWO} truncated  11`]],
  ['an emptied file', () => truncate(at(TWO), 0), [`2 ${TWO} truncated  11`]],
  ['a truncated manifest', () => truncate(at(SIGNED_ONE), 50), [`1 ${SIGNED_ONE} truncated  1`]],
  [
    'an entry edited and the file packed again',
    () =>
      repack((text) =>
        text.replace(/("seq":7,[^\n]*)/, '$1').replace(/核实(?=[^\n]*"seq":7,)/, '核对'),
      ),
    [`1 ${ONE} edited  7`],
  ],
  [
    'an entry taken out and the file packed again',
    () =>
      repack((text) =>
        text
          .split('\n')
          .filter((_, index) => index !== 3)
          .join('\n'),
      ),
    [`1 ${ONE} edited  4`],
  ],
  [
    'the last entries taken out and the file packed again',
    () => repack((text) => `${text.split('\n').slice(0, 8).join('\n')}\n`),
    [`1 ${ONE} edited  1`],
  ],
  [
    'a bit turned over',
    async () => {
      const bytes = await readFile(at(ONE));
      bytes[bytes.length - 30] = (bytes.at(-30) ?? 0) ^ 1;
      await writeFile(at(ONE), bytes);
    },
    [`1 ${ONE} edited  1`],
  ],
  [
    'an edited manifest',
    async () => {
      const text = await readFile(at(SIGNED_ONE), 'utf8');
      await writeFile(at(SIGNED_ONE), text.replace('user:an', 'user:xi'));
    },
    [`1 ${SIGNED_ONE} edited  1`],
  ],
  [
    'a manifest signed with another key',
    async () => {
      const {
        key_id: _id,
        signature: _signature,
        ...content
      } = JSON.parse(await readFile(at(SIGNED_ONE), 'utf8'));
      const forger = await openAnchor(join(log.dir, 'forger'), passingKeys());
      await writeFile(at(SIGNED_ONE), signManifest(forger, content));
    },
    [`1 ${SIGNED_ONE} edited  1`],
  ],
  ['two swapped files', () => swap(ONE, TWO), [`1 ${ONE} swapped 2 1`, `2 ${TWO} swapped 1 11`]],
  [
    'two archives swapped with their manifests',
    async () => {
      await swap(ONE, TWO);
      await swap(SIGNED_ONE, SIGNED_TWO);
    },
    [`1 ${SIGNED_ONE} swapped 2 1`, `2 ${SIGNED_TWO} swapped 1 11`],
  ],
  [
    'an edited record',
    () => log.asOwner("update audit_archive set last_hash = repeat('d', 64) where archive_no = 1"),
    ['1 audit_archive edited  1'],
  ],
  [
    'a deleted record',
    () => log.asOwner('delete from audit_archive where archive_no = 2'),
    [`2 ${SIGNED_TWO} unregistered  11`],
  ],
];

describe('tampering with archives', () => {
  for (const [what, tamper, expected] of cases) {
    it(`finds ${what}`, async () => {
      await tamper();
      assert.deepEqual(await bad(), expected);
      const report = await checkAudit(world);
      assert.equal(report.sound, expected.length === 0);
      const online = report.sound || report.fault === 'archive';
      assert.ok(online, 'the entries online are not accused of it');
    });
  }

  it('says so of both where the entries online were changed too', async () => {
    await rm(at(ONE));
    await log.asOwner('delete from audit_entry where seq = 22');
    const report = await checkAudit(world);
    assert.deepEqual([!report.sound && report.fault, report.bad_archives.length], ['missing', 1]);
  });

  it('finds an archive removed with its files and record', async () => {
    await log.asOwner('delete from audit_archive where archive_no = 2');
    await Promise.all([TWO, SIGNED_TWO].map((name) => rm(at(name))));
    const report = await checkAudit(world);
    assert.deepEqual(!report.sound && [report.fault, report.firstBad], ['missing', 11]);
  });

  it('finds an entry put online where the archives already have one', async () => {
    await log.asOwner(`insert into audit_entry (seq, at, actor, origin, action, outcome, format,
      prev_hash, hash) values (5, now(), 'user:x', 'cli', 'dossier.open', 'ok', 2,
      repeat('e', 64), repeat('f', 64))`);
    const report = await checkAudit(world);
    assert.deepEqual(!report.sound && [report.fault, report.firstBad], ['unlinked', 5]);
  });

  it('answers no search from a file that is not what was signed', async () => {
    await truncate(at(TWO), 200);
    const search = { page: 1, pageSize: 10 };
    await assert.rejects(listArchived(world, search), { code: 'SECURITY_AUDIT_ARCHIVE_DAMAGED' });
    assert.equal((await listArchived(world, { ...search, to: '2024-03-15' })).total, 10);
  });
});
