import assert from 'node:assert/strict';
import test from 'node:test';
import { WHOLE_CITY } from '../../contract/index.ts';
import { isHuiliuError } from '../../kernel/index.ts';
import { maskValue } from '../../security/index.ts';
import { reportChannels } from '../compare/channel-shares.ts';
import { compareGroups } from '../compare/compare-groups.ts';
import { caseHistory } from '../discover/case-history.ts';
import { reportHandover } from '../discover/handover.ts';
import { listCases } from '../discover/list-cases.ts';
import { processMap } from '../discover/process-map.ts';
import { reportRework } from '../discover/rework.ts';
import { reportWaiting } from '../discover/waiting.ts';
import { findLog } from '../log/find-log.ts';
import { type GivenCase, type GivenStep, publishCases } from '../testing/city-cases.ts';
import { about, openProcessTest, somebody } from '../testing/process-world.ts';
import { checkConformance } from './check-conformance.ts';
import { deviationFindings } from './deviation-findings.ts';

const city = await openProcessTest();
const { world } = city;

const day = (n: number): string => `2026-06-${String(n).padStart(2, '0')} 10:00:00`;
/** Steps on days one after the other, each by an operator of its own unless named. */
const walk = (...steps: readonly (string | readonly [string, string])[]): GivenStep[] =>
  steps.map((step, at) =>
    typeof step === 'string' ? [step, day(at + 1), `OP${at}`] : [step[0], day(at + 1), step[1]],
  );
const GOOD = walk('010', '020', '030', '040', '050', '080');

async function deviationsOf(...cases: readonly GivenCase[]) {
  await publishCases(city, cases);
  const { findings } = await deviationFindings(world);
  return findings.map(({ rule, key, evidence }) => [rule, key.case_id, evidence.steps]);
}

test('a case that keeps to the description deviates in nothing', async () => {
  assert.deepEqual(await deviationsOf({ id: 'A', steps: GOOD }), []);
  const report = await checkConformance(world, {
    scope: WHOLE_CITY,
    filters: [],
    matter: 'B10100',
  });
  assert.deepEqual([report.cases, report.conforming, report.kinds], [1, 1, []]);
});

test('a required step that is missing is told, once the case is closed and not before', async () => {
  const steps = walk('020', '030', '050', '080');
  assert.deepEqual(await deviationsOf({ id: 'A', steps }), [['CFM-001', 'A', ['复核']]]);
  assert.deepEqual(await deviationsOf({ id: 'A', steps, result: '0' }), []);
  assert.deepEqual(await deviationsOf({ id: 'A', steps, result: '4' }), []);
});

test('a step that was only sent back is missing; one of a batch run or not returned yet is not', async () => {
  const back = GOOD.map(
    (step, at): GivenStep => (at === 3 ? [step[0], step[1], step[2], { action: '03' }] : step),
  );
  assert.deepEqual(await deviationsOf({ id: 'A', steps: back }), [['CFM-001', 'A', ['复核']]]);
  const steps = walk('020', '080');
  assert.deepEqual(await deviationsOf({ id: 'A', channel: '11', steps }), []);
  const later = { id: 'A', steps, finished: '2026-07-01 10:00:00' };
  assert.deepEqual(await deviationsOf(later), []);
  const other = { id: 'B', agency: '140581', steps: walk('020', '030', '040', '050', '080') };
  const moved = {
    ...other,
    steps: other.steps.map(([s, , o], n): GivenStep => [s, `2026-07-0${n + 1} 10:00:00`, o]),
  };
  assert.deepEqual(
    await deviationsOf(later, moved),
    [],
    'what another county returned says nothing',
  );
  assert.deepEqual(await deviationsOf(later, { ...moved, agency: '140502' }), [
    ['CFM-001', 'A', ['初审', '复核', '审批']],
  ]);
});

test('a step done twice is told, unless the case was sent back in between', async () => {
  assert.deepEqual(
    await deviationsOf({ id: 'A', steps: walk('020', '030', '030', '040', '050', '080') }),
    [['CFM-002', 'A', ['初审']]],
  );
  const again = walk('020', '030', '040', '030', '040', '050', '080');
  const back = again.map(
    (step, at): GivenStep => (at === 2 ? [step[0], step[1], step[2], { action: '03' }] : step),
  );
  assert.deepEqual(await deviationsOf({ id: 'A', steps: back }), []);
});

test('a step before one that should precede it is told, unless it was sent back', async () => {
  assert.deepEqual(
    await deviationsOf({ id: 'A', steps: walk('020', '040', '030', '050', '080') }),
    [['CFM-003', 'A', ['复核→初审']]],
  );
});

