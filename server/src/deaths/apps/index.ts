export { type AppBook, type KnownApp, openAppBook } from './app-book.ts';
export { auditAct } from './audit-act.ts';
export { addApp, type IssuedKey, type NewApp, revoke, rotateKey } from './change-apps.ts';
export { appInvalid, appRevoked, appUnknown } from './errors.ts';
export { listApps } from './list-apps.ts';
export { type AppAlgorithm, type AppKey, type DepartmentApp, interfaceOfApp } from './model.ts';
export type { Verifier } from './verifier.ts';
export type { InterfacesWorld, Random } from './world.ts';
