import { Type } from 'typebox';

/** What the content files of the registry may hold, as written; unknown keys are errors. */

const closed = { additionalProperties: false } as const;
const text = Type.String({ minLength: 1 });
const name = Type.String({ pattern: '^[a-z][a-z0-9_]*$' });
const level = Type.Enum(['high', 'medium', 'low']);
const strength = Type.Enum(['strong', 'medium', 'weak']);
const whenConflict = Type.Enum(['always', 'single_source', 'never']);
const reason = Type.Optional(text);

export const settingsShape = Type.Object(
  {
    ...{ id: name, reason, title: text },
    tolerance_days: Type.Integer({ minimum: 0, maximum: 366 }),
    yearly_target: Type.Integer({ minimum: 1 }),
    schedule: Type.Array(Type.String({ pattern: '^[0-9*/, -]+$' })),
    counted_triggers: Type.Array(Type.Enum(['publication', 'schedule', 'manual', 'event'])),
    confirm: Type.Object(
      { sources: Type.Integer({ minimum: 2 }), primary: Type.Integer({ minimum: 0 }) },
      closed,
    ),
    hukou_death_reasons: Type.Array(text, { minItems: 1 }),
    hukou_date_grace_months: Type.Integer({ minimum: 0, maximum: 12 }),
    hukou_source: text,
    cremation_source: text,
    sign_conflict: Type.Object(
      { strong: whenConflict, medium: whenConflict, weak: whenConflict },
      closed,
    ),
    sources: Type.Array(
      Type.Object({ code: text, primary: Type.Boolean(), level, asks: text, basis: text }, closed),
      { minItems: 1 },
    ),
  },
  closed,
);

export const signShape = Type.Object(
  {
    ...{ id: name, reason, title: text, strength, department: text, why: text },
    reads: Type.Array(name, { minItems: 1 }),
    sql: text,
  },
  closed,
);

export const findingShape = Type.Object(
  {
    ...{ id: Type.String({ pattern: '^DRG-[0-9]{3}$' }), reason, title: text },
    version: Type.Integer({ minimum: 1 }),
    ...{ topic: text, owner: text, why: text, action: text },
    insurance: Type.Array(text, { minItems: 1 }),
    basis: Type.Array(text, { minItems: 1 }),
  },
  closed,
);

const pair = Type.Array(text, { minItems: 2, maxItems: 2 });

export const namesShape = Type.Object(
  {
    ...{ id: name, reason, title: text, note: text },
    variants: Type.Array(pair),
    confusable: Type.Object({ note: text, pairs: Type.Array(pair) }, closed),
    rare: Type.Object(
      { note: text, placeholders: Type.Array(text), pua: Type.Array(pair) },
      closed,
    ),
  },
  closed,
);

export const headersShape = Type.Object(
  {
    ...{ id: name, reason, title: text, note: text },
    fields: Type.Record(name, Type.Array(text)),
    not: Type.Object({ note: text, words: Type.Array(text) }, closed),
    sex_values: Type.Object({ '1': Type.Array(text), '2': Type.Array(text) }, closed),
  },
  closed,
);

export const letterShape = Type.Object(
  {
    ...{ id: name, reason, title: text, body: text, office: text },
    days: Type.Integer({ minimum: 1 }),
    questions: Type.Record(name, text),
  },
  closed,
);

/** Shared content of the rule pack, as far as the registry reads it (its owner checks the rest). */
export const viewShape = Type.Object({
  id: name,
  stored: Type.Optional(Type.Boolean()),
  reads: Type.Array(name),
  sql: text,
});

export const paramShape = Type.Object({
  id: name,
  columns: Type.Record(name, text),
  rows: Type.Array(Type.Record(Type.String(), Type.Unknown())),
});

export const functionShape = Type.Object({
  id: name,
  args: Type.Record(name, text),
  sql: text,
});
