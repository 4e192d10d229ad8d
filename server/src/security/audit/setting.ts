import { AsyncLocalStorage } from 'node:async_hooks';
import type { Principal } from '../../contract/index.ts';
import { canonicalJson } from '../../kernel/index.ts';
import { sm3Hex } from '../signing/index.ts';
import type { AuditEntry, AuditSetting } from './model.ts';

type Actor = Pick<Principal, 'actor' | 'roles' | 'department' | 'sessionId'>;

const current = new AsyncLocalStorage<Actor>();

/**
 * Does the work of a request so that every entry its person leaves in the audit log names roles,
 * department and session as they are now, whoever writes the entry.
 */
export function withAuditContext<T>(principal: Actor, work: () => T): T {
  return current.run(principal, work);
}

/** What is known of the circumstances of an entry; another actor's circumstances are not taken. */
export function settingOf(entry: AuditEntry): AuditSetting {
  const principal = current.getStore();
  const mine = principal?.actor === entry.actor ? principal : undefined;
  // Requests name their origin `address id`.
  const [, address, requestId] = /^([0-9a-f.:]{2,45}) ([0-9a-f-]{36})$/i.exec(entry.origin) ?? [];
  const session = mine?.sessionId ?? null;
  return {
    roles: mine === undefined ? null : mine.roles.join(',') || null,
    department: mine?.department ?? null,
    address: address ?? null,
    sessionTag: session === null ? null : sm3Hex(session).slice(0, 16),
    requestId: requestId ?? null,
  };
}

/** Digest of what an act answered, for the audit log: SM3 over canonical JSON. */
export function digestOf(value: unknown): string {
  return sm3Hex(canonicalJson(value));
}

/** Rows of the operational database an act has changed, as they stood; null where there is none. */
export interface RowChange {
  readonly before: object | null;
  readonly after: object | null;
}

/** Digests of a row before and after an act: SM3 over its columns by name, numbers as they print. */
export function digestsOf(change: RowChange): {
  readonly beforeDigest: string | null;
  readonly afterDigest: string | null;
} {
  return { beforeDigest: rowDigest(change.before), afterDigest: rowDigest(change.after) };
}

function rowDigest(row: object | null): string | null {
  if (row === null) return null;
  const columns = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
  return sm3Hex(JSON.stringify(columns, text));
}
