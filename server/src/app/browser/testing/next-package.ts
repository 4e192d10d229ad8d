import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPackages } from '../../../ingest/index.ts';
import { buildPackage, type DatasetSpec } from '../../../ingest/testing/package-builder.ts';
import { silentProgress } from '../../../kernel/index.ts';
import { PIPELINE } from '../../pipeline.ts';
import { runPipeline } from '../../pipeline-run.ts';
import type { Workspace } from '../../workspace.ts';

/** The agreed sample of 1,200 people with planted facts. */
export const SAMPLE = join(import.meta.dirname, '../../../../../tools/sample-package');

/** CL_REASON: the pensioner has died. */
const DIED = '1401';
/** CL_CASE_RESULT: not finished. */
const UNDER_WAY = '0';

/** Loads what the province might send next. */
export async function loadNext(
  workspace: Workspace,
  datasets: readonly DatasetSpec[],
): Promise<void> {
  const before = await workspace.duck.read((session) =>
    session.first<{ package_id: string; seq: number }>(
      'select package_id, cast(seq as integer) as seq from feed.batch order by seq desc limit 1',
    ),
  );
  const seq = (before?.seq ?? 0) + 1;
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-next-'));
  try {
    await buildPackage(join(dir, 'package'), {
      packageId: `SX-I-20261031-00${seq}`,
      ...{ mode: 'I', asOf: '2026-10-31', seq, prevPackageId: before?.package_id ?? null },
      datasets,
    });
    const [report] = await loadPackages(workspace.ingest, [join(dir, 'package')], silentProgress);
    assert.equal(report?.state, 'published', JSON.stringify(report));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What follows a publication, waited for. */
export async function afterPublication(workspace: Workspace): Promise<void> {
  await runPipeline(workspace, PIPELINE, {
    ...{ actor: 'cli:test', signal: new AbortController().signal, progress: silentProgress },
    onError: (error) => console.error(error),
  });
}

/** The person's entitlements of the sample as the province sends them once they are ended (停发). */
export async function stoppedEntitlements(person: string): Promise<DatasetSpec> {
  const { columns, rows } = await sampleOf('entitlement');
  const ended = { AAE235: '202611', AAE116: '3', AAE160: DIED };
  const theirs = rows.filter((row) => row.AAC001 === person).map((row) => ({ ...row, ...ended }));
  assert.ok(theirs.length > 0, `${person} is entitled to something`);
  return increment('entitlement', columns, 'AAZ257', theirs);
}

/** Business like that of the sample, begun in June and not finished since. */
export async function lateBusiness(count: number): Promise<DatasetSpec[]> {
  const cases = await sampleOf('biz_case');
  const events = await sampleOf('biz_event');
  const late = cases.rows.slice(0, count).map((row, index) => ({
    ...row,
    ...{ AAZ002: `B9${row.AAZ002?.slice(2)}`, AAE127: `202606${10 + index}093000` },
    ...{ finished_at: '', YAA017: UNDER_WAY },
  }));
  const steps = events.rows
    .filter(
      ({ AAZ002, step }) =>
        step === '010' && late.some((row) => row.AAZ002?.slice(2) === AAZ002?.slice(2)),
    )
    .map((row, index) => ({
      ...row,
      ...{ event_id: `V9${row.event_id?.slice(2)}`, AAZ002: `B9${row.AAZ002?.slice(2)}` },
      AAE036: `202606${10 + index}093000`,
    }));
  return [
    increment('biz_case', cases.columns, 'AAZ002', late),
    increment('biz_event', events.columns, 'event_id', steps),
  ];
}

type Row = Readonly<Record<string, string>>;

async function sampleOf(name: string): Promise<{ columns: string[]; rows: Row[] }> {
  // Nothing but codes and days in these files.
  const text = await readFile(join(SAMPLE, `${name}.txt`), 'latin1');
  const [header = '', ...lines] = text.trim().split('\r\n');
  const columns = header.split('|');
  const rows = lines.map((line) => {
    const values = line.split('|');
    return Object.fromEntries(columns.map((column, at) => [column, values[at] ?? '']));
  });
  return { columns, rows };
}

function increment(
  dataset: string,
  columns: readonly string[],
  key: string,
  rows: readonly Row[],
): DatasetSpec {
  return {
    ...{ dataset, keys: [key], mode: 'I', columns: ['op', 'op_time', ...columns] },
    rows: rows.map((row) => [
      ...['U', '20261031180000'],
      ...columns.map((column) => row[column] ?? ''),
    ]),
  };
}
