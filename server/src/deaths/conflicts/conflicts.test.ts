import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { forWholeCity } from '../../security/index.ts';
import { auditedChanges } from '../../security/testing/audited-changes.ts';
import { afterReports } from '../compare/after-reports.ts';
import type { DeathReport } from '../model.ts';
import { mayContact } from '../registry/may-contact.ts';
import type { RegistryDb } from '../registry/tables.ts';
import { takeIn } from '../registry/take-in.ts';
import { askerOf } from '../testing/askers.ts';
import {
  type CityRows,
  openSmallCity,
  pensionOf,
  personOf,
  reportOf,
} from '../testing/open-city.ts';
import { confirmOpinion, giveOpinion } from './decide-case.ts';
import { findCase, listCases } from './list-cases.ts';
import { writeLetter } from './write-letter.ts';

const city = await openSmallCity();
const { world } = city;
const read = <T>(work: (db: RegistryDb) => Promise<T>): Promise<T> =>
  forWholeCity(world.db as RegistryDb, work);

const ann = askerOf('ann');
const ben = askerOf('ben');
const code = (expected: string) => (error: unknown) =>
  (error as { code?: string }).code === expected;

/** Kinds of contradictions: reports, and rows of our own data that speak against them. */
type Contradiction = (
  person: ReturnType<typeof personOf>,
  no: number,
) => { reports: Partial<DeathReport>[]; rows: CityRows };

const dead = (no: number) => `2026-0${2 + (no % 3)}-${String(1 + (no % 27)).padStart(2, '0')}`;
const CONTRADICTIONS: readonly Contradiction[] = [
  (_, no) => ({
    reports: [
      { source: '01', deathDate: dead(no) },
      { source: '03', deathDate: `2026-08-${String(1 + (no % 27)).padStart(2, '0')}` },
    ],
    rows: {},
  }),
  ({ person_id }, no) => ({
    reports: [
      { source: '01', deathDate: dead(no) },
      { source: '02', deathDate: dead(no) },
    ],
    rows: {
      entitlement: [
        {
          ...{ entitlement_id: `E${no}`, person_id, insurance: '110', benefit_class: '01' },
          ...{
            cert_result: '1',
            cert_mode: no % 2 === 0 ? '02' : '04',
            last_cert_ym: '2026-07-01',
          },
        },
      ],
    },
  }),
  ({ person_id }, no) => ({
    reports: [{ source: '03', deathDate: dead(no), hukouCancelReason: '死亡' }],
    rows: {
      medical_claim: [
        {
          ...{ claim_id: `M${no}`, person_id, injury_id: 'I1', hospital_id: 'H1', med_type: '72' },
          ...{ start_on: '2026-06-10', end_on: '2026-06-20' },
        },
      ],
    },
  }),
  ({ person_id }, no) => ({
    reports: [{ source: '02', deathDate: dead(no) }],
    rows: {
      contribution: [
        {
          ...{ contrib_id: `K${no}`, person_id, unit_id: 'U1', insurance: '110', pay_type: '10' },
          ...{ period: '2026-07-01', due_period: '2026-07-01', paid_flag: '1', arrive_flag: '1' },
        },
      ],
    },
  }),
  ({ person_id }, no) => ({
    reports: [{ source: '06', deathDate: dead(no) }],
    rows: {
      household_member: [
        {
          ...{ rel_id: `R${no}`, person_id, related_id: 'P999', valid_flag: '1' },
          from_on: '2026-06-01',
        },
      ],
    },
  }),
  ({ person_id }, no) => ({
    reports: [{ source: '05', deathDate: dead(no) }],
    rows: {
      employment: [
        {
          ...{ emp_id: `W${no}`, person_id, kind: '3', emp_state: '1', valid_flag: '1' },
          ...{ start_on: '2026-06-01', reg_on: '2026-06-02' },
        },
      ],
    },
  }),
  (_, no) => ({
    reports: [
      { source: '01', deathDate: dead(no), name: '赵钱孙' },
      { source: '02', deathDate: dead(no) },
    ],
    rows: {},
  }),
  (_, no) => ({
    reports: [
      { source: '02', deathDate: dead(no), birthDate: '1951-11-11' },
      { source: '03', deathDate: dead(no) },
    ],
    rows: {},
  }),
  ({ sex }, no) => ({
    reports: [
      { source: '02', deathDate: dead(no), sex: sex === '1' ? '2' : '1' },
      { source: '01', deathDate: dead(no) },
    ],
    rows: {},
  }),
  // Two neighbours of this kind share a certificate.
  (_, no) => ({
    reports: [{ source: '02', deathDate: dead(no), certNo: `SX-2026-${Math.floor(no / 20)}` }],
    rows: {},
  }),
];

