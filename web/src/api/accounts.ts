import { api, type Page } from './http.ts';

export type AccountKind = 'staff' | 'temporary' | 'contractor';
export type AccountState = 'invited' | 'active' | 'disabled';
export type GrantState = 'requested' | 'confirmed' | 'refused' | 'ended';

/** A role held within a data scope (授权): one person asks for it, another confirms. */
export interface Grant {
  readonly grant_id: string;
  readonly role: string;
  readonly role_title: string;
  readonly agencies: readonly string[];
  readonly insurances: readonly string[];
  readonly unmask: boolean;
  readonly valid_to: string;
  readonly reason: string;
  readonly state: GrantState;
  readonly effective: boolean;
  readonly requested_by: string;
  readonly requested_at: string;
  readonly decided_by: string | null;
  readonly decided_at: string | null;
  readonly ended_by: string | null;
  readonly ended_at: string | null;
  readonly end_reason: string | null;
  readonly allowed_actions: readonly string[];
}

export interface HeldGrant extends Grant {
  readonly account_id: string;
  readonly login: string;
  readonly name: string;
}

export interface Account {
  readonly account_id: string;
  readonly login: string;
  readonly name: string;
  readonly department: string | null;
  readonly operator_id: string | null;
  readonly kind: AccountKind;
  readonly state: AccountState;
  readonly state_reason: string | null;
  readonly valid_to: string | null;
  readonly relatives: readonly string[];
  readonly second_factor_bound: boolean;
  readonly totp_bound: boolean;
  readonly security_keys: number;
  readonly oidc_bound: boolean;
  readonly created_at: string;
  readonly used_at: string | null;
  readonly grants: readonly Grant[];
  readonly allowed_actions: readonly string[];
}

/** A code that lets somebody set the first password; shown this once only. */
export interface Invitation {
  readonly account_id: string;
  readonly code: string;
  readonly valid_to: string;
}

export interface NewAccount {
  readonly login: string;
  readonly name: string;
  readonly department: string | null;
  readonly operator_id: string | null;
  readonly kind: AccountKind;
  readonly valid_to: string | null;
}

export interface GrantTerms {
  readonly role: string;
  readonly agencies: readonly string[];
  readonly insurances: readonly string[];
  readonly unmask: boolean;
  readonly valid_to: string;
  readonly reason: string;
}

interface Titled {
  readonly code: string;
  readonly title: string;
}

export interface GrantChoices {
  readonly roles: readonly Titled[];
  readonly agencies: readonly Titled[];
  readonly insurances: readonly Titled[];
}

export interface OnlineSession {
  readonly session_id: string;
  readonly login: string;
  readonly name: string;
  readonly factor: string;
  readonly created_at: string;
  readonly seen_at: string;
  readonly address: string;
  readonly device: string;
  readonly allowed_actions: readonly string[];
}

export interface Alarm {
  readonly alarm_id: string;
  readonly title: string;
  readonly actor: string;
  readonly object: string | null;
  readonly at: string;
  readonly handled_by: string | null;
  readonly handled_at: string | null;
  readonly result: string | null;
  readonly allowed_actions: readonly string[];
}

export interface ScreenToken {
  readonly token_id: string;
  readonly title: string;
  readonly issued_by: string;
  readonly issued_at: string;
  readonly valid_to: string;
  readonly revoked_by: string | null;
  readonly revoked_at: string | null;
}

export interface PermissionMatrix {
  readonly roles: readonly { readonly role: string; readonly title: string }[];
  readonly rows: readonly {
    readonly permission: string;
    readonly title: string;
    readonly sensitive: boolean;
    readonly roles: readonly string[];
  }[];
}

type Paging = { page: number; page_size: number };

export const accountsApi = {
  list: (query: Paging & { state?: string; role?: string; text?: string }) =>
    api.get<Page<Account>>('/api/accounts', { query }),
  create: (body: NewAccount) => api.post<Invitation>('/api/accounts/create', body),
  disable: (id: string, reason: string) => api.post(`/api/accounts/${id}/disable`, { reason }),
  enable: (id: string, reason: string) =>
    api.post<Invitation>(`/api/accounts/${id}/enable`, { reason }),
  reset: (id: string, reason: string, secondFactor: boolean) =>
    api.post<Invitation>(`/api/accounts/${id}/reset`, { reason, second_factor: secondFactor }),
  choices: () => api.get<GrantChoices>('/api/accounts/choices'),
  grants: (query: Paging & { state?: string }) =>
    api.get<Page<HeldGrant>>('/api/accounts/grants', { query }),
  requestGrant: (id: string, terms: GrantTerms) => api.post(`/api/accounts/${id}/grants`, terms),
  decideGrant: (id: string, act: 'confirm' | 'refuse') =>
    api.post(`/api/accounts/grants/${id}/${act}`),
  endGrant: (id: string, reason: string) => api.post(`/api/accounts/grants/${id}/end`, { reason }),
  sessions: (query: Paging) => api.get<Page<OnlineSession>>('/api/accounts/sessions', { query }),
  kick: (id: string, reason: string) => api.post(`/api/accounts/sessions/${id}/kick`, { reason }),
  alarms: (query: Paging & { open?: 'true' }) =>
    api.get<Page<Alarm>>('/api/accounts/alarms', { query }),
  handleAlarm: (id: string, result: string) =>
    api.post(`/api/accounts/alarms/${id}/handle`, { result }),
  matrix: () => api.get<PermissionMatrix>('/api/accounts/permission-matrix'),
  downloadMatrix: () =>
    api.download('/api/accounts/permission-matrix?format=csv', 'permission-matrix.csv'),
  screenTokens: () => api.get<{ rows: readonly ScreenToken[] }>('/api/screen-tokens'),
  issueScreenToken: (title: string, days: number) =>
    api.post<{ token_id: string; token: string; valid_to: string }>('/api/screen-tokens', {
      title,
      days,
    }),
  revokeScreenToken: (id: string) => api.post(`/api/screen-tokens/${id}/revoke`),
};
