import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TableDef } from '../../server/src/contract/index.ts';
import { isHuiliuError, silentProgress } from '../../server/src/kernel/index.ts';
import { evaluateRules, type RuleDef, type RulePack } from '../../server/src/rules/index.ts';
import {
  CONTENT,
  type GivenRows,
  openSmallCity,
  PACK,
} from '../../server/src/rules/testing/small-city.ts';
import { ENGINE_RULES } from './engine-rules.ts';
import { type EngineSide, measureEngine } from './engine-side.ts';
import { runnable } from './rules-side.ts';

type RuleCase = RuleDef['cases'][number];
type CaseRow = GivenRows[string][number];

/** Somebody of whom a case of a rule file tells: a hit, or one fact short of one. */
interface Somebody {
  readonly id: string;
  readonly rows: GivenRows;
}

/** Cases that need other settings than the shipped ones, or another reach of the data, stay out. */
const tellsOfOnePerson = ({ params, watermarks, asOf, given, notRun }: RuleCase): boolean =>
  Object.keys({ ...params, ...watermarks }).length === 0 &&
  asOf === null &&
  notRun === null &&
  given.whitelist === undefined;

const fromCases: Somebody[] = ENGINE_RULES.flatMap((rule) =>
  (PACK.rules.get(rule)?.cases ?? []).filter(tellsOfOnePerson).map(({ given }, index) => {
    const id = `${rule}-${index}`;
    const rows = Object.entries({ person: [{}], ...given }).map(([table, list]) => {
      const def = CONTENT.tables.get(table);
      assert.ok(def, table);
      return [table, list.map((row) => belongingTo(id, def, row))] as const;
    });
    return { id, rows: Object.fromEntries(rows) };
  }),
);

/** Gives a case's row to a person, and the case's unit a number of its own. */
function belongingTo(id: string, def: TableDef, row: CaseRow): CaseRow {
  const unit = row.unit_id === undefined ? PACK.baseRows[def.name]?.unit_id : row.unit_id;
  const given = typeof unit === 'string' ? { ...row, unit_id: `${id}-${unit}` } : row;
  return def.person === null ? given : { ...given, [def.person]: id };
}

const pension = (id: string, due: string, more: CaseRow = {}): CaseRow => ({
  ...{ payment_id: `${id}-${due}`, person_id: id, due_ym: due, pay_ym: due, ...more },
});

/** What the cases do not tell: where the data ends, and what the sums leave out. */
const further: GivenRows = {
  person: ['after-data', 'handed-over', 'two-items', 'born-1975'].map((person_id) => ({
    ...{ person_id, sex: '2', birth_date: '1975-03-01', birth_date_id: '1975-03-01' },
  })),
  death_event: ['01', '03'].map((source) => ({
    ...{ event_id: `late-${source}`, person_id: 'after-data', source, death_date: '2026-10-10' },
  })),
  benefit_payment: [
    // Paid in advance for a month the data does not reach.
    pension('after-data', '2026-11'),
    // Both in the last month the data reaches: the handover may be under way.
    pension('handed-over', '2026-09..2026-10'),
    pension('handed-over', '2026-10', { payment_id: 'other', insurance: '120' }),
    // Equal amounts of two items are no repetition.
    pension('two-items', '2026-10', { payment_id: 'x1' }),
    pension('two-items', '2026-10', { payment_id: 'x2', item: '100012' }),
    pension('born-1975', '2025-02..2025-05'),
  ],
  entitlement: [
    {
      ...{ entitlement_id: 'early', person_id: 'born-1975', approve_ym: '2025-01' },
      ...{ start_ym: '2025-02', retire_on: '2025-01-20' },
    },
  ],
};

const city = await openSmallCity();
await city.publish('2026-10-31', gathered([...fromCases.map(({ rows }) => rows), further]));
const { duck, content } = city.world;

function gathered(parts: readonly GivenRows[]): GivenRows {
  const all = new Map<string, CaseRow[]>();
  for (const [table, rows] of parts.flatMap((part) => Object.entries(part))) {
    all.set(table, [...(all.get(table) ?? []), ...rows]);
  }
  return Object.fromEntries(all);
}

function measure(sample: number, pack: RulePack = PACK): Promise<EngineSide> {
  const rules = { ...city.world, pack };
  return measureEngine({ dataDir: '', sample }, silentProgress, async () => ({
    ...{ content, duck, rules, close: async () => {} },
  }));
}

/** The shipped pack with one rule told differently. */
function packWith(id: string, change: (sql: string) => string): RulePack {
  const rule = PACK.rules.get(id);
  assert.ok(rule);
  return { ...PACK, rules: new Map([...PACK.rules, [id, { ...rule, sql: change(rule.sql) }]]) };
}

test('twelve rules of persons are judged both ways, each with people it hits and people it does not', async () => {
  assert.equal(ENGINE_RULES.length, 12);
  const rules = runnable(city.world, ENGINE_RULES);
  assert.ok(rules.every(({ scope }) => scope === 'person'));
  const { outcomes } = await evaluateRules(city.world, rules);
  for (const { rule, state, reason, findings } of outcomes) {
    assert.equal(state, 'ran', `${rule.id} ${reason}`);
    const hit = new Set(findings.flatMap(({ personId }) => personId ?? []));
    const told = fromCases.filter(({ id }) => id.startsWith(rule.id));
    assert.ok(told.filter(({ id }) => hit.has(id)).length > 0, `${rule.id} hits nobody`);
    assert.ok(told.filter(({ id }) => !hit.has(id)).length > 3, `${rule.id} spares nobody`);
  }
});

test('person by person the engine finds the same people as the queries', async () => {
  const side = await measure(1000);
  assert.deepEqual(side.unlike, []);
  assert.equal(side.sample, fromCases.length + (further.person?.length ?? 0));
  assert.ok(side.reading_seconds > 0 && side.judging_seconds > 0);
});

test('people the queries hit are compared though the sample is a single person', async () => {
  const side = await measure(
    1,
    packWith('DTH-001', (sql) => sql.replace('> date_trunc', '>= date_trunc')),
  );
  assert.equal(side.sample, 1);
  assert.deepEqual(side.unlike, ['DTH-001']);
});

test('a query that spares somebody the engine finds is named', async () => {
  const none = packWith('JUS-004', (sql) => sql.replace("t.kind = '01'", "t.kind = '99'"));
  assert.deepEqual((await measure(1000, none)).unlike, ['JUS-004']);
});

test('a changed parameter holds for both sides', async () => {
  const rule = PACK.rules.get('DTH-001');
  const tolerance = rule?.params.get('tol');
  assert.ok(rule && tolerance);
  const params = new Map([...rule.params, ['tol', { ...tolerance, value: 92 }]]);
  const pack = { ...PACK, rules: new Map([...PACK.rules, ['DTH-001', { ...rule, params }]]) };
  const { outcomes } = await evaluateRules({ ...city.world, pack }, [{ ...rule, params }]);
  const before = await evaluateRules(city.world, [rule]);
  const count = (one: typeof outcomes) => one[0]?.findings.length ?? 0;
  assert.ok(count(outcomes) > count(before.outcomes));
  assert.deepEqual((await measure(1, pack)).unlike, []);
});

test('no figures are given when a rule cannot run', async () => {
  const broken = packWith('PEN-008', () => 'select nothing from nowhere');
  await assert.rejects(measure(10, broken), (error) => {
    assert.ok(isHuiliuError(error));
    assert.equal(error.code, 'BENCH_RULES_NOT_RUN');
    assert.match(error.message, /PEN-008/);
    return true;
  });
});
