import { api } from './http.ts';
import type { KeyAnswer } from './security-keys.ts';

/** How far a sign-in is; with `open` the shell is shown. */
export type Stage = 'second_factor' | 'password' | 'enrolment' | 'open';

/** Who is signed in, how far, and what they may do. */
export interface Session {
  readonly account_id: string | null;
  readonly login: string;
  readonly name: string;
  readonly department: string | null;
  readonly operator_id: string | null;
  readonly roles: readonly { readonly role: string; readonly title: string }[];
  readonly permissions: readonly string[];
  readonly scope: {
    readonly agencies: readonly string[] | 'all';
    readonly agency_names: readonly string[];
    readonly insurances: readonly string[] | 'all';
    readonly unmask: boolean;
  };
  readonly stage: Stage;
  readonly second_factor_bound: boolean;
  readonly second_factors: readonly ('totp' | 'security_key')[];
  readonly step_up_until: string | null;
  readonly expires_at: string;
  readonly idle_minutes: number;
  readonly password_expires_on: string | null;
  readonly csrf_token: string;
  /** Where this browser comes from, as the server sees it. */
  readonly address: string;
  readonly demo: boolean;
}

export interface Enrolment {
  readonly seed: string;
  readonly uri: string;
  readonly qr_svg: string;
}

/** None of these may ask to sign in again: they are the signing in. */
const bare = { bare: true } as const;

export const sessionApi = {
  find: () => api.get<Session>('/api/session/me', bare),
  signIn: (login: string, password: string) =>
    api.post<Session>('/api/session/login', { login, password }, bare),
  giveSecondFactor: (proof: { code: string } | { key: KeyAnswer }) =>
    api.post<Session>('/api/session/second-factor', proof, bare),
  redeemInvitation: (body: { login: string; code: string; password: string }) =>
    api.post<{ accepted: true }>('/api/session/invitation', body, bare),
  changePassword: (oldPassword: string, newPassword: string) =>
    api.post<Session>(
      '/api/session/password',
      { old_password: oldPassword, new_password: newPassword },
      bare,
    ),
  beginEnrolment: () => api.post<Enrolment>('/api/session/totp/enrol', {}, bare),
  confirmEnrolment: (code: string) =>
    api.post<{ session: Session; recovery_codes: readonly string[] }>(
      '/api/session/totp/confirm',
      { code },
      bare,
    ),
  /** Proves again who sits here: by a second factor where one is bound, else by the password. */
  prove: (proof: { password: string } | { code: string } | { key: KeyAnswer }) =>
    api.post<Session>('/api/session/step-up', proof, bare),
  signOut: () => api.post<{ ended: true }>('/api/session/logout', {}, bare),
};
