import { type SelectQueryBuilder, sql } from 'kysely';
import { shanghaiTime } from '../../kernel/index.ts';
import { chainAudit } from './chain.ts';
import type { AuditDatabase, AuditTables } from './model.ts';

/** An entry as people read it (审计记录); times in Shanghai. */
export interface AccessRecord {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly roles: string | null;
  readonly department: string | null;
  readonly address: string | null;
  readonly session_tag: string | null;
  readonly request_id: string | null;
  readonly origin: string;
  readonly action: string;
  readonly object: string | null;
  readonly purpose: string | null;
  readonly matter_no: string | null;
  readonly outcome: string;
}

/** What is looked for in the audit log; absent parts do not limit. */
export interface AuditSearch {
  readonly actor?: string;
  readonly object?: string;
  /** One action, or an area with a trailing dot (`dossier.`). */
  readonly action?: string;
  readonly outcome?: string;
  /** First and last instant, ISO with offset. */
  readonly from?: string;
  readonly to?: string;
  readonly page: number;
  readonly pageSize: number;
}

export interface AuditPage {
  readonly rows: readonly AccessRecord[];
  readonly total: number;
}

/** Lists entries, the newest first. Reading the log is an act to be recorded by the caller. */
export async function listAccesses(db: AuditDatabase, search: AuditSearch): Promise<AuditPage> {
  await chainAudit(db);
  const rows = await limited(db.selectFrom('audit_entry'), search)
    .select(SHOWN)
    .select(sql<string>`extract(epoch from at) * 1000`.as('at_ms'))
    .orderBy('seq', 'desc')
    .limit(search.pageSize)
    .offset((search.page - 1) * search.pageSize)
    .execute();
  const count = await limited(db.selectFrom('audit_entry'), search)
    .select(sql<string>`count(*)`.as('total'))
    .executeTakeFirstOrThrow();
  return {
    rows: rows.map(({ at_ms, ...row }) => ({
      ...row,
      seq: Number(row.seq),
      at: shanghaiTime(new Date(Number(at_ms))),
    })),
    total: Number(count.total),
  };
}

const SHOWN = [
  ...(['seq', 'actor', 'roles', 'department', 'address', 'session_tag', 'request_id'] as const),
  ...(['origin', 'action', 'object', 'purpose', 'matter_no', 'outcome'] as const),
] as const;

type Entries<O> = SelectQueryBuilder<AuditTables, 'audit_entry', O>;

function limited<O>(query: Entries<O>, search: AuditSearch): Entries<O> {
  const { actor, object, action, outcome, from, to } = search;
  let all = query.where('seq', 'is not', null);
  if (actor !== undefined) all = all.where('actor', '=', actor);
  if (object !== undefined) all = all.where('object', '=', object);
  if (outcome !== undefined) all = all.where('outcome', '=', outcome);
  if (from !== undefined) all = all.where(sql<boolean>`at >= ${from}::timestamptz`);
  if (to !== undefined) all = all.where(sql<boolean>`at <= ${to}::timestamptz`);
  if (action?.endsWith('.')) return all.where(sql<boolean>`starts_with(action, ${action})`);
  return action === undefined ? all : all.where('action', '=', action);
}
