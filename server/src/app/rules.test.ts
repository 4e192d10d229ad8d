import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { generateCity } from '../../../tools/city/index.ts';
import { silentProgress } from '../kernel/index.ts';
import type { RunReport, ShownFinding } from '../rules/index.ts';
import { runCommand } from './testing/run-command.ts';

const SAMPLE = join(import.meta.dirname, '../../../tools/sample-package');

/** A fact that was planted, and where: the truth files of the sample and of the city. */
interface Fact {
  readonly person?: string;
  readonly unit?: string;
  readonly account?: string;
  readonly case?: string;
  readonly operator?: string;
  readonly amount_fen?: number;
  readonly months?: number;
  readonly why?: string;
}

interface Truth {
  readonly rules: Readonly<Record<string, readonly Fact[]>>;
  readonly never: Readonly<Record<string, readonly Fact[]>>;
  readonly match_b?: readonly Fact[];
  readonly alsoExpected?: Readonly<Record<string, readonly Fact[]>>;
}

async function json<T>(...words: string[]): Promise<T> {
  const { code, out, err } = await runCommand(...words, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out) as T;
}

/** Runs everything on a data folder and lists what was found. */
async function found(data: string): Promise<{ report: RunReport; findings: ShownFinding[] }> {
  const report = await json<RunReport>('rules', 'run', '--data', data);
  const findings = await json<ShownFinding[]>(
    ...['rules', 'findings', '--run', report.run_id, '--data', data],
  );
  return { report, findings };
}

function meets(finding: ShownFinding, fact: Fact): boolean {
  const named = Object.values(finding.key);
  const { person, unit, account, operator } = fact;
  return [person, unit, account, fact.case, operator].some(
    (id) =>
      id !== undefined && (named.includes(id) || Object.values(finding.evidence).includes(id)),
  );
}

describe('rules on the sample package, which the project did not make', () => {
  let data = '';
  let truth: Truth;
  let findings: ShownFinding[] = [];

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'huiliu-rules-sample-'));
    truth = JSON.parse(await readFile(join(SAMPLE, 'truth.json'), 'utf8')) as Truth;
    await runCommand('feed', 'load', SAMPLE, '--data', data);
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

/**
 * Risk rules that find something in a clean city, each with its reason. Nothing else may.
 */
const CLEAN_EXCEPTIONS: Readonly<Record<string, string>> = {};

for (const variant of ['clean', 'planted'] as const) {
  describe(`rules on a ${variant} city`, () => {
    let root = '';
    let truth: Truth = { rules: {}, never: {} };
    let report: RunReport;
    let findings: ShownFinding[] = [];

    before(async () => {
      root = await mkdtemp(join(tmpdir(), `huiliu-rules-${variant}-`));
      const city = await generateCity({
        ...{ persons: 20_000, months: 1, seed: '20261031', out: root, variant },
        progress: silentProgress,
      });
      if (variant === 'planted') {
        truth = JSON.parse(await readFile(join(root, 'truth.json'), 'utf8')) as Truth;
      }
      const data = join(root, 'data');
      const path = city.packages[0]?.path ?? '';
      await runCommand('feed', 'load', path, '--data', data);
      ({ report, findings } = await found(data));
    });
    after(() => rm(root, { recursive: true, force: true }));

    it('runs every rule whose policy values are known', () => {
      for (const { id, state, reason } of report.rules) {
        if (state === 'not_run') assert.match(reason ?? '', /政策参数没有取值/, id);
      }
    });

    if (variant === 'clean') {
      it('finds nothing, except by the rules named with their reason', () => {
        const hits = report.rules.filter(({ id, hits }) => hits > 0 && !(id in CLEAN_EXCEPTIONS));
        assert.deepEqual(
          hits.map(({ id, hits }) => `${id} ${hits}`),
          [],
        );
      });
      return;
    }

    it('finds every planted fact of a rule that ran, with its amount', () => {
      const ran = new Set(report.rules.filter(({ state }) => state === 'ran').map(({ id }) => id));
      for (const [rule, facts] of Object.entries(truth.rules)) {
        if (!ran.has(rule)) continue;
        for (const fact of facts) {
          const finding = findings.find((one) => one.rule === rule && meets(one, fact));
          assert.ok(finding, `${rule} ${JSON.stringify(fact)}`);
          if (fact.amount_fen !== undefined) {
            assert.equal(finding.amount_fen, fact.amount_fen, `${rule} ${fact.person}`);
          }
        }
      }
    });

    it('explains every other finding by the truth file', () => {
      const unexplained = findings.filter((one) => {
        const facts = [...(truth.rules[one.rule] ?? []), ...(truth.alsoExpected?.[one.rule] ?? [])];
        return !facts.some((fact) => meets(one, fact));
      });
      assert.deepEqual(
        unexplained.map(({ rule, key }) => `${rule} ${JSON.stringify(key)}`),
        [],
      );
    });

    it('finds none of the near misses', () => {
      for (const [rule, facts] of Object.entries(truth.never)) {
        for (const fact of facts) {
          const wrong = findings.find((one) => one.rule === rule && meets(one, fact));
          assert.equal(wrong, undefined, `${rule} ${fact.person} ${fact.why}`);
        }
      }
    });
  });
}
