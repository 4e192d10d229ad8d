import { api } from './http.ts';

/** How far a sign-in is; with `open` the shell is shown. */
export type Stage = 'second_factor' | 'password' | 'enrolment' | 'open';

/** Who is signed in, with what rights, as the server tells. */
export interface Session {
  readonly account: {
    readonly account_id: string;
    readonly login: string;
    readonly name: string;
    readonly department: string | null;
    /** Last four of the account number, for the watermark. */
    readonly tail: string;
  };
  readonly roles: readonly { readonly role: string; readonly title: string }[];
  readonly permissions: readonly string[];
  readonly agencies: readonly string[] | 'all';
  readonly unmask: boolean;
  readonly stage: Stage;
  readonly csrf: string;
  readonly secondFactor: boolean;
  readonly address: string;
  readonly demo: boolean;
}

export const sessionApi = {
  find: () => api.get<Session>('/api/session', { bare: true }),
  signOut: () => api.post<void>('/api/session/logout', {}, { bare: true }),
  proveIdentity: (secret: string) =>
    api.post<Session>('/api/session/step-up', { secret }, { bare: true }),
};