const COUNT = 200;
const people = Array.from({ length: COUNT }, (_, i) => personOf(i + 1));
const built = people.map((person, i) => ({
  person,
  ...(CONTRADICTIONS[i % CONTRADICTIONS.length] as Contradiction)(person, i),
}));
const rows: Record<string, CityRows[string][number][]> = {
  person: people,
  unit: [{ unit_id: 'U1', unit_type: '10' }],
  benefit_payment: people.flatMap((person) => pensionOf(person, '2026-01', '2026-09')),
};
for (const one of built) {
  for (const [table, some] of Object.entries(one.rows)) {
    rows[table] = [...(rows[table] ?? []), ...some];
  }
}
await city.publish('2026-10-31', rows);
const taken = await takeIn(
  world,
  built.flatMap(({ person: { id_no: idNo, name }, reports }) =>
    reports.map((report) => reportOf({ idNo, name, ...report })),
  ),
);
const delivery = await afterReports(world, [...new Set(taken.map(({ subject }) => subject))]);
const caseOf = async (personId: string): Promise<string> => {
  const row = await read((db) =>
    db
      .selectFrom('death_case')
      .select('case_no')
      .where('person_id', '=', personId)
      .where('state', 'in', ['open', 'opinion'])
      .executeTakeFirstOrThrow(),
  );
  return String(row.case_no);
};

describe('200 constructed contradictions', () => {
  it('all end in arbitration', async () => {
    const cases = await read((db) => db.selectFrom('death_case').selectAll().execute());
    assert.equal(cases.length, COUNT);
    assert.deepEqual(
      cases.map((row) => row.person_id).sort(),
      people.map((person) => person.person_id).sort(),
    );
    const kinds = new Set(cases.flatMap((row) => row.kinds));
    assert.deepEqual([...kinds].sort(), [
      ...['certificate_shared', 'dates_differ', 'identity', 'life_sign'],
    ]);
  });

  it('none ends in a finding that states an amount, or is confirmed, or is high', () => {
    assert.equal(delivery.findings.length, COUNT);
    for (const finding of delivery.findings) {
      assert.equal(finding.rule, 'DRG-003');
      assert.equal(finding.amountFen, null);
      assert.notEqual(finding.level, 'high');
      assert.match(finding.action, /裁决前不停发/);
    }
  });

  it('leave everybody 待裁决, and nothing written to the municipal data', async () => {
    const verdicts = await read((db) =>
      db.selectFrom('death_person').select('verdict').distinct().execute(),
    );
    assert.deepEqual(verdicts, [{ verdict: '3' }]);
    const stopped = await world.duck.read((session) =>
      session.rows("select 1 from main.entitlement where pay_state in ('2', '3')"),
    );
    assert.deepEqual(stopped, []);
  });

  it('are opened once: looking again opens nothing', async () => {
    await afterReports(world, [...new Set(taken.map(({ subject }) => subject))]);
    const { total } = await listCases(world, ann, { offset: 0, limit: 10 });
    assert.equal(total, COUNT);
  });
});

