import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { parse } from 'yaml';
import { passwordContentInvalid } from '../errors.ts';
import type { HashScheme } from './hash.ts';

const closed = { additionalProperties: false } as const;
const Profile = Type.Object(
  {
    shortest: Type.Integer({ minimum: 8, maximum: 64 }),
    classes: Type.Integer({ minimum: 1, maximum: 4 }),
    expire_days: Type.Integer({ minimum: 0, maximum: 366 }),
    history: Type.Integer({ minimum: 0, maximum: 24 }),
  },
  closed,
);
const ProfileFile = Type.Object(
  {
    profile: Type.String(),
    hash: Type.Union([Type.Literal('argon2id'), Type.Literal('pbkdf2-sm3')]),
    profiles: Type.Record(Type.String({ pattern: '^[a-z0-9]+$' }), Profile, closed),
  },
  closed,
);

/** What a password must be like (口令规则), and how it is hashed. */
export interface PasswordRules extends Readonly<Static<typeof Profile>> {
  readonly profile: string;
  readonly hash: HashScheme;
  /** Passwords everybody tries, in lower case. */
  readonly common: ReadonlySet<string>;
  /** Words of this place and office, in lower case. */
  readonly context: readonly string[];
}

/**
 * Loads the profile in force and the lists from `passwords/` below the content roots; lists add up,
 * the profile file of a later root replaces the earlier one.
 * @throws SECURITY_PASSWORD_CONTENT_INVALID
 */
export function loadPasswordRules(roots: readonly string[]): PasswordRules {
  const files = roots.map((root) => join(root, 'passwords', 'profiles.yaml')).filter(existsSync);
  const file = files.at(-1);
  if (file === undefined) {
    throw passwordContentInvalid({ problems: ['缺少 passwords/profiles.yaml'] });
  }
  const data: unknown = parse(readFileSync(file, 'utf8'));
  if (!Check(ProfileFile, data)) {
    throw passwordContentInvalid({
      problems: Errors(ProfileFile, data).map((e) => `${file} ${e.instancePath}：${e.message}`),
    });
  }
  const inForce = data.profiles[data.profile];
  if (inForce === undefined) {
    throw passwordContentInvalid({ problems: [`${file}：没有名为 ${data.profile} 的规则`] });
  }
  return {
    ...inForce,
    profile: data.profile,
    hash: data.hash,
    common: new Set(wordsOf(roots, 'frequent.tsv')),
    context: wordsOf(roots, 'local-words.tsv'),
  };
}

/** One word a line; `#` begins a remark. */
function wordsOf(roots: readonly string[], name: string): string[] {
  return roots
    .map((root) => join(root, 'passwords', name))
    .filter(existsSync)
    .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
    .map((line) => line.trim().toLowerCase())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
