import type { Migration } from '../../../store/index.ts';

/** SHA-256 over the hashes of entries in order: what PostgreSQL can compute of a stretch itself. */
const DIGEST = `encode(sha256(convert_to(string_agg(hash, '' order by seq), 'UTF8')), 'hex')`;

/**
 * Archives of the audit log. Entries leave the online table only as one whole stretch whose archive
 * is on record with the same hashes; the record stands only on a request that another person
 * confirmed, continues the archive before, and takes nothing younger than six months, whatever the
 * program says. Both tables only grow; the application role has no right on either.
 * @source requirement R50; 网络安全法 (2016) 第二十一条第三项
 */
export const archiveMigration: Migration = {
  name: 'audit/0004-archives',
  sql: `
    create table audit_archive_request (
      request_id bigint generated always as identity primary key,
      first_seq bigint not null check (first_seq > 0),
      last_seq bigint not null check (last_seq >= first_seq),
      last_hash text not null check (last_hash ~ '^[0-9a-f]{64}$'),
      last_at timestamptz(3) not null,
      reason text not null check (length(reason) between 4 and 500),
      requested_by text not null check (length(requested_by) between 1 and 200),
      requested_at timestamptz(3) not null,
      state text not null default 'open' check (state in ('open', 'done', 'refused')),
      decided_by text check (length(decided_by) between 1 and 200),
      decided_at timestamptz(3),
      opinion text check (length(opinion) between 4 and 500),
      constraint audit_archive_decided
        check ((state = 'open') = (decided_by is null) and (state = 'open') = (decided_at is null)),
      constraint audit_archive_second_person check (state <> 'done' or decided_by <> requested_by)
    );
    create unique index audit_archive_one_open on audit_archive_request ((true)) where state = 'open';
    create table audit_archive (
      archive_no bigint primary key check (archive_no > 0),
      request_id bigint not null unique references audit_archive_request,
      first_seq bigint not null unique,
      last_seq bigint not null unique check (last_seq >= first_seq),
      prev_hash text not null check (prev_hash ~ '^[0-9a-f]{64}$'),
      last_hash text not null check (last_hash ~ '^[0-9a-f]{64}$'),
      chain_digest text not null check (chain_digest ~ '^[0-9a-f]{64}$'),
      first_at timestamptz(3) not null,
      last_at timestamptz(3) not null,
      bytes bigint not null check (bytes > 0),
      file_sm3 text not null check (file_sm3 ~ '^[0-9a-f]{64}$'),
      manifest_sm3 text not null check (manifest_sm3 ~ '^[0-9a-f]{64}$'),
      archived_at timestamptz(3) not null
    );
    revoke all on audit_archive, audit_archive_request from public;

    create function audit_archive_refuse() returns trigger language plpgsql as $$
      begin
        raise exception 'archives of the audit log: % refused', tg_op
          using errcode = 'insufficient_privilege';
      end
    $$;
    create function audit_archive_decide() returns trigger language plpgsql as $$
      declare
        decision constant text[] := array['state', 'decided_by', 'decided_at', 'opinion'];
      begin
        if old.state = 'open' and new.state <> 'open'
          and to_jsonb(old) - decision = to_jsonb(new) - decision then
          return new;
        end if;
        raise exception 'a request to archive is decided once'
          using errcode = 'insufficient_privilege';
      end
    $$;
    create function audit_archive_check() returns trigger language plpgsql as $$
      declare
        asked audit_archive_request;
        last audit_archive;
        held record;
      begin
        select * into asked from audit_archive_request where request_id = new.request_id;
        select * into last from audit_archive order by archive_no desc limit 1;
        select count(*) as entries, max(at) as last_at, ${DIGEST} as digest into held
          from audit_entry where seq between new.first_seq and new.last_seq;
        if asked.state is distinct from 'done'
          or (asked.first_seq, asked.last_seq, asked.last_hash)
            <> (new.first_seq, new.last_seq, new.last_hash) then
          raise exception 'no confirmed request for this stretch of the audit log'
            using errcode = 'insufficient_privilege';
        end if;
        if new.archive_no <> coalesce(last.archive_no, 0) + 1
          or new.first_seq <> coalesce(last.last_seq, 0) + 1
          or new.prev_hash <> coalesce(last.last_hash, repeat('0', 64))
          or held.entries <> new.last_seq - new.first_seq + 1
          or held.digest <> new.chain_digest
          or not exists (select from audit_entry where seq = new.last_seq and hash = new.last_hash)
          or not exists (select from audit_entry where seq > new.last_seq) then
          raise exception 'the archive is not the next stretch of the audit log'
            using errcode = 'check_violation';
        end if;
        if held.last_at > now() - interval '6 months' then
          raise exception 'entries of the last six months stay online'
            using errcode = 'check_violation';
        end if;
        return new;
      end
    $$;
    create trigger audit_archive_next before insert on audit_archive
      for each row execute function audit_archive_check();
    create trigger audit_archive_no_change before update or delete on audit_archive
      for each row execute function audit_archive_refuse();
    create trigger audit_archive_no_truncate before truncate on audit_archive
      for each statement execute function audit_archive_refuse();
    create trigger audit_archive_decide_once before update on audit_archive_request
      for each row execute function audit_archive_decide();
    create trigger audit_archive_request_no_delete before delete on audit_archive_request
      for each row execute function audit_archive_refuse();
    create trigger audit_archive_request_no_truncate before truncate on audit_archive_request
      for each statement execute function audit_archive_refuse();

    create function audit_entry_leave() returns trigger language plpgsql as $$
      begin
        if not exists (
          select from audit_archive as archive,
            (select min(seq) as first, max(seq) as last, count(*) as entries, ${DIGEST} as digest
              from gone) as leaving
          where archive.first_seq = leaving.first and archive.last_seq = leaving.last
            and archive.last_seq - archive.first_seq + 1 = leaving.entries
            and archive.chain_digest = leaving.digest
        ) then
          raise exception 'audit_entry is append-only: % refused', tg_op
            using errcode = 'insufficient_privilege';
        end if;
        return null;
      end
    $$;
    drop trigger audit_entry_no_delete on audit_entry;
    create trigger audit_entry_leave_archived after delete on audit_entry
      referencing old table as gone for each statement execute function audit_entry_leave();
  `,
};
