import type { DeathsPack, Settings } from '../content/model.ts';
import { type DecisionEvent, evidenceKey } from '../registry/fold.ts';
import { type DeathDay, gapDays, monthAfter } from './died-on.ts';
import type {
  ConflictKind,
  JudgedStatement,
  JudgeInput,
  Judgement,
  LifeSign,
  Verdict,
} from './model.ts';

/** A live statement that does speak of a death. */
interface Death {
  readonly statement: JudgedStatement;
  readonly day: DeathDay;
}

/**
 * Judges what is known of one person (认定). A pure function: the same evidence gives the same
 * verdict. A contradiction is never resolved here: it becomes `3`, and two people decide.
 */
export function judge(
  pack: Pick<DeathsPack, 'settings' | 'sources'>,
  input: JudgeInput,
): Judgement {
  const { settings } = pack;
  const { state, signs } = input;
  const deaths = input.statements.flatMap((statement): Death[] =>
    typeof statement.day === 'string' ? [] : [{ statement, day: statement.day }],
  );
  const matched = input.grade === '1' || input.grade === '2';
  const conflicts = !matched
    ? []
    : state.decision === null
      ? contradictions(settings, input, deaths)
      : afterDecision(settings, state.decision, input, deaths);
  const verdict = verdictOf(pack, input, deaths, conflicts);
  const days = deaths.map(({ day }) => day.to).sort();
  const decided = verdict === '1' ? (state.decision?.diedOn ?? null) : null;
  const diedOn = verdict === '2' ? null : (decided ?? days[0] ?? state.decision?.diedOn ?? null);
  return {
    standing: standingOf(input, deaths),
    verdict,
    diedOn,
    earliestOn: days[0] ?? null,
    latestOn: days.at(-1) ?? null,
    lastMonth: diedOn === null ? null : lastLawfulMonth(settings, deaths, diedOn, decided !== null),
    conflicts,
    evidence: [
      ...input.statements.map(({ event }) => evidenceKey(event)),
      ...signs.map(signKey),
      ...[...input.shared.values()].flatMap((others) => [...others]),
    ]
      .filter((key, index, all) => all.indexOf(key) === index)
      .sort(),
  };
}

/** Name of a sign of life in a decision: the same sign seen later again is a new one. */
export function signKey(sign: LifeSign): string {
  return `sign:${sign.kind}/${sign.seenOn}`;
}

function standingOf(input: JudgeInput, deaths: readonly Death[]): Judgement['standing'] {
  if (deaths.length > 0 || input.state.decision !== null) return 'reported';
  return input.statements.length > 0 ? 'not_death' : 'withdrawn';
}

function verdictOf(
  { settings, sources }: Pick<DeathsPack, 'settings' | 'sources'>,
  { state, grade }: JudgeInput,
  deaths: readonly Death[],
  conflicts: readonly ConflictKind[],
): Verdict | null {
  if (conflicts.length > 0) return '3';
  if (state.decision !== null) return state.decision.verdict;
  if (deaths.length === 0) return null;
  const primary = deaths.filter(({ statement }) => sources.get(statement.event.source)?.primary);
  const agreed =
    grade === '1' &&
    deaths.length >= settings.confirm.sources &&
    primary.length >= settings.confirm.primary;
  return agreed ? '1' : '0';
}

/** Contradictions where nothing was decided yet. */
function contradictions(
  settings: Settings,
  { signs, shared }: JudgeInput,
  deaths: readonly Death[],
): ConflictKind[] {
  const found = new Set<ConflictKind>();
  if (deaths.length === 0) return [];
  if (gapDays(deaths.map(({ day }) => day)) > settings.tolerance_days) found.add('dates_differ');
  for (const { statement } of deaths) {
    if (statement.likeness === 'different' || statement.mismatch.length > 0) found.add('identity');
    if (shared.has(evidenceKey(statement.event))) found.add('certificate_shared');
  }
  if (signs.some((sign) => contradicts(settings, sign, deaths.length))) found.add('life_sign');
  return [...found].sort();
}

function contradicts(settings: Settings, sign: LifeSign, sources: number): boolean {
  const when = settings.sign_conflict[sign.strength];
  return when === 'always' || (when === 'single_source' && sources === 1);
}

/** What people had before them when they decided is settled; only what came after can contradict. */
function afterDecision(
  settings: Settings,
  decision: DecisionEvent,
  { state, signs, shared }: JudgeInput,
  deaths: readonly Death[],
): ConflictKind[] {
  const covered = new Set(decision.covers);
  const fresh = deaths.filter(({ statement }) => !covered.has(evidenceKey(statement.event)));
  if (decision.verdict === '2') return fresh.length > 0 ? ['after_decision'] : [];
  const diedOn = decision.diedOn ?? '';
  const day: DeathDay = { from: diedOn, to: diedOn, basis: 'death' };
  const found = new Set<ConflictKind>();
  if (fresh.some((one) => gapDays([one.day, day]) > settings.tolerance_days)) {
    found.add('after_decision');
  }
  const newShared = [...shared.values()].some((others) =>
    [...others].some((key) => !covered.has(key)),
  );
  const newSign = signs.some(
    (sign) =>
      !covered.has(signKey(sign)) &&
      sign.seenOn > diedOn &&
      contradicts(settings, sign, Math.max(1, deaths.length)),
  );
  if (newShared || newSign) found.add('after_decision');
  if (state.superseded.some((key) => covered.has(key))) found.add('basis_withdrawn');
  return [...found].sort();
}

/** The month of death is lawful; where a cancellation day stands in for it, some months more. */
function lastLawfulMonth(
  settings: Settings,
  deaths: readonly Death[],
  diedOn: string,
  decided: boolean,
): string {
  const stoodIn =
    !decided && deaths.length > 0 && deaths.every(({ day }) => day.basis === 'cancellation');
  return monthAfter(diedOn, stoodIn ? settings.hukou_date_grace_months : 0);
}
