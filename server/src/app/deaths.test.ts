import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Truth } from '../../../tools/city/index.ts';
import type { AlertCandidate } from '../contract/index.ts';
import { type ImportReport, type RegistryStatus, runComparison } from '../deaths/index.ts';
import { runCommand } from './testing/run-command.ts';
import { json } from './testing/truth.ts';
import { openWorkspace } from './workspace.ts';

const SAMPLE = join(import.meta.dirname, '../../../tools/sample-package');

describe('the death registry on the sample package, which the project did not make', () => {
  let data = '';
  let truth: Truth;
  let findings: readonly AlertCandidate[] = [];
  const of = (rule: string, person: string | undefined) =>
    findings.find((one) => one.rule === rule && one.personId === person);

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'huiliu-deaths-sample-'));
    truth = JSON.parse(await readFile(join(SAMPLE, 'truth.json'), 'utf8')) as Truth;
    const { code, err } = await runCommand('feed', 'load', SAMPLE, '--data', data);
    assert.equal(code, 0, err);
    const workspace = await openWorkspace({ dataDir: data, purpose: '测试' });
    try {
      const request = { trigger: 'manual', actor: 'test' } as const;
      findings = (await runComparison(workspace.deaths, request)).delivery.findings;
    } finally {
      await workspace.close();
    }
  });
  after(() => rm(data, { recursive: true, force: true }));

  it('finds the same persons and amounts as the rules DTH-001, DTH-002 and JUS-001', () => {
    for (const [rule, mine] of [
      ['DTH-001', 'DRG-001'],
      ['DTH-002', 'DRG-002'],
      ['JUS-001', 'DRG-004'],
    ] as const) {
      for (const fact of truth.rules[rule] ?? []) {
        const found = of(mine, fact.person);
        assert.equal(found?.amountFen, BigInt(fact.amount_fen ?? 0), `${rule} ${fact.person}`);
        if (fact.months !== undefined) assert.equal(found?.evidence.months, fact.months);
        assert.ok((found?.sources.benefit_payment ?? []).length > 0, 'names the rows');
      }
    }
  });

  it('finds none of those that must never be found', () => {
    for (const { person } of truth.never['DTH-001'] ?? []) {
      assert.equal(of('DRG-001', person), undefined, person);
    }
    for (const { person } of truth.never['JUS-001'] ?? []) {
      assert.equal(of('DRG-004', person), undefined, person);
    }
  });

  it('sends a dead person of another name to arbitration, and confirms nothing', () => {
    for (const { person } of truth.match_b ?? []) {
      assert.equal(of('DRG-001', person), undefined);
      const found = of('DRG-003', person);
      assert.equal(found?.matchGrade, 'B');
      assert.equal(found?.amountFen, null);
    }
  });

  it('was compared at publication by itself, and again without finding anything new', async () => {
    const { rows, target } = await json<{
      rows: { trigger: string; new_suspicions: number; population: number }[];
      target: { done: number };
    }>('deaths', 'runs', '--data', data);
    assert.deepEqual(
      rows.map(({ trigger }) => trigger),
      ['manual', 'publication'],
    );
    assert.equal(target.done, 2);
    assert.equal(rows[0]?.new_suspicions, 0);
    assert.ok((rows[1]?.new_suspicions ?? 0) > 0);
    assert.ok((rows[1]?.population ?? 0) > 1_000);
  });

  it('shows one person, masked, at the command line', async () => {
    const person = truth.rules['DTH-001']?.[0]?.person ?? '';
    const shown = await json<{ reports: unknown[]; id_no: string; verdict: string }>(
      ...['deaths', 'person', person, '--purpose', '核实死亡', '--data', data],
    );
    assert.equal(shown.reports.length, 2);
    assert.equal(shown.verdict, '1');
    assert.match(shown.id_no, /^\d{4}\*{12}/);
    const none = await runCommand('deaths', 'person', person, '--data', data);
    assert.notEqual(none.code, 0, 'not without a purpose');
  });

  it('lists people in custody at the command line, and one of them with a purpose', async () => {
    const { rows, total } = await json<{
      rows: { person_id: string; paid_fen: number; name: string; id_no: string }[];
      total: number;
    }>('deaths', 'custody', '--data', data);
    assert.equal(total, rows.length);
    for (const fact of truth.rules['JUS-001'] ?? []) {
      const row = rows.find(({ person_id }) => person_id === fact.person);
      assert.equal(row?.paid_fen, fact.amount_fen, fact.person);
      assert.match(row?.id_no ?? '', /^\d{4}\*{12}/);
    }
    const person = truth.rules['JUS-001']?.[0]?.person ?? '';
    const words = ['deaths', 'custody', person, '--data', data];
    const shown = await json<{ reports: unknown[] }>(...words, '--purpose', '核实服刑');
    assert.ok(shown.reports.length > 0);
    assert.notEqual((await runCommand(...words)).code, 0, 'not without a purpose');
  });

  it('takes a list in at the command line once its columns are confirmed', async () => {
    const path = join(data, '名单.csv');
    await writeFile(
      path,
      '姓名,身份证号,死亡日期\n某某,140581195705261016,2026-09-01\n坏,1,2026-09-01\n',
    );
    const words = ['deaths', 'import', path, '--source', '02', '--data', data];
    const first = await runCommand(...words);
    assert.notEqual(first.code, 0);
    assert.match(first.err, /name=姓名/);
    const map = ['name=姓名', 'id_no=身份证号', 'death_date=死亡日期'].flatMap((one) => [
      '--map',
      one,
    ]);
    const { code, out } = await runCommand(...words, ...map, '--json');
    assert.equal(code, 1, 'one row is bad');
    const report = JSON.parse(out) as ImportReport;
    assert.equal(report.accepted, 1);
    assert.deepEqual(report.bad, [{ line: 3, reason: '公民身份号码位数或字符不对' }]);
    const status = await json<RegistryStatus>('deaths', 'status', '--data', data);
    assert.equal(status.target.of_events, 1);
  });
});
