import { type Static, Type } from '@fastify/type-provider-typebox';
import { orNull } from '../fields.ts';

const closed = { additionalProperties: false } as const;
const exclude = Type.Optional(Type.Boolean({ title: '排除而不是保留' }));
const name = Type.String({ minLength: 1, maxLength: 400 });
const names = Type.Array(name, { minItems: 1, maxItems: 500 });
const day = Type.Union([Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }), Type.Null()]);
const seconds = Type.Union([Type.Number({ minimum: 0, maximum: 1e12 }), Type.Null()]);

const oneOf = (...values: string[]) => Type.Union(values.map((value) => Type.Literal(value)));

/** A filter as the module has it; see `process/filter/filter.ts`. */
export const FilterSchema = Type.Union(
  [
    Type.Object(
      {
        kind: oneOf('matter', 'county', 'channel', 'insurance', 'result'),
        values: names,
        exclude,
      },
      closed,
    ),
    Type.Object(
      {
        kind: Type.Literal('period'),
        ...{ from: day, to: day, by: oneOf('started', 'finished', 'within', 'active'), exclude },
      },
      closed,
    ),
    Type.Object(
      {
        kind: Type.Literal('attribute'),
        ...{ of: oneOf('case', 'event'), key: name, values: names, exclude },
      },
      closed,
    ),
    Type.Object(
      { kind: Type.Literal('contains'), activities: names, mode: oneOf('any', 'all'), exclude },
      closed,
    ),
    Type.Object({ kind: oneOf('starts_with', 'ends_with'), activities: names, exclude }, closed),
    Type.Object(
      {
        kind: Type.Literal('leads_to'),
        ...{ from: name, to: name, how: oneOf('eventually', 'directly'), exclude },
      },
      closed,
    ),
    Type.Object(
      { kind: Type.Literal('duration'), min_s: seconds, max_s: seconds, exclude },
      closed,
    ),
    Type.Object({ kind: Type.Literal('variant'), keys: names, exclude }, closed),
    Type.Object({ kind: Type.Literal('case'), ids: names, exclude }, closed),
    Type.Object(
      { kind: Type.Literal('state'), value: oneOf('running', 'finished'), exclude },
      closed,
    ),
  ],
  { title: '筛选条件' },
);

/** What every question about a log says: which log, which cases. */
export const Question = {
  log: Type.Optional(orNull(name, '日志名；空为本市办件')),
  filters: Type.Optional(Type.Array(FilterSchema, { maxItems: 30, title: '筛选，全部满足' })),
};

export const Clock = Type.Optional(
  Type.Union([Type.Literal('wall'), Type.Literal('working')], {
    title: '时间：wall 自然时间，working 办公时间',
  }),
);

export const Paging = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, title: '页码' })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, title: '每页行数' })),
};

export const body = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { ...closed, title: '提问' });

export type FilterInput = Static<typeof FilterSchema>;
