import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { parseDocument } from 'yaml';
import { contentInvalid } from '../../content/errors.ts';

/** One thing people look persons up for (查询事由). */
export interface Purpose {
  readonly code: string;
  readonly title: string;
  readonly matterRequired: boolean;
  /** How a matter number of this kind is written. */
  readonly matterForm: RegExp;
}

/** Purposes by code, in the order of the content. */
export type Purposes = ReadonlyMap<string, Purpose>;

const PurposeFile = Compile(
  Type.Object(
    {
      purposes: Type.Record(
        Type.String({ pattern: '^[a-z][a-z_]{2,30}$' }),
        Type.Object(
          {
            title: Type.String({ minLength: 2, maxLength: 30 }),
            matter: Type.Union([Type.Literal('required'), Type.Literal('optional')]),
            matter_form: Type.Optional(Type.String()),
          },
          { additionalProperties: false },
        ),
      ),
    },
    { additionalProperties: false },
  ),
);

const ANY_FORM = '(?=.*\\d)[\\p{L}\\d〔〕（）()\\[\\]第号年/_.-]{4,60}';

/**
 * Loads the purposes of `access/purposes.yaml` below the content roots; a later root's entry
 * replaces an earlier one of the same code.
 * @throws MUNICIPAL_CONTENT_INVALID
 */
export function loadPurposes(roots: readonly string[]): Purposes {
  const purposes = new Map<string, Purpose>();
  for (const root of roots) {
    const file = join(root, 'access', 'purposes.yaml');
    if (!existsSync(file)) continue;
    for (const [code, entry] of Object.entries(readPurposes(file).purposes)) {
      purposes.set(code, {
        code,
        title: entry.title,
        matterRequired: entry.matter === 'required',
        matterForm: formOf(file, code, entry.matter_form ?? ANY_FORM),
      });
    }
  }
  return purposes;
}

function readPurposes(file: string) {
  const document = parseDocument(readFileSync(file, 'utf8'), { prettyErrors: false });
  const data: unknown = document.errors.length === 0 ? document.toJS() : null;
  if (PurposeFile.Check(data)) return data;
  throw invalid(file, '查询事由应为 purposes 下的「代码: { title, matter, matter_form }」');
}

function formOf(file: string, code: string, form: string): RegExp {
  try {
    return new RegExp(`^(?:${form})$`, 'u');
  } catch {
    throw invalid(file, `事由 ${code} 的 matter_form 不是有效的正则表达式`);
  }
}

function invalid(file: string, text: string): Error {
  return contentInvalid({ problems: [{ file, line: 1, column: 1, text }] });
}
