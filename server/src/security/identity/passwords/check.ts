import { verifyPassword } from './hash.ts';
import type { PasswordRules } from './rules.ts';

const LONGEST = 256;
/** A context word of this share of a password leaves too little to guess. */
const CONTEXT_SHARE = 0.4;

/** About whom the password is: what others know of them is no secret. */
export interface PasswordOwner {
  readonly login: string;
  readonly name: string;
  readonly operatorId: string | null;
  readonly oldHashes: readonly string[];
}

/**
 * Lists what is wrong with a new password, in Chinese; an empty list accepts it. Length counts
 * characters; nothing is trimmed, folded or cut off.
 * @source GB/T 22239-2019 8.1.4.1 a), OWASP ASVS 5.0 V6.2
 */
export async function passwordProblems(
  rules: PasswordRules,
  password: string,
  owner: PasswordOwner,
): Promise<string[]> {
  const problems = formProblems(rules, password);
  if (isCommon(rules, password)) problems.push('太常见，容易被猜中');
  if (isMonotonous(password)) problems.push('不能是重复、连续的字符');
  const known = knownWord(rules, password, owner);
  if (known !== null) problems.push(`主要由容易猜到的词（${known}）组成`);
  if (problems.length === 0 && (await wasUsed(rules, password, owner.oldHashes))) {
    problems.push(`不能与最近 ${rules.history} 次用过的口令相同`);
  }
  return problems;
}

function formProblems(rules: PasswordRules, password: string): string[] {
  const length = [...password].length;
  const problems: string[] = [];
  if (length < rules.shortest) problems.push(`至少 ${rules.shortest} 个字符`);
  if (length > LONGEST) problems.push(`不超过 ${LONGEST} 个字符`);
  if (/\p{Cc}/u.test(password)) problems.push('不能含控制字符');
  if (characterClasses(password) < rules.classes) {
    problems.push(`须含大写字母、小写字母、数字、其他符号中的至少 ${rules.classes} 种`);
  }
  return problems;
}

function characterClasses(password: string): number {
  const classes = [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{Lu}\p{Ll}\p{Nd}]/u];
  return classes.filter((one) => one.test(password)).length;
}

const LEET: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '0': 'o',
  '1': 'l',
  '3': 'e',
  $: 's',
  '5': 's',
  '7': 't',
};

/** Reads what a person thinks of as the word: case, look-alikes and decoration do not count. */
function readings(password: string): string[] {
  const lower = password.normalize('NFKC').toLowerCase();
  const bare = lower.replace(/^[^a-z]+|[^a-z]+$/g, '');
  const plain = (text: string) => text.replace(/[@401357$]/g, (sign) => LEET[sign] ?? sign);
  return [lower, bare, plain(lower), plain(bare), lower.replace(/[^a-z0-9]/g, '')];
}

function isCommon({ common }: PasswordRules, password: string): boolean {
  return readings(password).some((reading) => {
    if (common.has(reading)) return true;
    // The same common word twice is no longer than once.
    const half = reading.slice(0, reading.length / 2);
    return reading.length > 3 && reading === half + half && common.has(half);
  });
}

function isMonotonous(password: string): boolean {
  const codes = [...password].map((character) => character.codePointAt(0) ?? 0);
  if (new Set(codes).size < 5) return true;
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  const longest = steps.reduce(
    ({ run, most, step }, next) => {
      const same = next === step && Math.abs(next) <= 1 ? run + 1 : 1;
      return { run: same, most: Math.max(most, same), step: next };
    },
    { run: 0, most: 0, step: Number.NaN },
  ).most;
  return longest + 1 > codes.length / 2;
}

function knownWord(rules: PasswordRules, password: string, owner: PasswordOwner): string | null {
  const words = [...rules.context, owner.login, owner.name, owner.operatorId ?? ''];
  const texts = readings(password);
  const found = words
    .map((word) => word.toLowerCase())
    .filter((word) => [...word].length >= 2 && texts.some((text) => text.includes(word)));
  const covered = found.reduce((sum, word) => sum + word.length, 0);
  const whole =
    owner.login !== '' && texts.some((text) => text.includes(owner.login.toLowerCase()));
  if (whole) return '账号名';
  return covered >= password.length * CONTEXT_SHARE ? (found[0] ?? null) : null;
}

async function wasUsed(
  { history }: PasswordRules,
  password: string,
  hashes: readonly string[],
): Promise<boolean> {
  for (const hash of hashes.slice(0, history)) {
    if (await verifyPassword(hash, password)) return true;
  }
  return false;
}
