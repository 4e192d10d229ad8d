import { scopedTable } from '../../security/index.ts';
import type { Migration } from '../../store/index.ts';

/**
 * Tables of the department interfaces. `unique (subject, source, event_id)` makes a repeated event
 * one event whatever the number of senders; the nonce key makes a replayed request visible after a
 * restart too. Nothing here is ever deleted but nonces older than the clock window.
 */
export const inboundMigrations: readonly Migration[] = [
  {
    name: 'inbound/0001-apps',
    sql: `
      create table department_app (
        app_id text primary key check (app_id ~ '^app-[0-9a-f]{16}$'),
        name text not null check (length(name) between 1 and 50),
        death_source text,
        custody_source text,
        agencies text[] not null check (cardinality(agencies) > 0),
        addresses text[] not null default '{}',
        per_second integer not null check (per_second between 1 and 10000),
        expected_per_day integer check (expected_per_day > 0),
        silent_after_hours integer not null default 72 check (silent_after_hours > 0),
        callback_url text,
        created_at timestamptz not null,
        created_by text not null,
        revoked_at timestamptz,
        revoked_by text,
        check (death_source is not null or custody_source is not null)
      );
      create table department_app_key (
        app_id text not null references department_app,
        key_no integer not null check (key_no > 0),
        algorithm text not null check (algorithm in ('SM2', 'HMAC-SM3', 'ED25519')),
        public_key text,
        sealed_secret text,
        created_at timestamptz not null,
        expires_at timestamptz,
        revoked_at timestamptz,
        primary key (app_id, key_no),
        check ((public_key is null) <> (sealed_secret is null))
      );
      grant select on department_app, department_app_key to huiliu_app;
    `,
  },
  {
    name: 'inbound/0002-inbox',
    sql: `
      create table inbound_nonce (
        app_id text not null,
        nonce text not null,
        seen_at timestamptz not null,
        primary key (app_id, nonce)
      );
      create index inbound_nonce_seen on inbound_nonce (seen_at);
      grant select, insert on inbound_nonce to huiliu_app;

      create table inbound_event (
        inbox_no bigint generated always as identity primary key,
        subject text not null check (subject in ('death', 'custody')),
        source text not null,
        event_id text not null check (length(event_id) between 1 and 64),
        digest text not null check (digest ~ '^[0-9a-f]{64}$'),
        channel text not null,
        app_id text,
        interface_id text not null,
        agency text,
        sealed_body text not null,
        received_at timestamptz not null,
        state text not null default 'waiting' check (state in ('waiting', 'taken', 'dead')),
        tries integer not null default 0,
        next_try_at timestamptz not null,
        reason_code text,
        reason text check (length(reason) <= 1000),
        settled_at timestamptz,
        unique (subject, source, event_id)
      );
      create index inbound_event_waiting on inbound_event (inbox_no) where state = 'waiting';
      create index inbound_event_dead on inbound_event (inbox_no) where state = 'dead';
      create index inbound_event_interface on inbound_event (interface_id, received_at);
      ${scopedTable('inbound_event')}
    `,
  },
  {
    name: 'inbound/0003-interfaces',
    sql: `
      create table interface_health (
        interface_id text primary key,
        last_success_at timestamptz,
        last_event_at timestamptz,
        last_failure_at timestamptz,
        last_failure_kind text,
        last_failure text check (length(last_failure) <= 1000),
        failures_in_row integer not null default 0
      );
      create table interface_alarm (
        alarm_no bigint generated always as identity primary key,
        interface_id text not null,
        kind text not null
          check (kind in ('event_differs', 'silent', 'breaker_open', 'dead_letter', 'signature')),
        detail text not null check (length(detail) between 1 and 1000),
        opened_at timestamptz not null,
        closed_at timestamptz
      );
      create unique index interface_alarm_open on interface_alarm (interface_id, kind)
        where closed_at is null and kind <> 'event_differs';
      create table connector_state (
        connector_id text primary key,
        cursor text,
        tries integer not null default 0,
        next_try_at timestamptz not null,
        sealed_secret text,
        secret_until timestamptz
      );
      create table connector_letter (
        letter_no bigint generated always as identity primary key,
        connector_id text not null,
        cursor text,
        reason_code text not null,
        reason text not null check (length(reason) <= 1000),
        sealed_body text,
        failed_at timestamptz not null,
        replayed_at timestamptz,
        replayed_by text
      );
      grant select, insert, update on interface_health, interface_alarm, connector_state,
        connector_letter to huiliu_app;
    `,
  },
  {
    name: 'inbound/0004-spdci',
    sql: `
      create table spdci_subscription (
        code text primary key,
        app_id text not null references department_app,
        event_type text not null,
        criteria text not null,
        state text not null check (state in ('subscribe', 'unsubscribe')),
        created_at timestamptz not null,
        ended_at timestamptz
      );
      create unique index spdci_subscription_once on spdci_subscription (app_id, event_type, criteria)
        where state = 'subscribe';
      create table spdci_transaction (
        app_id text not null references department_app,
        transaction_id text not null check (length(transaction_id) between 1 and 99),
        correlation_id text not null unique,
        kind text not null check (kind in ('search', 'subscribe', 'unsubscribe')),
        sealed_answer text not null,
        created_at timestamptz not null,
        primary key (app_id, transaction_id, kind)
      );
      create table spdci_outbox (
        message_no bigint generated always as identity primary key,
        app_id text not null references department_app,
        action text not null,
        sealed_message text not null,
        created_at timestamptz not null,
        tries integer not null default 0,
        next_try_at timestamptz not null,
        sent_at timestamptz,
        dead_at timestamptz,
        reason text check (length(reason) <= 1000)
      );
      create index spdci_outbox_waiting on spdci_outbox (message_no)
        where sent_at is null and dead_at is null;
      grant select, insert, update on spdci_subscription, spdci_transaction, spdci_outbox to huiliu_app;
    `,
  },
  {
    name: 'inbound/0005-letter-key',
    sql: `
      alter table connector_letter add column body_key text not null default '';
      create unique index connector_letter_open on connector_letter
        (connector_id, reason_code, body_key) where replayed_at is null;
    `,
  },
  {
    // What came in is evidence: only what became of it may change.
    name: 'inbound/0006-evidence',
    sql: `
      revoke update on inbound_event from huiliu_app;
      grant update (state, tries, next_try_at, reason_code, reason, settled_at)
        on inbound_event to huiliu_app;
    `,
  },
  {
    // Answers have neither; of what has no value, two are never equal.
    name: 'inbound/0007-notice-once',
    sql: `
      alter table spdci_outbox
        add column subscription text references spdci_subscription,
        add column event_key text,
        add check ((subscription is null) = (event_key is null));
      create unique index spdci_outbox_once on spdci_outbox (subscription, event_key);
    `,
  },
];
