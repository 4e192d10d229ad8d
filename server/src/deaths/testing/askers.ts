import type { Principal } from '../../contract/index.ts';
import type { Asker } from '../registry/audit.ts';

/** Somebody with every right on deaths, in the whole city or in some counties. */
export function askerOf(
  name: string,
  agencies: readonly string[] | 'all' = 'all',
  rights: readonly string[] = ['read', 'import', 'arbitrate', 'confirm', 'run'],
): Asker {
  const principal: Principal = {
    ...{ accountId: name, actor: `user:${name}`, name, department: null, roles: [] },
    permissions: new Set(rights.map((right) => `deaths.${right}`)),
    ...{ operatorId: null, sessionId: null },
    scope: { agencies, insurances: 'all', unmask: false },
  };
  return { principal, origin: 'test' };
}
