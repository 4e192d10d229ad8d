import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { MunicipalContent, SourceProfile } from '../../contract/index.ts';
import { type DuckEngine, type DuckSession, openDuck } from '../../store/index.ts';
import { isUsual } from '../decode/usual-form.ts';
import { FORM_TYPES } from '../stage/chunk-source.ts';
import { planStage, type StagePlan } from '../stage/plan.ts';
import { textLiteral } from '../stage/sql-text.ts';
import { regionSet } from '../stage/staging-database.ts';
import { TEST_CONTENT } from './open-world.ts';
import { TEST_SOURCE } from './receive-setup.ts';

/** One row after staging. */
export interface StagedRow {
  readonly line: number;
  /** `CODE@label` of every fault, sorted. */
  readonly faults: readonly string[];
  readonly accepted: boolean;
  /** Typed values by column name; driver-free as `store` gives them. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface StageInput {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly mode?: 'F' | 'I';
  readonly profile?: SourceProfile;
  readonly content?: MunicipalContent;
  readonly asOf?: string;
  /** Persons and units that are known; default P1 and U1. */
  readonly persons?: readonly string[];
  readonly units?: readonly string[];
}

let engine: Promise<{ duck: DuckEngine; dir: string }> | null = null;

/** The one DuckDB of this test file; it starts with the first call and goes after the last test. */
export async function testDuck(): Promise<{ duck: DuckEngine; dir: string }> {
  engine ??= openTestDuck();
  return engine;
}

async function openTestDuck(): Promise<{ duck: DuckEngine; dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-stage-'));
  const stagingDir = join(dir, 'staging');
  await mkdir(stagingDir);
  const file = join(dir, 'city.duckdb');
  const duck = await openDuck({
    file,
    stagingDir,
    tempDir: join(dir, 'tmp'),
    memoryLimit: '512MiB',
    threads: 2,
  });
  return { duck, dir: stagingDir };
}

after(async () => {
  if (engine === null) return;
  const { duck, dir } = await engine;
  await duck.close();
  await rm(join(dir, '..'), { recursive: true, force: true });
});

/** Plans a dataset as a package of the test source would be read. */
export function planOf(input: Omit<StageInput, 'rows'>): ReturnType<typeof planStage> {
  const content = input.content ?? TEST_CONTENT;
  const def = content.tables.get(input.table);
  if (def === undefined) throw new Error(`no table ${input.table}`);
  const known = (ids: readonly string[]) =>
    `(select unnest([${ids.map(textLiteral).join(', ')}]::VARCHAR[]) as id)`;
  return planStage({
    def,
    profile: input.profile ?? TEST_SOURCE,
    content,
    mode: input.mode ?? 'F',
    fields: input.columns,
    references: {
      persons: known(input.persons ?? ['P1']),
      units: known(input.units ?? ['U1']),
      regions: regionSet(content),
    },
    asOf: input.asOf ?? '2026-10-31',
  });
}

/**
 * Types and judges rows in DuckDB exactly as a load does; the first row is line 2. Rows of usual
 * spelling are staged both ways, which must come to the same.
 */
export async function stageRows(input: StageInput): Promise<StagedRow[]> {
  const plan = planOf(input);
  if ('kind' in plan) throw new Error(`the plan has a problem: ${JSON.stringify(plan)}`);
  const { duck } = await testDuck();
  return duck.write(async (session) => {
    await session.run(plan.createTable('staged', 'temp table'));
    await session.run(plan.insert('staged', valuesOf(input), 'any'));
    await requireSameWhenUsual(session, plan, input);
    const rows = await session.rows<Record<string, unknown> & { line: bigint; ok: boolean }>(
      `select *, ${plan.accepted} as ok from staged order by line`,
    );
    return rows.map((row) => ({
      line: Number(row.line),
      accepted: row.ok,
      faults: faultsOf(plan, row),
      values: row,
    }));
  });
}

/** @throws AssertionError when a record read by its usual forms differs from the same read as text */
async function requireSameWhenUsual(
  session: DuckSession,
  plan: StagePlan,
  input: StageInput,
): Promise<void> {
  const lines = input.rows.flatMap((row, index) => (isUsualRow(plan, row) ? [index + 2] : []));
  if (lines.length === 0) return;
  const typed = plan.forms.map((form, i) => `cast(c${i + 1} as ${FORM_TYPES[form]}) as c${i + 1}`);
  const usual = `(select line, ${typed.join(', ')} from ${valuesOf(input)} where line in (${lines}))`;
  await session.run(plan.createTable('staged_usual', 'temp table'));
  await session.run(plan.insert('staged_usual', usual, 'usual'));
  const rowsOf = (table: string) =>
    session.rows(`select * from ${table} where line in (${lines}) order by line`);
  assert.deepEqual(await rowsOf('staged_usual'), await rowsOf('staged'));
  await session.run('drop table staged_usual');
}

function isUsualRow({ forms }: StagePlan, row: readonly (string | null)[]): boolean {
  return row.every((text, index) => isUsual(forms[index] ?? 'text', Buffer.from(text ?? '')));
}

function valuesOf({ columns, rows }: StageInput): string {
  const names = columns.map((_, index) => `c${index + 1}`).join(', ');
  const tuples = rows.map((row, index) => {
    const fields = row.map((text) => (text === null || text === '' ? 'null' : textLiteral(text)));
    return `(${index + 2}::BIGINT, ${fields.map((field) => `${field}::VARCHAR`).join(', ')})`;
  });
  return `(select * from (values ${tuples.join(', ')}) as given(line, ${names}))`;
}

function faultsOf(plan: StagePlan, row: Readonly<Record<string, unknown>>): string[] {
  return plan.faults
    .filter(({ mask, bit }) => ((row[`faults${mask}`] as bigint) & (1n << BigInt(bit))) !== 0n)
    .map(({ code, label }) => `${code}@${label}`)
    .sort();
}

/** Stages one person differing from a faultless one in the columns given. */
export async function stagePerson(
  change: Readonly<Record<string, string | null>>,
): Promise<StagedRow> {
  const faultless: Record<string, string | null> = {
    AAC001: 'P9',
    AAC002: '140502195611030019',
    AAC058: '01',
    AAC003: '张三',
    AAC004: '1',
    AAC006: '19561103',
    AAC008: '1',
    AAC084: '0',
    AAB034: '140502',
    ...change,
  };
  const [row] = await stageRows({
    table: 'person',
    columns: Object.keys(faultless),
    rows: [Object.values(faultless)],
  });
  if (row === undefined) throw new Error('no row was staged');
  return row;
}
