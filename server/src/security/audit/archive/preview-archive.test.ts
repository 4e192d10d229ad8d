import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { type AuditWorld, confirmArchive, listArchives, previewArchive } from '../index.ts';
import { ask, CONFIRMER, openOldLog, twoOldMonths } from '../testing/old-log.ts';

const log = await openOldLog();
after(log.close);

const SIX = { onlineMonths: 6 };
const stretchOf = async (world: AuditWorld, before?: string) => {
  const { stretch } = await previewArchive(world, { ...SIX, before });
  return stretch === null ? null : [stretch.first_seq, stretch.last_seq, stretch.entries];
};

describe('a preview of an archive', () => {
  it('names the stretch a request for the same day then gets, and asks for nothing', async () => {
    const world = await twoOldMonths(log);
    assert.deepEqual(await stretchOf(world, '2024-03-15'), [1, 10, 10]);
    const whole = await previewArchive(world, SIX);
    assert.deepEqual(
      [whole.before, whole.latest, whole.online_months],
      ['2026-05-05', '2026-05-05', 6],
    );
    assert.deepEqual([whole.stretch?.entries, whole.stretch?.later], [20, 0]);
    assert.equal(Date.parse(whole.stretch?.first_at ?? ''), Date.parse('2024-03-01T01:00:00Z'));
    assert.equal(Date.parse(whole.stretch?.last_at ?? ''), Date.parse('2024-04-01T01:00:00Z'));
    assert.deepEqual((await listArchives(log.db)).requests, []);
    await ask(world, '2024-03-15');
    const [asked] = (await listArchives(log.db)).requests;
    assert.deepEqual([asked?.first_seq, asked?.last_seq, asked?.entries], [1, 10, 10]);
    assert.equal(Date.parse(asked?.first_at ?? ''), Date.parse('2024-03-01T01:00:00Z'));
  });

  it('goes on behind what is archived, and says since when there is a log where none is old', async () => {
    const world = await twoOldMonths(log);
    const requestId = await ask(world, '2024-03-15');
    await confirmArchive(world, { by: CONFIRMER, requestId, opinion: null });
    assert.deepEqual(await stretchOf(world), [11, 20, 10]);
    const none = await previewArchive(world, { ...SIX, before: '2024-03-15' });
    assert.equal(none.stretch, null);
    assert.equal(Date.parse(none.oldest_at ?? ''), Date.parse('2024-04-01T01:00:00Z'));
    const empty = await previewArchive(await log.fresh(), SIX);
    assert.deepEqual([empty.stretch, empty.oldest_at], [null, null]);
  });

  it('refuses a day within the time entries stay online', async () => {
    const world = await twoOldMonths(log);
    await assert.rejects(previewArchive(world, { ...SIX, before: '2026-05-06' }), {
      code: 'SECURITY_AUDIT_ARCHIVE_TOO_YOUNG',
    });
  });
});
