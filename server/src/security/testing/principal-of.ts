import { join } from 'node:path';
import type { Principal } from '../../contract/index.ts';
import { type AccessPolicy, loadAccessPolicy, permissionsOf } from '../access/index.ts';

const ROOTS = ['content/base', 'content/jincheng'].map((path) =>
  join(import.meta.dirname, '../../../..', path),
);

let policy: AccessPolicy | null = null;

/**
 * Makes a principal with the rights content gives these roles, for tests in process. The whole
 * city and every insurance unless said otherwise.
 */
export function principalOf(who: {
  readonly roles: readonly string[];
  readonly agencies?: readonly string[] | 'all';
  readonly insurances?: readonly string[] | 'all';
  readonly unmask?: boolean;
  readonly login?: string;
  readonly name?: string;
  readonly department?: string | null;
  readonly operatorId?: string | null;
}): Principal {
  policy ??= loadAccessPolicy(ROOTS);
  const login = who.login ?? who.roles[0] ?? 'nobody';
  return {
    accountId: `A-${login}`,
    actor: `user:${login}`,
    name: who.name ?? login,
    department: who.department ?? null,
    roles: who.roles,
    permissions: permissionsOf(policy, who.roles),
    scope: {
      agencies: who.agencies ?? 'all',
      insurances: who.insurances ?? 'all',
      unmask: who.unmask ?? false,
    },
    operatorId: who.operatorId ?? null,
    sessionId: null,
  };
}
