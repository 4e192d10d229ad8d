import type { Principal } from '../../contract/index.ts';
import { sessionRequired } from '../../security/index.ts';
import { permissionMissing } from './errors.ts';
import type { Call } from './route.ts';

/** Who asks. The permission check has let somebody through, so public routes alone lack one. */
export function callerOf({ principal }: Pick<Call, 'principal'>): Principal {
  if (principal === null) throw sessionRequired({});
  return principal;
}

/** For what holds for the whole city: only who may see all of it decides about it. */
export function requireCity(principal: Principal, permission: string): void {
  if (principal.scope.agencies !== 'all') throw permissionMissing({ permission });
}
