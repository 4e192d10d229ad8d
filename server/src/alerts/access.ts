import { type RawBuilder, sql } from 'kysely';
import type { Principal } from '../contract/index.ts';
import { CITY_AGENCY } from './deliver/stage.ts';

/** Who acts, as it is stored and compared: the account, or the actor of a call without one. */
export function whoIs(principal: Principal): string {
  return principal.accountId ?? principal.actor;
}

/** Whether somebody works for the city, who may take what counties hand up. */
export function worksForCity({ scope }: Principal): boolean {
  return scope.agencies === 'all' || scope.agencies.includes(CITY_AGENCY);
}

/**
 * The first of the two walls around a county's cases (the second is row level security): agency and
 * insurance of the scope, and of rules on trial only those of the own department; the machine's operator sees
 * all of them. `c` is the case.
 */
export function caseScope(principal: Principal): RawBuilder<boolean> {
  const { agencies, insurances } = principal.scope;
  const parts = seesTrials(principal)
    ? [sql`true`]
    : [sql`(not c.trial or c.owner = ${principal.department ?? ''})`];
  if (agencies !== 'all') parts.push(sql`c.agency = any(${[...agencies]}::text[])`);
  if (insurances !== 'all') {
    parts.push(sql`(c.insurance && ${[...insurances]}::text[] or c.insurance = '{}')`);
  }
  return sql<boolean>`(${sql.join(parts, sql` and `)})`;
}

/** The operator of the machine, who has every right and belongs to no department. */
export function seesTrials({ accountId, scope, permissions }: Principal): boolean {
  return accountId === null && scope.agencies === 'all' && permissions.has('alerts.assign');
}

/** The wall for tables that hang on a case only by their agency. */
export function agencyScope(principal: Principal, column: string): RawBuilder<boolean> {
  const { agencies } = principal.scope;
  return agencies === 'all'
    ? sql<boolean>`true`
    : sql<boolean>`${sql.ref(column)} = any(${[...agencies]}::text[])`;
}
