import type { Answer } from './answers.ts';
import { api } from './http.ts';
import type { KeyAnswer } from './security-keys.ts';

/** How far a sign-in is; with `open` the shell is shown. */
export type Stage = Session['stage'];

/** Who is signed in, how far, and what they may do. */
export type Session = Answer<'/api/session/me'>;
export type Enrolment = Answer<'/api/session/totp/enrol', 'post'>;

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
