import type { Generated } from 'kysely';
import type { AuditTables } from '../../security/index.ts';

/** What an inbox row is about (报送内容). */
export type Subject = 'death' | 'custody';

/** Operational tables of the department interfaces in PostgreSQL; instants are ISO 8601 text. */
export interface InterfaceTables extends AuditTables {
  readonly department_app: {
    readonly app_id: string;
    readonly name: string;
    readonly death_source: string | null;
    readonly custody_source: string | null;
    readonly agencies: string[];
    readonly addresses: string[];
    readonly per_second: number;
    readonly expected_per_day: number | null;
    readonly silent_after_hours: Generated<number>;
    readonly callback_url: string | null;
    readonly created_at: string;
    readonly created_by: string;
    readonly revoked_at: string | null;
    readonly revoked_by: string | null;
  };
  readonly department_app_key: {
    readonly app_id: string;
    readonly key_no: number;
    readonly algorithm: string;
    readonly public_key: string | null;
    readonly sealed_secret: string | null;
    readonly created_at: string;
    readonly expires_at: string | null;
    readonly revoked_at: string | null;
  };
  readonly inbound_nonce: {
    readonly app_id: string;
    readonly nonce: string;
    readonly seen_at: string;
  };
  readonly inbound_event: {
    readonly inbox_no: Generated<bigint>;
    readonly subject: Subject;
    readonly source: string;
    readonly event_id: string;
    readonly digest: string;
    readonly channel: string;
    readonly app_id: string | null;
    readonly interface_id: string;
    readonly agency: string | null;
    readonly sealed_body: string;
    readonly received_at: string;
    readonly state: Generated<'waiting' | 'taken' | 'dead'>;
    readonly tries: Generated<number>;
    readonly next_try_at: string;
    readonly reason_code: string | null;
    readonly reason: string | null;
    readonly settled_at: string | null;
  };
  readonly interface_health: {
    readonly interface_id: string;
    readonly last_success_at: string | null;
    readonly last_event_at: string | null;
    readonly last_failure_at: string | null;
    readonly last_failure_kind: string | null;
    readonly last_failure: string | null;
    readonly failures_in_row: Generated<number>;
  };
  readonly interface_alarm: {
    readonly alarm_no: Generated<bigint>;
    readonly interface_id: string;
    readonly kind: string;
    readonly detail: string;
    readonly opened_at: string;
    readonly closed_at: string | null;
  };
  readonly connector_state: {
    readonly connector_id: string;
    readonly cursor: string | null;
    readonly tries: Generated<number>;
    readonly next_try_at: string;
    readonly sealed_secret: string | null;
    readonly secret_until: string | null;
    readonly added_at: Generated<string>;
  };
  readonly connector_letter: {
    readonly letter_no: Generated<bigint>;
    readonly connector_id: string;
    readonly cursor: string | null;
    readonly reason_code: string;
    readonly reason: string;
    readonly body_key: string;
    readonly sealed_body: string | null;
    readonly failed_at: string;
    readonly replayed_at: string | null;
    readonly replayed_by: string | null;
  };
  readonly spdci_subscription: {
    readonly code: string;
    readonly app_id: string;
    readonly event_type: string;
    readonly criteria: string;
    readonly state: 'subscribe' | 'unsubscribe';
    readonly created_at: string;
    readonly ended_at: string | null;
  };
  readonly spdci_transaction: {
    readonly app_id: string;
    readonly transaction_id: string;
    readonly correlation_id: string;
    readonly kind: 'search' | 'subscribe' | 'unsubscribe';
    readonly sealed_answer: string;
    readonly created_at: string;
  };
  readonly spdci_outbox: {
    readonly message_no: Generated<bigint>;
    readonly app_id: string;
    readonly action: string;
    /** For notices: whose subscription, and which event (source/event). */
    readonly subscription: string | null;
    readonly event_key: string | null;
    readonly sealed_message: string;
    readonly created_at: string;
    readonly tries: Generated<number>;
    readonly next_try_at: string;
    readonly sent_at: string | null;
    readonly dead_at: string | null;
    readonly reason: string | null;
  };
}