describe('a contradiction is decided', () => {
  it('by two people: nobody confirms his own opinion, not even past the use case', async () => {
    const caseNo = await caseOf('P001');
    const opinion = { caseNo, verdict: '1', diedOn: '2026-08-01', text: '公安、村委核实' } as const;
    await giveOpinion(world, ann, opinion);
    const own = { caseNo, agree: true, text: '同意' };
    await assert.rejects(confirmOpinion(world, ann, own), code('DEATHS_SAME_DECIDER'));
    const direct = read((db) =>
      sql`update death_case set state = 'decided', closed_at = now(), confirmed_by = opinion_by
        where case_no = ${caseNo}`.execute(db),
    );
    await assert.rejects(direct, /check constraint/);
    const shown = await findCase(world, ann, caseNo);
    assert.ok(!shown.allowed_actions.includes('confirm'));
    assert.match(shown.not_allowed.confirm ?? '', /另一人/);
    assert.ok((await findCase(world, ben, caseNo)).allowed_actions.includes('confirm'));
    const result = await confirmOpinion(world, ben, own);
    assert.equal(result?.findings[0]?.rule, 'DRG-001');
    assert.equal(result?.findings[0]?.evidence.died_on, '2026-08-01');
    assert.equal(result?.findings[0]?.amountFen, 100_000n);
    await assert.rejects(confirmOpinion(world, ben, own), code('DEATHS_CASE_MOVED'));
  });

  it('as alive: the finding vanishes, the person is written to again', async () => {
    const caseNo = await caseOf('P002');
    assert.equal((await mayContact(world, ['P002'])).get('P002'), 'suspected_dead');
    await giveOpinion(world, ann, { caseNo, verdict: '2', diedOn: null, text: '入户见到本人' });
    const result = await confirmOpinion(world, ben, { caseNo, agree: true, text: '同意' });
    assert.deepEqual(result?.findings, []);
    assert.deepEqual(result?.persons, ['P002']);
    assert.equal((await mayContact(world, ['P002'])).size, 0);
  });

  it('again when a department speaks once more after the decision', async () => {
    const { id_no: idNo, name } = personOf(2);
    const [more] = await takeIn(world, [
      reportOf({ idNo, name, source: '03', deathDate: '2026-09-20', eventId: 'again' }),
    ]);
    const result = await afterReports(world, [more?.subject ?? '']);
    assert.equal(result.findings[0]?.rule, 'DRG-003');
    const shown = await findCase(world, ann, await caseOf('P002'));
    assert.deepEqual(
      shown.kinds.map(({ kind }) => kind),
      ['after_decision'],
    );
  });

  it('again when the evidence of a decision is taken back', async () => {
    const caseNo = await caseOf('P003');
    const first = await read((db) =>
      db
        .selectFrom('death_report')
        .innerJoin('death_person', 'death_person.subject', 'death_report.subject')
        .select(['death_report.event_id', 'death_report.subject'])
        .where('person_id', '=', 'P003')
        .executeTakeFirstOrThrow(),
    );
    await giveOpinion(world, ann, { caseNo, verdict: '1', diedOn: '2026-07-01', text: '医院证明' });
    await confirmOpinion(world, ben, { caseNo, agree: true, text: '同意' });
    const [back] = await takeIn(world, [
      reportOf({ kind: 'revocation', refersTo: first.event_id, source: '03', deathDate: null }),
    ]);
    const result = await afterReports(world, [back?.subject ?? '']);
    assert.equal(result.findings[0]?.rule, 'DRG-003');
    assert.deepEqual(result.findings[0]?.evidence.conflicts, ['basis_withdrawn']);
  });

  it('only on the evidence it was given on: new evidence sends an opinion back', async () => {
    const caseNo = await caseOf('P004');
    await giveOpinion(world, ann, { caseNo, verdict: '2', diedOn: null, text: '单位证明在岗' });
    const { id_no: idNo, name } = personOf(4);
    const [more] = await takeIn(world, [
      reportOf({ idNo, name, source: '01', deathDate: '2026-08-30' }),
    ]);
    await afterReports(world, [more?.subject ?? '']);
    const late = confirmOpinion(world, ben, { caseNo, agree: true, text: '同意' });
    await assert.rejects(late, code('DEATHS_CASE_MOVED'));
    const { steps, state } = await findCase(world, ben, caseNo);
    assert.equal(state, 'open');
    assert.deepEqual(
      steps.map(({ action }) => action),
      ['opened', 'opinion', 'evidence_changed'],
    );
  });

  it('not by an opinion without reason, without a day, or with a day to come', async () => {
    const caseNo = await caseOf('P005');
    for (const bad of [
      { verdict: '2', diedOn: null, text: '无' },
      { verdict: '1', diedOn: null, text: '公安核实' },
      { verdict: '2', diedOn: '2026-03-01', text: '入户见到' },
      { verdict: '1', diedOn: '2027-01-01', text: '公安核实' },
      { verdict: '1', diedOn: '2026-02-31x', text: '公安核实' },
    ] as const) {
      await assert.rejects(
        giveOpinion(world, ann, { caseNo, ...bad }),
        code('DEATHS_DECISION_INVALID'),
      );
    }
    await giveOpinion(world, ann, { caseNo, verdict: '2', diedOn: null, text: '入户见到' });
    await confirmOpinion(world, ben, { caseNo, agree: false, text: '证据不足' });
    assert.equal((await findCase(world, ann, caseNo)).state, 'open');
  });

  it('with how it stood before and after each act in the audit log', async () => {
    const caseNo = await caseOf('P005');
    const opinion = { caseNo, verdict: '1', diedOn: '2026-06-30', text: '补充医院证明' } as const;
    await giveOpinion(world, ann, opinion);
    await confirmOpinion(world, ben, { caseNo, agree: true, text: '同意' });
    const changes = await read((db) =>
      auditedChanges(
        db as never,
        { matterNo: `C${caseNo}` },
        '^deaths.case_(opinion|refused|conf)',
      ),
    );
    assert.deepEqual(
      changes.map(({ action }) => action),
      [
        ...['deaths.case_opinion', 'deaths.case_refused'],
        ...['deaths.case_opinion', 'deaths.case_confirmed'],
      ],
    );
    const [given, refused, again, confirmed] = changes;
    assert.deepEqual(
      [given?.after, refused?.after, again?.after],
      [refused?.before, again?.before, confirmed?.before],
    );
    assert.equal(refused?.after, given?.before, 'an opinion sent back leaves the case as it was');
    assert.equal(new Set(changes.map(({ after }) => after)).size, 4);
  });

  it('and a decision that is not its case is refused by the database', async () => {
    const caseNo = await caseOf('P006');
    const forged = read((db) =>
      sql`insert into death_decision (subject, case_no, agency, verdict, died_on, covers, decided_at,
          opinion_by, confirmed_by)
        select subject, case_no, agency, '1', date '2026-01-01', '{}', now(), 'a', 'b'
        from death_case where case_no = ${caseNo}`.execute(db),
    );
    await assert.rejects(forged, /differs from its case/);
  });
});