test('clocks of two servers may be a minute apart; a step handed on is not done twice', async () => {
  const at = (seconds: number): GivenStep[] => [
    ['020', day(1), 'OP0'],
    ['040', '2026-06-02 10:00:00', 'OP1'],
    ['030', `2026-06-02 10:01:${String(seconds).padStart(2, '0')}`, 'OP2'],
    ['050', day(3), 'OP3'],
    ['080', day(4), 'OP4'],
  ];
  assert.deepEqual(await deviationsOf({ id: 'A', steps: at(0) }), []);
  assert.deepEqual(await deviationsOf({ id: 'A', steps: at(1) }), [
    ['CFM-003', 'A', ['复核→初审']],
  ]);
  const handed: GivenStep = ['030', '2026-06-01 12:00:00', 'OP9', { action: '04' }];
  const steps = [...walk('020', '030', '040', '050', '080')].toSpliced(1, 0, handed);
  assert.deepEqual(await deviationsOf({ id: 'A', steps }), []);
});

test('one person in two steps that must be apart is told, whatever account was used', async () => {
  const steps = walk('020', ['030', 'X'], ['040', 'X'], '050', '080');
  assert.deepEqual(await deviationsOf({ id: 'A', steps }), [['CFM-004', 'A', ['初审→复核']]]);
  await world.duck.write((session) =>
    session.run(`insert into rows.operator by name
      select * from (values ('X1', '140502199001011234', 1, 1, 1), ('X2', '140502199001011234', 1, 2, 1))
        t(operator_id, id_no, batch, line, edition_from)`),
  );
  const accounts = walk('020', ['030', 'X1'], ['040', 'X2'], '050', '080');
  assert.deepEqual(await deviationsOf({ id: 'A', steps: accounts }), [
    ['CFM-004', 'A', ['初审→复核']],
  ]);
  // A low-risk matter may be handled by one.
  assert.deepEqual(await deviationsOf({ id: 'A', matter: 'A01200', steps }), []);
});

test('no id number of an operator reaches the process database', async () => {
  const log = await findLog(world, WHOLE_CITY, null);
  const engine = await world.logs.engine();
  const rows = await engine.read((session) => session.rows(`from ${log.at}.resources`));
  assert.ok(!JSON.stringify(rows).includes('140502199001011234'));
});

test('findings name their row and stay the same from run to run', async () => {
  await publishCases(city, [{ id: 'A', steps: walk('020', '080') }]);
  const first = await deviationFindings(world);
  const second = await deviationFindings(world);
  assert.equal(first.findings[0]?.sources.biz_case?.length, 1);
  assert.equal(first.findings[0]?.fingerprint, second.findings[0]?.fingerprint);
  assert.deepEqual(first.ranRules, ['CFM-001', 'CFM-002', 'CFM-003', 'CFM-004']);
  assert.ok(first.findings.every(({ trial }) => trial));
});

test('a matter nobody described cannot be checked', async () => {
  await assert.rejects(
    checkConformance(world, { scope: WHOLE_CITY, filters: [], matter: 'Z99999' }),
    (error) => isHuiliuError(error, 'PROCESS_MATTER_UNDESCRIBED'),
  );
});

const two: GivenCase[] = [
  { id: 'OURS', agency: '140502', person: 'P1', channel: '10', steps: GOOD },
  {
    id: 'THEIRS',
    agency: '140581',
    channel: '01',
    steps: walk('020', ['020', 'OP0'], '030', '080'),
  },
  { id: 'BATCH', agency: '140502', channel: '11', steps: walk('020', '080') },
];

test('a county sees its own cases in every answer, and another’s case does not exist', async () => {
  await publishCases(city, two);
  await world.duck.write((session) =>
    session.run(
      `insert into rows.person by name select 'P1' as person_id, '王小二' as name, 1 as batch, 1 as line, 1 as edition_from`,
    ),
  );
  const county = somebody(['140502']);
  const question = { ...about(null), scope: county.scope };
  assert.equal((await processMap(world, question)).cases, 2);
  const page = await listCases(world, county, question, {
    ...{ page: 1, pageSize: 10, order: 'longest', origin: 'test' },
  });
  assert.deepEqual(
    page.rows.map(({ case_id, person_name }) => [case_id, person_name]),
    [
      ['OURS', maskValue('name', '王小二')],
      ['BATCH', null],
    ],
  );
  const seen = await caseHistory(world, county, { log: null, caseId: 'OURS', origin: 'test' });
  assert.equal(seen.steps.length, 6);
  for (const caseId of ['THEIRS', 'NONE']) {
    await assert.rejects(
      caseHistory(world, county, { log: null, caseId, origin: 'test' }),
      (error) => isHuiliuError(error, 'PROCESS_CASE_UNKNOWN'),
    );
  }
});

