import type { Migration } from '../../store/index.ts';

/**
 * Makes the audit log. `unique (prev_hash)` lets an entry have one successor only, so the chain
 * cannot fork; the triggers refuse every change, also by the owner of the table.
 */
export const auditMigrations: readonly Migration[] = [
  {
    name: 'audit/0001-entries',
    sql: `
      create table audit_entry (
        seq bigint primary key check (seq > 0),
        at timestamptz(3) not null,
        actor text not null check (length(actor) between 1 and 200),
        origin text not null check (length(origin) between 1 and 200),
        action text not null check (action ~ '^[a-z_]+[.][a-z_]+$'),
        object text check (length(object) between 1 and 200),
        key_tag text check (key_tag ~ '^[0-9a-f]{64}$'),
        purpose text check (length(purpose) between 4 and 2000),
        outcome text not null
          check (outcome in ('ok', 'not_found', 'ambiguous', 'invalid', 'refused', 'failed')),
        matter_no text check (length(matter_no) between 1 and 100),
        prev_hash text not null unique check (prev_hash ~ '^[0-9a-f]{64}$'),
        hash text not null unique check (hash ~ '^[0-9a-f]{64}$')
      );
      create index audit_entry_object on audit_entry (object, seq);
      create index audit_entry_at on audit_entry (at);
      create function audit_entry_refuse() returns trigger language plpgsql as $$
        begin
          raise exception 'audit_entry is append-only: % refused', tg_op
            using errcode = 'insufficient_privilege';
        end
      $$;
      create trigger audit_entry_no_change before update or delete on audit_entry
        for each row execute function audit_entry_refuse();
      create trigger audit_entry_no_truncate before truncate on audit_entry
        for each statement execute function audit_entry_refuse();
    `,
  },
];
