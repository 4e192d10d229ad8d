import type { TSchema } from '@fastify/type-provider-typebox';

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Texts that have broken programs: name for the report → text. */
export const HOSTILE: readonly (readonly [name: string, text: string])[] = [
  ['end of statement', "'); drop table identity_account; --"],
  ['always true', "' or '1'='1"],
  ['double quote', '"'],
  ['back slash', "\\'"],
  ['zero byte', 'a\u0000b'],
  ['pattern', '%_%'],
  ['half a character', '\ud800'],
  ['terminal', '\u001b[31mred\u001b[0m\n{"level":60}'],
  ['very long', 'x'.repeat(20_000)],
  ['empty', ''],
];

interface Shape {
  readonly type?: string;
  readonly const?: Json;
  readonly enum?: readonly Json[];
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

const CANDIDATES = [
  ...['1', '2026-10-31', '2026-10', 'A1001', '140502', 'a', 'P000000901', 'DTH-001', '110', '0.5'],
  ...['SX-F-20261031-001', 'dossier.read', 'f'.repeat(64), '12:30', 'person', 'MZ', 'feed-1', '01'],
];

/** Makes a value the schema accepts, as far as it can be told without knowing the field. */
export function sampleOf(schema: TSchema): Json {
  return sample(schema as Shape);
}

function sample(shape: Shape): Json {
  if (shape.const !== undefined) return shape.const;
  if (shape.enum !== undefined) return shape.enum[0] ?? null;
  if (shape.anyOf !== undefined) {
    return sample(shape.anyOf.find(({ type }) => type === 'string') ?? shape.anyOf[0] ?? {});
  }
  switch (shape.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(shape.properties ?? {}).map(([name, part]) => [name, sample(part)]),
      );
    case 'array':
      return [sample(shape.items ?? {})];
    case 'integer':
    case 'number':
      return shape.minimum ?? 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return sampleText(shape);
  }
}

function sampleText({ pattern, format, minLength = 1 }: Shape): string {
  if (format === 'uuid') return '00000000-0000-4000-8000-000000000000';
  if (format === 'date') return '2026-10-31';
  if (format === 'date-time') return '2026-10-31T08:00:00+08:00';
  const fits = pattern === undefined ? null : new RegExp(pattern, 'u');
  const found = fits === null ? undefined : CANDIDATES.find((text) => fits.test(text));
  return (
    found ?? '核查退休待遇资格'.repeat(Math.ceil(minLength / 8)).slice(0, Math.max(8, minLength))
  );
}

export type Place = readonly (string | number)[];

/** Places of all texts in a value. */
export function stringPlaces(value: Json, at: Place = []): Place[] {
  if (typeof value === 'string') return [at];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    stringPlaces(part as Json, [...at, Array.isArray(value) ? Number(key) : key]),
  );
}

/** Copies a value with another text at a place. */
export function withText(value: Json, [first, ...rest]: Place, text: string): Json {
  if (first === undefined) return text;
  const part = (value as Record<string, Json>)[first] ?? null;
  const changed = withText(part, rest, text);
  if (Array.isArray(value)) return value.map((one, index) => (index === first ? changed : one));
  return { ...(value as Record<string, Json>), [first]: changed };
}
