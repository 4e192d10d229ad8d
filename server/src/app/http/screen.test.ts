import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadPackages } from '../../ingest/index.ts';
import { silentProgress } from '../../kernel/index.ts';
import { PIPELINE } from '../pipeline.ts';
import { runPipeline } from '../pipeline-run.ts';
import { lastGood } from './last-good.ts';
import { openSignedInServer, type SignedInServer } from './testing/signed-in-server.ts';
import { plainWorld } from './testing/test-server.ts';

const SAMPLE = join(import.meta.dirname, '../../../../tools/sample-package');
type People = 'leader' | 'county' | 'clerk';
let server: SignedInServer<People>;

before(async () => {
  server = await openSignedInServer<People>({
    leader: { roles: ['leader'] },
    county: { roles: ['county_officer'], agencies: ['140502'] },
    clerk: { roles: ['window_clerk'] },
  });
  await loadPackages(server.workspace.ingest, [SAMPLE], silentProgress);
});
after(() => server.close());

const numbersOf = (result: unknown) => result as { opened: number };

test('after a publication every step is done, and doing it again opens nothing twice', async () => {
  const request = { actor: 'cli:test', progress: silentProgress };
  const run = (again: boolean) =>
    runPipeline(server.workspace, PIPELINE, {
      ...{ ...request, signal: new AbortController().signal, again },
    });
  const first = await run(false);
  assert.equal(first.state, 'done', JSON.stringify(first.steps));
  const opened = (report: typeof first, step: string) =>
    numbersOf(report.steps.find((each) => each.step === step)?.result).opened;
  assert.ok(opened(first, 'deaths') > 0 && opened(first, 'alerts') > 0);
  const second = await run(true);
  assert.equal(second.state, 'done');
  assert.deepEqual([opened(second, 'deaths'), opened(second, 'alerts')], [0, 0]);
});

test('the wall shows counts and sums of the city, as of a day, and nothing about a person', async () => {
  const { body, status, text } = await server.clients.leader.get('/api/screen/panorama');
  assert.equal(status, 200, text);
  assert.equal(body.agency_title, '全市');
  assert.equal(body.feed.value.as_of, '2026-10-31');
  assert.equal(body.feed.stale, false);
  assert.ok(body.feed.value.return_rate > 0);
  assert.equal(body.process.stale, false);
  const { in_progress, overdue, near, on_time, slowest, served, near_home } = body.process.value;
  assert.ok(in_progress >= overdue + near + on_time);
  assert.ok(slowest.from !== slowest.to && slowest.time_share > 0 && slowest.time_share <= 1);
  assert.ok(served > 0 && near_home <= served);
  assert.equal(body.process.value.near_home_share, near_home / served);
  const known = await server.workspace.duck.read((session) =>
    session.first<{ persons: bigint; agencies: bigint }>(
      'select count(*) as persons, count(distinct agency) as agencies from main.person',
    ),
  );
  const { counties } = body.people.value;
  assert.equal(BigInt(counties.length), known?.agencies);
  const persons = counties.reduce(
    (sum: number, each: { persons: number }) => sum + each.persons,
    0,
  );
  assert.equal(BigInt(persons), known?.persons);
  const people = await server.workspace.duck.read((session) =>
    session.rows<{ person_id: string; id_no: string | null; name: string }>(
      'select person_id, id_no, name from main.person',
    ),
  );
  for (const { person_id, id_no, name } of people) {
    for (const value of [person_id, id_no, name]) {
      if (value !== null) assert.ok(!text.includes(`"${value}"`), 'a person is on the wall');
    }
  }
});

test('drilling down gives one county; a county sees its own numbers and no other', async () => {
  const { leader, county, clerk } = server.clients;
  const city = (await leader.get('/api/screen/panorama')).body.feed.value.landed;
  const own = (await leader.get('/api/screen/panorama?agency=140502')).body;
  assert.ok(own.feed.value.landed > 0 && own.feed.value.landed < city);
  const mine = (await county.get('/api/screen/panorama')).body;
  assert.deepEqual(mine.feed.value, own.feed.value);
  const foreign = (await county.get('/api/screen/panorama?agency=140521')).body;
  assert.equal(foreign.feed.value.landed, 0);
  assert.deepEqual(foreign.alerts.value.counties, []);
  assert.deepEqual(foreign.people.value.counties, []);
  assert.deepEqual(
    mine.people.value.counties.map(({ agency }: { agency: string }) => agency),
    ['140502'],
  );
  assert.equal((await clerk.get('/api/screen/panorama')).status, 403);
  assert.equal((await server.nobody.get('/api/screen/panorama')).status, 401);
});

test('a source that fails leaves its last good numbers, marked as such', async () => {
  const world = plainWorld();
  const good = await lastGood(world, 'feed', '09:00', async () => 7);
  assert.deepEqual(good, { read_at: '09:00', stale: false, value: 7 });
  const fail = () => Promise.reject(new Error('away'));
  assert.deepEqual(await lastGood(world, 'feed', '10:00', fail), {
    ...{ read_at: '09:00', stale: true, value: 7 },
  });
  assert.deepEqual(await lastGood(world, 'alerts', '10:00', fail), {
    ...{ read_at: null, stale: true, value: null },
  });
});
