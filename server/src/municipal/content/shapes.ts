import { type Static, Type } from 'typebox';

/** What content files may hold, as written; unknown keys are errors. */

const closed = { additionalProperties: false } as const;
const text = Type.String({ minLength: 1 });
const columnName = Type.String({ pattern: '^[a-z][a-z0-9_]*$' });
const fieldCode = Type.String({ pattern: '^[A-Z][A-Z0-9]{2,9}$' });
const listId = Type.String({ pattern: '^CL_[A-Z0-9_]+$' });
const flag = Type.Boolean();

export const COLUMN_TYPE = '^((id|text|code)[1-9][0-9]{0,3}|ym|date|ts|money4?|dec4|rate|int4?)$';

export const columnShape = Type.Object(
  {
    name: columnName,
    code: Type.Optional(fieldCode),
    title: text,
    type: Type.String({ pattern: COLUMN_TYPE }),
    required: Type.Optional(flag),
    required_when: Type.Optional(text),
    essential: Type.Optional(flag),
    default: Type.Optional(text),
    codes: Type.Optional(listId),
    references: Type.Optional(Type.Enum(['person', 'unit'])),
    min: Type.Optional(text),
    max: Type.Optional(text),
    sensitivity: Type.Optional(Type.Enum([1, 2, 3, 4])),
    mask: Type.Optional(
      Type.Enum(['none', 'id_no', 'name', 'mobile', 'account', 'address', 'hidden']),
    ),
    derived: Type.Optional(flag),
    note: Type.Optional(text),
  },
  closed,
);

export const tableShape = Type.Object(
  {
    name: columnName,
    reason: Type.Optional(text),
    title: text,
    standard: Type.Optional(text),
    description: text,
    owner: Type.String({ pattern: '^[a-z]+$' }),
    key: Type.Array(columnName, { minItems: 1 }),
    cluster: Type.Array(columnName, { minItems: 1 }),
    person: Type.Optional(columnName),
    unit: Type.Optional(columnName),
    period: Type.Optional(columnName),
    retention: Type.Object(
      {
        years: Type.Union([Type.Integer({ minimum: 1 }), Type.Literal('permanent')]),
        source: text,
      },
      closed,
    ),
    columns: Type.Array(Type.Unknown(), { minItems: 1 }),
  },
  closed,
);

export const codeValueShape = Type.Object(
  { value: text, label: text, source: Type.Optional(text) },
  closed,
);

export const codeListShape = Type.Object(
  {
    id: listId,
    reason: Type.Optional(text),
    title: text,
    /** Stands for the values that name no source of their own. */
    source: text,
    note: Type.Optional(text),
    values: Type.Array(Type.Unknown(), { minItems: 1 }),
  },
  closed,
);

export const codeMappingShape = Type.Object(
  {
    code: Type.Union([fieldCode, columnName]),
    from: text,
    to: Type.Union([text, Type.Null()]),
    note: Type.Optional(text),
  },
  closed,
);

const share = Type.Number({ minimum: 0, maximum: 1 });

export const sourceShape = Type.Object(
  {
    src: Type.String({ pattern: '^[A-Z][A-Z0-9]{0,15}$' }),
    reason: Type.Optional(text),
    title: text,
    unsigned_allowed: flag,
    refuse_whole: flag,
    plausibility: Type.Object(
      {
        row_share: share,
        sum_share: share,
        increment_factor: Type.Number({ minimum: 1 }),
        min_rows: Type.Integer({ minimum: 0 }),
      },
      closed,
    ),
    demo_keys: Type.Optional(Type.Array(Type.Object({ key_id: text, secret: text }, closed))),
    code_map: Type.Optional(Type.Array(Type.Unknown())),
    column_map: Type.Optional(Type.Record(Type.String(), Type.Record(Type.String(), columnName))),
  },
  closed,
);

export type ColumnShape = Static<typeof columnShape>;
export type TableShape = Static<typeof tableShape>;
export type CodeValueShape = Static<typeof codeValueShape>;
export type CodeListShape = Static<typeof codeListShape>;
export type CodeMappingShape = Static<typeof codeMappingShape>;
export type SourceShape = Static<typeof sourceShape>;