describe('cases and data scope', () => {
  it('a county sees its own people only; others are not there', async () => {
    const other = askerOf('carl', ['140521']);
    const mine = askerOf('dora', ['140502']);
    const caseNo = await caseOf('P007');
    assert.equal((await listCases(world, other, { offset: 0, limit: 10 })).total, 0);
    assert.ok((await listCases(world, mine, { offset: 0, limit: 10 })).total >= COUNT);
    await assert.rejects(findCase(world, other, caseNo), code('DEATHS_CASE_UNKNOWN'));
    await assert.rejects(findCase(world, other, '999999'), code('DEATHS_CASE_UNKNOWN'));
    await assert.rejects(findCase(world, other, "1' or 1=1"), code('DEATHS_CASE_UNKNOWN'));
    const opinion = { caseNo, verdict: '2', diedOn: null, text: '入户见到' } as const;
    await assert.rejects(giveOpinion(world, other, opinion), code('DEATHS_CASE_UNKNOWN'));
    const letter = { caseNo, source: '03', purpose: '核实死亡日期' };
    await assert.rejects(writeLetter(world, other, letter), code('DEATHS_CASE_UNKNOWN'));
    await giveOpinion(world, mine, opinion);
  });

  it('lists are masked', async () => {
    const { rows: shown } = await listCases(world, ann, { offset: 0, limit: 200 });
    const text = JSON.stringify(shown);
    for (const { id_no, name } of people) {
      assert.ok(!text.includes(id_no));
      assert.ok(!text.includes(`"${name}"`));
    }
  });
});

describe('the letter to a department', () => {
  it('names the person, both sides and the questions, and leaves nothing to fill in', async () => {
    const caseNo = await caseOf('P011');
    const letter = await writeLetter(world, ann, { caseNo, source: '03', purpose: '核实死亡日期' });
    assert.equal(letter.to, '公安局治安（户政）支队');
    for (const part of [
      personOf(11).id_no,
      personOf(11).name,
      '民政',
      '2026-08-',
      '实际死亡日期',
    ]) {
      assert.ok(letter.body.includes(part), part);
    }
    assert.doesNotMatch(letter.body, /\{\w+\}/);
  });

  it('asks for a purpose and is audited', async () => {
    const caseNo = await caseOf('P011');
    const bare = writeLetter(world, ann, { caseNo, source: '03', purpose: ' ' });
    await assert.rejects(bare, code('SECURITY_PURPOSE_INVALID'));
    const acts = await read((db) =>
      sql<{
        action: string;
      }>`select action from audit_entry where object = 'P011' order by seq`.execute(db),
    );
    assert.deepEqual(
      acts.rows.map(({ action }) => action),
      ['deaths.letter'],
    );
  });
});
