import type { Migration } from '../../store/index.ts';

/**
 * Accounts and what they may do. What the database itself guarantees: a login name is given once
 * and for good (no account is deleted, none is renamed); every account that works can be signed in
 * to; the three administrators hold no second duty (a live grant refers to the account *with* its
 * duty, and an account has one); nobody asks for or confirms a right of their own, and two persons
 * stand behind each grant but the first administrators'.
 */
export const identityMigrations: readonly Migration[] = [
  {
    name: 'identity/0001-accounts',
    sql: `
      create sequence identity_account_number start 1001;
      create table identity_account (
        account_id text primary key check (account_id ~ '^A[0-9]{4,}$'),
        login text not null check (length(login) between 2 and 40),
        login_key text not null unique check (login_key = lower(login_key)),
        name text not null check (length(name) between 1 and 40),
        department text check (length(department) between 1 and 60),
        operator_id text check (length(operator_id) between 1 and 30),
        kind text not null check (kind in ('staff', 'temporary', 'contractor')),
        duty text not null default 'business'
          check (duty in ('business', 'system_admin', 'security_admin', 'audit_admin')),
        state text not null check (state in ('invited', 'active', 'disabled')),
        state_reason text,
        valid_to date,
        relatives text[] not null default '{}',
        password_hash text check (password_hash ~ '^\\$(argon2id|pbkdf2-sm3)\\$'),
        password_at timestamptz,
        must_change boolean not null default false,
        old_hashes text[] not null default '{}',
        totp_seed text,
        totp_confirmed boolean not null default false,
        totp_step bigint not null default 0,
        oidc_subject text unique,
        created_at timestamptz not null,
        created_by text not null,
        used_at timestamptz,
        seal text not null,
        unique (account_id, duty),
        check (kind = 'staff' or valid_to is not null),
        check (state <> 'active' or password_hash is not null or oidc_subject is not null),
        check (not totp_confirmed or totp_seed is not null)
      );
      create function identity_account_keep() returns trigger language plpgsql as $$
        begin
          if tg_op <> 'UPDATE' or new.login_key <> old.login_key or new.account_id <> old.account_id then
            raise exception 'an account is neither deleted nor renamed'
              using errcode = 'integrity_constraint_violation';
          end if;
          return new;
        end
      $$;
      create trigger identity_account_kept before update or delete on identity_account
        for each row execute function identity_account_keep();
      create trigger identity_account_not_emptied before truncate on identity_account
        for each statement execute function identity_account_keep();
    `,
  },
  {
    name: 'identity/0002-grants',
    sql: `
      create table identity_grant (
        grant_id bigint generated always as identity primary key,
        account_id text not null references identity_account (account_id),
        role text not null check (role ~ '^[a-z_]+$'),
        agencies text[] not null check (cardinality(agencies) > 0),
        insurances text[] not null check (cardinality(insurances) > 0),
        unmask boolean not null,
        valid_to date not null,
        reason text not null check (length(reason) between 4 and 500),
        state text not null check (state in ('requested', 'confirmed', 'refused', 'ended')),
        origin text not null check (origin in ('two_persons', 'first_admin', 'demo')),
        requested_by text not null,
        requested_account text references identity_account (account_id),
        requested_at timestamptz not null,
        decided_by text,
        decided_account text references identity_account (account_id),
        decided_at timestamptz,
        ended_by text,
        ended_at timestamptz,
        end_reason text,
        live_duty text generated always as (
          case when state in ('requested', 'confirmed') then
            case when role in ('system_admin', 'security_admin', 'audit_admin') then role
                 else 'business' end
          end
        ) stored,
        foreign key (account_id, live_duty) references identity_account (account_id, duty),
        check (state = 'requested' or state = 'ended' or decided_by is not null),
        check (origin <> 'two_persons' or requested_by <> decided_by),
        check (requested_account <> account_id and decided_account <> account_id)
      );
      create unique index identity_grant_live on identity_grant (account_id, role)
        where state in ('requested', 'confirmed');
      create table identity_invitation (
        code_hash text primary key check (code_hash ~ '^[0-9a-f]{64}$'),
        account_id text not null references identity_account (account_id),
        issued_by text not null,
        issued_at timestamptz not null,
        valid_to timestamptz not null,
        used_at timestamptz
      );
      create index identity_invitation_account on identity_invitation (account_id);
      create table identity_recovery_code (
        account_id text not null references identity_account (account_id),
        code_hash text not null check (code_hash ~ '^[0-9a-f]{64}$'),
        used_at timestamptz,
        primary key (account_id, code_hash)
      );
    `,
  },
  {
    name: 'identity/0003-sessions',
    sql: `
      create table identity_session (
        session_id bigint generated always as identity primary key,
        id_hash text not null unique check (id_hash ~ '^[0-9a-f]{64}$'),
        account_id text not null references identity_account (account_id),
        factor text not null check (factor in ('password', 'second', 'oidc')),
        created_at timestamptz not null,
        seen_at timestamptz not null,
        step_up_until timestamptz,
        address text not null,
        device text not null,
        ended_at timestamptz,
        end_reason text
      );
      create index identity_session_account on identity_session (account_id) where ended_at is null;
      create table identity_failure (
        login_tag text not null,
        address text not null,
        at timestamptz not null
      );
      create index identity_failure_login on identity_failure (login_tag, at);
      create index identity_failure_address on identity_failure (address, at);
      create table identity_known_address (
        account_id text not null references identity_account (account_id),
        address text not null,
        at timestamptz not null,
        primary key (account_id, address)
      );
    `,
  },
  {
    name: 'identity/0004-queries',
    sql: `
      create table access_view (
        actor text not null,
        person_id text not null,
        at timestamptz not null
      );
      create index access_view_actor on access_view (actor, at);
      create table access_alarm (
        alarm_id bigint generated always as identity primary key,
        kind text not null check (kind ~ '^[a-z_]+$'),
        actor text not null,
        object text,
        detail text not null,
        at timestamptz not null,
        handled_by text,
        handled_at timestamptz,
        result text,
        check ((handled_by is null) = (handled_at is null))
      );
      create index access_alarm_open on access_alarm (at) where handled_at is null;
      create table access_screen_token (
        token_id bigint generated always as identity primary key,
        token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
        title text not null check (length(title) between 1 and 60),
        issued_by text not null,
        issued_at timestamptz not null,
        valid_to timestamptz not null,
        revoked_by text,
        revoked_at timestamptz
      );
    `,
  },
  {
    // A public key opens nothing by itself; that a row is the program's own is told by the seal of
    // its account. A challenge is found by hash, for one session and purpose, and deleted when taken.
    name: 'identity/0005-security-keys',
    sql: `
      create table identity_security_key (
        key_id bigint generated always as identity primary key,
        account_id text not null references identity_account (account_id),
        name text not null check (length(name) between 1 and 40),
        credential_id text not null unique
          check (credential_id ~ '^[A-Za-z0-9_-]+$' and length(credential_id) between 16 and 1400),
        public_key text not null
          check (public_key ~ '^[A-Za-z0-9_-]+$' and length(public_key) between 40 and 400),
        counter bigint not null check (counter between 0 and 4294967295),
        transports text[] not null,
        created_at timestamptz not null,
        used_at timestamptz
      );
      create index identity_security_key_account on identity_security_key (account_id);
      create table identity_key_challenge (
        challenge_hash text primary key check (challenge_hash ~ '^[0-9a-f]{64}$'),
        session_id bigint not null references identity_session (session_id) on delete cascade,
        purpose text not null check (purpose in ('register', 'sign_in', 'step_up')),
        valid_to timestamptz not null,
        unique (session_id, purpose)
      );
    `,
  },
];
