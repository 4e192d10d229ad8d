import { type Static, Type } from 'typebox';

/** What the content files of the rule pack may hold, as written; unknown keys are errors. */

const closed = { additionalProperties: false } as const;
const text = Type.String({ minLength: 1 });
const name = Type.String({ pattern: '^[a-z][a-z0-9_]*$' });
const month = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' });
const date = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' });
const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);
const row = Type.Record(Type.String(), scalar);

const param = Type.Object(
  {
    value: Type.Union([Type.Number(), Type.Boolean(), Type.String(), Type.Array(Type.String())]),
    unit: text,
    min: Type.Optional(Type.Union([Type.Number(), Type.String()])),
    max: Type.Optional(Type.Union([Type.Number(), Type.String()])),
    why: text,
  },
  closed,
);

const ruleCase = Type.Object(
  {
    name: text,
    /** Rows by table; what a row does not state comes from the table's base row. */
    given: Type.Record(name, Type.Array(row)),
    params: Type.Optional(Type.Record(name, Type.Unknown())),
    as_of: Type.Optional(date),
    /** Last month returned, for tables that are behind. */
    watermarks: Type.Optional(Type.Record(name, month)),
    expect: Type.Optional(Type.Array(Type.Record(Type.String(), scalar))),
    not_run: Type.Optional(text),
  },
  closed,
);

export const ruleShape = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Z]{3}-[0-9]{3}$' }),
    reason: Type.Optional(text),
    title: text,
    kind: Type.Enum(['risk', 'quality']),
    status: Type.Enum(['draft', 'trial', 'active', 'retired']),
    version: Type.Integer({ minimum: 1 }),
    severity: Type.Enum(['high', 'medium', 'low']),
    scope: Type.Optional(Type.Enum(['person', 'city'])),
    insurance: Type.Array(text),
    owner: text,
    basis: Type.Array(text, { minItems: 1 }),
    why: text,
    action: text,
    false_positives: Type.Array(text, { minItems: 1 }),
    /** Draft only: the data that would have to be returned first. */
    missing: Type.Optional(text),
    /** Retired only: the rule that took its place, or why none did. */
    successor: Type.Optional(text),
    topic: Type.Optional(text),
    reads: Type.Optional(Type.Array(name)),
    /** Of these, the ones that only add hits: one that never came counts as empty. */
    optional: Type.Optional(Type.Array(name)),
    key: Type.Optional(Type.Array(name, { minItems: 1 })),
    measures: Type.Optional(Type.Object({ table: name, column: Type.Optional(name) }, closed)),
    ignore: Type.Optional(Type.Array(Type.Enum(['whitelist', 'in_progress']))),
    params: Type.Optional(Type.Record(name, param)),
    sql: Type.Optional(text),
    cases: Type.Optional(Type.Array(ruleCase)),
  },
  closed,
);

export const viewShape = Type.Object(
  {
    id: name,
    reason: Type.Optional(text),
    title: text,
    why: text,
    /** Kept once per slice instead of being worked out by every rule that reads it. */
    stored: Type.Optional(Type.Boolean()),
    reads: Type.Array(name),
    sql: text,
  },
  closed,
);

const paramColumn = Type.Enum(['text', 'code', 'int', 'fen', 'rate', 'date', 'month', 'flag']);

export const paramShape = Type.Object(
  {
    id: name,
    reason: Type.Optional(text),
    title: text,
    note: text,
    columns: Type.Record(name, paramColumn),
    rows: Type.Array(row),
    unknown: Type.Optional(text),
  },
  closed,
);

export const functionShape = Type.Object(
  {
    id: name,
    reason: Type.Optional(text),
    title: text,
    basis: Type.Array(text, { minItems: 1 }),
    args: Type.Record(name, Type.Enum(['code', 'int', 'date', 'month', 'rate', 'fen', 'text'])),
    returns: Type.Enum(['code', 'int', 'date', 'month', 'rate', 'fen', 'text', 'flag']),
    sql: text,
  },
  closed,
);

export const overrideShape = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Z]{3}-[0-9]{3}$' }),
    reason: text,
    params: Type.Optional(Type.Record(name, Type.Unknown())),
    agencies: Type.Optional(Type.Record(Type.String(), Type.Record(name, Type.Unknown()))),
  },
  closed,
);

export type RuleShape = Static<typeof ruleShape>;
export type ViewShape = Static<typeof viewShape>;
export type ParamShape = Static<typeof paramShape>;
export type FunctionShape = Static<typeof functionShape>;
export type OverrideShape = Static<typeof overrideShape>;
