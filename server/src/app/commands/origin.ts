import { userInfo } from 'node:os';
import type { Permission, Principal } from '../../contract/index.ts';

/** Audit origin of what is done at the command line: the account of the machine stands beside the name given. */
export const ORIGIN = `cli:${userInfo().username}`;

/**
 * The operator of this machine as a principal: every right, the whole city. Whoever can read the
 * data folder can do all of it anyway; the audit log names the account of the machine.
 */
export function cliPrincipal(): Principal {
  return {
    ...{ accountId: null, actor: ORIGIN, name: '本机操作人', department: null, roles: [] },
    permissions: { has: () => true } as unknown as ReadonlySet<Permission>,
    scope: { agencies: 'all', insurances: 'all', unmask: true },
    ...{ operatorId: null, sessionId: null },
  };
}
