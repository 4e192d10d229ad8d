import { type Static, Type } from 'typebox';

const text = Type.String({ minLength: 1 });
const step = Type.String({ pattern: '^\\d{3}$' });
const texts = Type.Array(text, { minItems: 1 });
const closed = { additionalProperties: false } as const;

const time = Type.String({ pattern: '^([01]\\d|2[0-4]):[0-5]\\d$' });
const monthDay = Type.String({ pattern: '^(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' });

export const processShape = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Z0-9]{1,8}$' }),
    title: text,
    basis: texts,
    note: Type.Optional(text),
    steps: Type.Array(
      Type.Object({ step, required: Type.Boolean(), role: Type.Optional(text) }, closed),
      { minItems: 1 },
    ),
    separate: Type.Array(Type.Array(step, { minItems: 2, maxItems: 2 })),
    limits: Type.Array(
      Type.Object(
        {
          kind: Type.Union([Type.Literal('statutory'), Type.Literal('promised')]),
          days: Type.Integer({ minimum: 1, maximum: 3660 }),
          unit: Type.Union([Type.Literal('work'), Type.Literal('calendar')]),
          extension: Type.Optional(Type.Integer({ minimum: 0, maximum: 3660 })),
          source: text,
        },
        closed,
      ),
    ),
    reason: Type.Optional(text),
  },
  closed,
);

export const officeShape = Type.Object(
  {
    id: text,
    note: Type.Optional(text),
    hours: Type.Array(
      Type.Object(
        {
          agencies: Type.Optional(texts),
          from: monthDay,
          to: monthDay,
          sessions: Type.Array(Type.Object({ from: time, to: time }, closed), {
            minItems: 1,
            maxItems: 2,
          }),
        },
        closed,
      ),
      { minItems: 1 },
    ),
    reason: Type.Optional(text),
  },
  closed,
);

export const channelShape = Type.Object(
  {
    id: text,
    note: Type.Optional(text),
    groups: Type.Array(
      Type.Object(
        {
          id: text,
          title: text,
          channels: Type.Array(Type.String({ pattern: '^\\d{2}$' }), { minItems: 1 }),
          near: Type.Boolean(),
          automatic: Type.Boolean(),
        },
        closed,
      ),
      { minItems: 1 },
    ),
    reason: Type.Optional(text),
  },
  closed,
);

export const deviationShape = Type.Object(
  {
    id: Type.String({ pattern: '^CFM-\\d{3}$' }),
    kind: Type.Union([
      ...[Type.Literal('skipped'), Type.Literal('repeated')],
      ...[Type.Literal('out_of_order'), Type.Literal('same_person')],
    ]),
    title: text,
    status: Type.Union([Type.Literal('off'), Type.Literal('trial'), Type.Literal('active')]),
    severity: Type.Union([Type.Literal('high'), Type.Literal('medium'), Type.Literal('low')]),
    owner: text,
    topic: text,
    basis: texts,
    why: text,
    action: text,
    covered_by: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Z]{3}-\\d{3}$' }))),
    tolerance_s: Type.Optional(Type.Integer({ minimum: 0, maximum: 3600 })),
    reason: Type.Optional(text),
  },
  closed,
);

export type ProcessShape = Static<typeof processShape>;
export type DeviationShape = Static<typeof deviationShape>;
