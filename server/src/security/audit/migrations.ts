import type { Migration } from '../../store/index.ts';
import { archiveMigration } from './archive/migration.ts';

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
  {
    // Added columns are empty in entries of before, and `format` says how their hash was computed.
    // The application role may add and read, nothing else, so that entries share its transactions.
    name: 'audit/0002-setting-and-digests',
    sql: `
      alter table audit_entry
        add column format smallint not null default 1 check (format in (1, 2)),
        add column roles text check (length(roles) <= 500),
        add column department text check (length(department) <= 200),
        add column address text check (length(address) <= 45),
        add column session_tag text check (session_tag ~ '^[0-9a-f]{16}$'),
        add column request_id text check (length(request_id) <= 64),
        add column before_digest text check (before_digest ~ '^[0-9a-f]{64}$'),
        add column after_digest text check (after_digest ~ '^[0-9a-f]{64}$'),
        add column result_digest text check (result_digest ~ '^[0-9a-f]{64}$');
      alter table audit_entry alter column format drop default;
      create index audit_entry_actor on audit_entry (actor, seq);
      create index audit_entry_action on audit_entry (action, seq);
      revoke all on audit_entry from public;
      do $$ begin
        if exists (select from pg_roles where rolname = 'huiliu_app') then
          grant select, insert on audit_entry to huiliu_app;
        end if;
      end $$;
    `,
  },
  {
    // An entry written with an act has no place yet (`seq` null): acts need not wait for each other.
    // The trigger lets such an entry get its place once and nothing else of it change.
    name: 'audit/0003-chained-after-commit',
    sql: `
      alter table audit_entry drop constraint audit_entry_pkey;
      alter table audit_entry
        add column id bigint generated always as identity primary key,
        alter column seq drop not null,
        alter column prev_hash drop not null,
        alter column hash drop not null,
        add constraint audit_entry_seq unique (seq),
        add constraint audit_entry_place check (num_nulls(seq, prev_hash, hash) in (0, 3));
      create index audit_entry_waiting on audit_entry (id) where seq is null;
      create function audit_entry_place() returns trigger language plpgsql as $$
        declare
          given constant text[] := array['seq', 'prev_hash', 'hash'];
        begin
          if old.seq is null and new.seq is not null
            and to_jsonb(old) - given = to_jsonb(new) - given then
            return new;
          end if;
          raise exception 'audit_entry is append-only: % refused', tg_op
            using errcode = 'insufficient_privilege';
        end
      $$;
      drop trigger audit_entry_no_change on audit_entry;
      create trigger audit_entry_no_delete before delete on audit_entry
        for each row execute function audit_entry_refuse();
      create trigger audit_entry_place_once before update on audit_entry
        for each row execute function audit_entry_place();
    `,
  },
  archiveMigration,
];
