import type { Answer, Row } from './answers.ts';
import { api, type Page } from './http.ts';

export type AccountKind = Account['kind'];
export type AccountState = Account['state'];
export type GrantState = Grant['state'];

/** A role held within a data scope (授权): one person asks for it, another confirms. */
export type Grant = Account['grants'][number];
export type HeldGrant = Row<'/api/accounts/grants'>;
export type Account = Row<'/api/accounts'>;

/** A code that lets somebody set the first password; shown this once only. */
export type Invitation = Answer<'/api/accounts/create', 'post'>;

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

export type GrantChoices = Answer<'/api/accounts/choices'>;
export type OnlineSession = Row<'/api/accounts/sessions'>;
export type Alarm = Row<'/api/accounts/alarms'>;
export type ScreenToken = Row<'/api/screen-tokens'>;

/** The route answers a table of text as well, so its description tells nothing of this. */
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
