import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { meets, type Truth } from '../../../tools/city/index.ts';
import type { RunReport, ShownFinding } from '../rules/index.ts';
import { runCommand } from './testing/run-command.ts';
import { found, json } from './testing/truth.ts';

const SAMPLE = join(import.meta.dirname, '../../../tools/sample-package');

describe('rules on the sample package, which the project did not make', () => {
  let data = '';
  let truth: Truth;
  let findings: ShownFinding[] = [];

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'huiliu-rules-sample-'));
    truth = JSON.parse(await readFile(join(SAMPLE, 'truth.json'), 'utf8')) as Truth;
    await runCommand('feed', 'load', SAMPLE, '--no-pipeline', '--data', data);
    ({ findings } = await found(data));
  });
  after(() => rm(data, { recursive: true, force: true }));

  it('finds each planted fact by its rule, with its amount and its rows', () => {
    for (const [rule, facts] of Object.entries(truth.rules)) {
      for (const fact of facts) {
        const finding = findings.find((one) => one.rule === rule && meets(one, fact));
        assert.ok(finding, `${rule} ${JSON.stringify(fact)}`);
        if (fact.amount_fen !== undefined) assert.equal(finding.amount_fen, fact.amount_fen, rule);
        if (fact.months !== undefined) assert.equal(finding.evidence.months, fact.months, rule);
        assert.ok(finding.provenance.length > 0, `${rule} names no row`);
        for (const { package_id, line } of finding.provenance) {
          assert.equal(package_id, 'SX-F-20261031-001');
          assert.ok(line > 1);
        }
      }
    }
  });

  it('finds none of those that must never be found', () => {
    for (const [rule, facts] of Object.entries(truth.never)) {
      for (const fact of facts) {
        const wrong = findings.find((one) => one.rule === rule && meets(one, fact));
        assert.equal(wrong, undefined, `${rule} ${fact.person}`);
      }
    }
  });

  it('lowers the level where only the number agrees with the dead person', () => {
    for (const fact of truth.match_b ?? []) {
      const mine = findings.filter((one) => one.rule.startsWith('DTH-') && meets(one, fact));
      assert.ok(mine.length > 0);
      for (const one of mine) {
        assert.equal(one.match_grade, 'B');
        assert.notEqual(one.level, 'high');
      }
    }
  });

  it('looks at one person in a moment and finds the same about him', async () => {
    const [fact] = truth.rules['DTH-001'] ?? [];
    const report = await json<RunReport>(
      ...['rules', 'run', '--person', fact?.person ?? '', '--data', data],
    );
    assert.equal(report.kind, 'person');
    const hit = report.rules.filter(({ hits }) => hits > 0).map(({ id }) => id);
    assert.ok(hit.includes('DTH-001'));
  });
});
