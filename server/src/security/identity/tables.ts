import type { Generated, Kysely } from 'kysely';
import type { Duty } from '../access/policy.ts';
import type { AuditTables } from '../audit/index.ts';

export type AccountKind = 'staff' | 'temporary' | 'contractor';
export type AccountState = 'invited' | 'active' | 'disabled';
export type GrantState = 'requested' | 'confirmed' | 'refused' | 'ended';
/** How a session was signed in: by password, with a second factor, or by the city's sign-on. */
export type Factor = 'password' | 'second' | 'oidc';

/** What the answer of a security key is asked for. */
export type ChallengePurpose = 'register' | 'sign_in' | 'step_up';

/** Rows of the identity tables as PostgreSQL gives them. */
export interface IdentityTables extends AuditTables {
  identity_account: {
    account_id: string;
    login: string;
    login_key: string;
    name: string;
    department: string | null;
    operator_id: string | null;
    kind: AccountKind;
    duty: Generated<Duty>;
    state: AccountState;
    state_reason: string | null;
    valid_to: string | null;
    relatives: Generated<readonly string[]>;
    password_hash: string | null;
    password_at: string | null;
    must_change: Generated<boolean>;
    old_hashes: Generated<readonly string[]>;
    totp_seed: string | null;
    totp_confirmed: Generated<boolean>;
    totp_step: Generated<bigint>;
    oidc_subject: string | null;
    created_at: string;
    created_by: string;
    used_at: string | null;
    seal: string;
  };
  identity_grant: {
    grant_id: Generated<bigint>;
    account_id: string;
    role: string;
    agencies: readonly string[];
    insurances: readonly string[];
    unmask: boolean;
    valid_to: string;
    reason: string;
    state: GrantState;
    origin: 'two_persons' | 'first_admin' | 'demo';
    requested_by: string;
    requested_account: string | null;
    requested_at: string;
    decided_by: string | null;
    decided_account: string | null;
    decided_at: string | null;
    ended_by: string | null;
    ended_at: string | null;
    end_reason: string | null;
  };
  identity_invitation: {
    code_hash: string;
    account_id: string;
    issued_by: string;
    issued_at: string;
    valid_to: string;
    used_at: string | null;
  };
  identity_recovery_code: { account_id: string; code_hash: string; used_at: string | null };
  identity_security_key: {
    key_id: Generated<bigint>;
    account_id: string;
    name: string;
    credential_id: string;
    public_key: string;
    counter: bigint;
    transports: readonly string[];
    created_at: string;
    used_at: string | null;
  };
  identity_key_challenge: {
    challenge_hash: string;
    session_id: bigint;
    purpose: ChallengePurpose;
    valid_to: string;
  };
  identity_session: {
    session_id: Generated<bigint>;
    id_hash: string;
    account_id: string;
    factor: Factor;
    created_at: string;
    seen_at: string;
    step_up_until: string | null;
    address: string;
    device: string;
    ended_at: string | null;
    end_reason: string | null;
  };
  identity_failure: { login_tag: string; address: string; at: string };
  identity_known_address: { account_id: string; address: string; at: string };
  access_view: { actor: string; person_id: string; at: string };
  access_alarm: {
    alarm_id: Generated<bigint>;
    kind: string;
    actor: string;
    object: string | null;
    detail: string;
    at: string;
    handled_by: string | null;
    handled_at: string | null;
    result: string | null;
  };
  access_screen_token: {
    token_id: Generated<bigint>;
    token_hash: string;
    title: string;
    issued_by: string;
    issued_at: string;
    valid_to: string;
    revoked_by: string | null;
    revoked_at: string | null;
  };
}

export type IdentityDatabase = Kysely<IdentityTables>;