test('a log without agencies is the whole city’s: a county does not find it', async () => {
  await city.load(`${import.meta.dirname}/../fixtures/nested.xes`, { log: 'other' });
  assert.equal((await processMap(world, about('other'))).cases, 40);
  await assert.rejects(
    processMap(world, { ...about('other'), scope: somebody(['140502']).scope }),
    (error) => isHuiliuError(error, 'PROCESS_LOG_UNKNOWN'),
  );
});

test('channels are counted by group, without what no person asked for', async () => {
  await publishCases(city, two);
  const report = await reportChannels(world, about(null));
  assert.deepEqual(
    [report.cases, report.automatic, report.near, report.near_share],
    [2, 1, 1, 0.5],
  );
  assert.deepEqual(
    report.by.map(({ agency, month, near_share }) => [agency, month, near_share]),
    [
      ['140502', '2026-06', 1],
      ['140581', '2026-06', 0],
    ],
  );
});

test('repetitions, handovers and waiting are counted', async () => {
  await publishCases(city, [
    ...two,
    {
      id: 'PARTED',
      steps: [
        ['020', day(1), 'OP0'],
        ['030', day(3), 'OP1', { start: day(2) }],
      ],
    },
  ]);
  const rework = await reportRework(world, about(null));
  assert.deepEqual(rework.rows, [
    {
      activity: '受理',
      cases: 4,
      repeated_cases: 1,
      repeated_share: 0.25,
      extra: 1,
      at_once: 1,
      comes_back: 0,
    },
  ]);
  const people = await reportHandover(world, about(null), 'people');
  assert.equal(people.kept, 1);
  assert.equal(people.known, 10);
  const units = await reportHandover(world, about(null), 'units');
  assert.deepEqual([units.known, units.kept, units.rows], [10, 10, []]);
  const { activities, bottlenecks } = await reportWaiting(world, about(null));
  const first = activities.find(({ activity }) => activity === '初审');
  assert.deepEqual(
    [first?.parted, first?.waiting.total_s, first?.handling.total_s, first?.count],
    [1, 86_400, 86_400, 3],
  );
  assert.equal(bottlenecks[0]?.rank, 1);
  const shares = bottlenecks.map(({ time_share }) => time_share ?? 0);
  assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
});

test('two groups are compared with a test, and an empty one is refused', async () => {
  const cases = Array.from({ length: 24 }, (_, n): GivenCase => {
    const slow = n % 2 === 0;
    const end = `2026-06-${String((slow ? 10 : 2) + n / 2 + 1)
      .slice(0, 2)
      .replace('.', '')
      .padStart(2, '0')} 10:00:00`;
    return {
      id: `C${n}`,
      agency: slow ? '140502' : '140581',
      steps: [
        ['020', '2026-06-01 09:00:00', 'A'],
        ['080', end, 'B'],
      ],
    };
  });
  await publishCases(city, cases);
  const request = {
    ...about(null),
    first: [{ kind: 'county', values: ['140502'] }] as const,
    second: [{ kind: 'county', values: ['140581'] }] as const,
  };
  const result = await compareGroups(world, request);
  assert.deepEqual([result.first.cases, result.second.cases, result.in_both], [12, 12, 0]);
  assert.ok(result.test.p < 0.05 && result.test.delta > 0);
  assert.match(result.conclusion, /第一组明显更慢/);
  assert.equal(
    result.distribution.reduce((sum, { first, second }) => sum + first + second, 0),
    24,
  );
  await assert.rejects(
    compareGroups(world, { ...request, second: [{ kind: 'county', values: ['140521'] }] }),
    (error) => isHuiliuError(error, 'PROCESS_GROUPS_TOO_SMALL'),
  );
});

test('a new edition is seen at once, an old one is not served from memory', async () => {
  await publishCases(city, [{ id: 'A', steps: GOOD }]);
  assert.equal((await processMap(world, about(null))).cases, 1);
  await publishCases(city, [
    { id: 'A', steps: GOOD },
    { id: 'B', steps: GOOD },
  ]);
  assert.equal((await processMap(world, about(null))).cases, 2);
});
