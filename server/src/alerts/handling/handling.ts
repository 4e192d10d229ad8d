import { type Static, Type } from 'typebox';
import {
  type ContentProblem,
  contentInvalid,
  inReadingOrder,
  loadKind,
} from '../../municipal/index.ts';

const text = Type.String({ minLength: 1 });
const days = Type.Integer({ minimum: 0, maximum: 400 });
const strict = { additionalProperties: false } as const;
const choice = Type.Object(
  {
    code: Type.String({ pattern: '^[a-z][a-z_]*$' }),
    title: text,
    source: Type.Optional(text),
  },
  strict,
);

const PROOFS = [
  'entitlement_held',
  'entitlement_ended',
  'facts_gone',
  'recovery',
  'document',
] as const;

const disposalShape = Type.Object(
  {
    code: Type.String({ pattern: '^[a-z][a-z_]*$' }),
    title: text,
    proof: Type.Enum(PROOFS),
    recovers: Type.Boolean(),
    order: text,
    source: text,
  },
  strict,
);

const handlingShape = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z]+$' }),
    title: text,
    limits: Type.Object(
      {
        assign: days,
        verify: Type.Object({ high: days, medium: days, low: days }, strict),
        review: days,
        dispose: days,
        close: days,
        source: text,
      },
      strict,
    ),
    look_back_days: days,
    snooze: Type.Object(
      { max_days: Type.Integer({ minimum: 1, maximum: 180 }), source: text },
      strict,
    ),
    conclusions: Type.Array(choice),
    natures: Type.Array(choice),
    false_reasons: Type.Array(choice),
    disposals: Type.Array(disposalShape),
    evidence: Type.Object({ max_bytes: Type.Integer({ minimum: 1024 }), source: text }, strict),
    event_fields: Type.Array(text),
    fields: Type.Record(Type.String(), text),
    reason: Type.Optional(text),
  },
  strict,
);

/** Time limits, conclusions and kinds of disposal of alerts (处置口径), as the content states them. */
export type Handling = Static<typeof handlingShape>;
export type DisposalKind = Handling['disposals'][number];

/** Conclusions the state machine knows; content names them, and may not leave one out. */
export const CONCLUSIONS = [
  'confirmed',
  'partly',
  'unfounded',
  'data_error',
  'compliant',
  'unclear',
] as const;
export type Conclusion = (typeof CONCLUSIONS)[number];

/**
 * Loads `handling/alerts.handling.yaml` of the content roots; an overlay replaces it with a reason.
 * @throws MUNICIPAL_CONTENT_INVALID with every problem
 */
export function loadHandling(roots: readonly string[]): Handling {
  const problems: ContentProblem[] = [];
  const report = (file: string, at: { line: number; column: number }, what: string) =>
    void problems.push({ file, ...at, text: what });
  const kind = { folder: 'handling', suffix: '.handling.yaml', schema: handlingShape };
  const loaded = loadKind({ ...kind, idKey: 'id', word: '处置口径' }, roots, report);
  const found = loaded.items.get('alerts');
  if (found === undefined) {
    if (problems.length === 0) {
      report(roots[0] ?? '', { line: 0, column: 0 }, '缺少处置口径 handling/alerts.handling.yaml');
    }
    throw contentInvalid({ problems: inReadingOrder(problems) });
  }
  const { file, shape } = found;
  const named = new Set(shape.conclusions.map(({ code }) => code));
  for (const code of CONCLUSIONS) {
    if (!named.has(code)) report(file.path, file.at(['conclusions']), `缺少核查结论 ${code}`);
  }
  for (const list of ['conclusions', 'natures', 'false_reasons', 'disposals'] as const) {
    const codes = shape[list].map(({ code }) => code);
    for (const [index, code] of codes.entries()) {
      if (codes.indexOf(code) !== index)
        report(file.path, file.at([list, index]), `${code} 写了两次`);
    }
  }
  if (problems.length > 0) throw contentInvalid({ problems: inReadingOrder(problems) });
  return shape;
}

/** The Chinese name of a code, or the code where the content no longer names it. */
export function titleOf(
  list: readonly { readonly code: string; readonly title: string }[],
  code: string,
): string {
  return list.find((each) => each.code === code)?.title ?? code;
}
