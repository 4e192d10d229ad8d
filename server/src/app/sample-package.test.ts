import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type CommandResult, runCommand } from './testing/run-command.ts';

const SAMPLE = join(import.meta.dirname, '../../../tools/sample-package');
const PACKAGE = 'SX-F-20261031-001';

interface Fault {
  dataset: string;
  line: number;
  column: string;
  code: string;
}

interface Truth {
  quarantine: Fault[];
  issues: Fault[];
  rows: Record<string, number>;
}

const key = ({ dataset, line, column, code }: Fault) => `${dataset} ${line} ${column} ${code}`;

describe('the sample package, which the project did not make', () => {
  let data = '';
  let truth: Truth;
  let loaded: CommandResult;

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'huiliu-sample-'));
    truth = JSON.parse(await readFile(join(SAMPLE, 'truth.json'), 'utf8')) as Truth;
    loaded = await runCommand('feed', 'load', SAMPLE, '--no-pipeline', '--data', data, '--json');
  });
  after(() => rm(data, { recursive: true, force: true }));

  it('is published, and every declared row is accounted for', () => {
    assert.equal(loaded.code, 0, loaded.err);
    const report = JSON.parse(loaded.out) as {
      package_id: string;
      state: string;
      return_rate: number;
      datasets: { dataset: string; declared: number; accepted: number; quarantined: number }[];
    };
    assert.equal(report.package_id, PACKAGE);
    assert.equal(report.state, 'published');
    assert.equal(report.return_rate, 1);
    const declared = Object.fromEntries(report.datasets.map((d) => [d.dataset, d.declared]));
    assert.deepEqual(declared, truth.rows);
    for (const item of report.datasets) {
      assert.equal(item.accepted + item.quarantined, item.declared, item.dataset);
    }
  });

  for (const [kind, name] of [
    ['quarantine', 'quarantine'],
    ['issue', 'issues'],
  ] as const) {
    it(`lists exactly the lines and codes of its truth as ${kind}`, async () => {
      const rows = await runCommand(
        'feed',
        'rows',
        '--package',
        PACKAGE,
        '--kind',
        kind,
        '--data',
        data,
        '--json',
      );
      assert.equal(rows.code, 0, rows.err);
      const found = (JSON.parse(rows.out) as Fault[]).map(key).sort();
      assert.deepEqual(found, truth[name].map(key).sort());
    });
  }

  it('has no effect the second time', async () => {
    const again = await runCommand(
      'feed',
      'load',
      SAMPLE,
      '--no-pipeline',
      '--data',
      data,
      '--json',
    );
    assert.equal(again.code, 0, again.err);
    assert.equal((JSON.parse(again.out) as { state: string }).state, 'duplicate');
  });

  it('is rebuilt from its raw files to identical tables', async () => {
    const rebuilt = await runCommand('feed', 'rebuild', '--data', data, '--json');
    assert.equal(rebuilt.code, 0, rebuilt.err);
    const report = JSON.parse(rebuilt.out) as {
      identical: boolean;
      tables: { table: string; rows_after: number; before: string; after: string }[];
    };
    assert.equal(report.identical, true);
    const person = report.tables.find((table) => table.table === 'person');
    assert.equal(person?.rows_after, 1218);
    assert.equal(person?.before, person?.after);
  });

  it('gives a dossier whose every row names package, dataset and line', async () => {
    const found = await runCommand(
      'dossier',
      'P000000901',
      '--purpose',
      '核对待遇发放',
      '--data',
      data,
      '--json',
    );
    assert.equal(found.code, 0, found.err);
    const dossier = JSON.parse(found.out) as {
      person: { provenance: unknown };
      payments: { amount: number; provenance: { package_id: string; dataset: string } }[];
    };
    assert.deepEqual(dossier.person.provenance, {
      package_id: PACKAGE,
      dataset: 'person',
      line: 902,
    });
    assert.equal(dossier.payments.length, 12);
    for (const { provenance } of dossier.payments) {
      assert.equal(provenance.package_id, PACKAGE);
      assert.equal(provenance.dataset, 'benefit_payment');
    }
  });

  it('shows no dossier without a purpose', async () => {
    const refused = await runCommand('dossier', 'P000000901', '--data', data, '--json');
    assert.equal(refused.code, 2);
    assert.match(refused.err, /--purpose/);
    const empty = await runCommand('dossier', 'P000000901', '--purpose', '。。', '--data', data);
    assert.equal(empty.code, 2);
  });
});
