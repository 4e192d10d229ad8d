import type { DuckSession } from '../../store/index.ts';
import type { GeneralExclusion, RuleDef, RulePack } from '../model.ts';
import type { Finding } from './finding.ts';

/** The shared view that lists people with business in progress (通用排除 G5). */
const IN_PROGRESS = 'in_progress';

/** People a rule does not report, by the reason. */
export type ExcludedPersons = ReadonlyMap<GeneralExclusion, ReadonlySet<string>>;

/** Whitelisted people: person → rules or `*` (政策性人群白名单, G8). */
export type Whitelist = ReadonlyMap<string, readonly string[]>;

/**
 * Exclusions that hold for every risk rule unless it says otherwise; they are applied to what a rule
 * returned, so that no rule can forget them.
 */
export const generalExclusions = {
  /** Views the exclusions of this rule need. */
  reads(rule: RuleDef, pack: Pick<RulePack, 'views'>): string[] {
    return applies(rule, 'in_progress') && pack.views.has(IN_PROGRESS) ? [IN_PROGRESS] : [];
  },

  /** Reads whom they concern from the ground that is open on the session. */
  async find(
    session: DuckSession,
    rule: RuleDef,
    pack: Pick<RulePack, 'views'>,
    whitelist: Whitelist,
  ): Promise<ExcludedPersons> {
    const excluded = new Map<GeneralExclusion, ReadonlySet<string>>();
    if (applies(rule, 'whitelist')) {
      const people = [...whitelist].filter(
        ([, rules]) => rules.includes('*') || rules.includes(rule.id),
      );
      excluded.set('whitelist', new Set(people.map(([person]) => person)));
    }
    if (this.reads(rule, pack).length > 0) {
      const rows = await session.rows<{ person_id: string }>(
        `select distinct person_id from ${IN_PROGRESS}`,
      );
      excluded.set('in_progress', new Set(rows.map(({ person_id }) => person_id)));
    }
    return excluded;
  },
};

/** Quality findings are about data, not about people: only risk rules are excluded from. */
function applies(rule: RuleDef, exclusion: GeneralExclusion): boolean {
  return rule.kind === 'risk' && !rule.ignore.includes(exclusion);
}

/** Splits findings into what is reported and how many were left out for which reason. */
export function withoutExcluded(
  findings: readonly Finding[],
  excluded: ExcludedPersons,
): { kept: Finding[]; left: Record<string, number> } {
  const left: Record<string, number> = {};
  const kept = findings.filter(({ personId }) => {
    if (personId === null) return true;
    for (const [reason, people] of excluded) {
      if (!people.has(personId)) continue;
      left[reason] = (left[reason] ?? 0) + 1;
      return false;
    }
    return true;
  });
  return { kept, left };
}
