/** Algorithms an application may sign with (签名算法); ED25519 only for SPDCI. */
export type AppAlgorithm = 'SM2' | 'HMAC-SM3' | 'ED25519';

/** A department's application that may send us events (应用). */
export interface DepartmentApp {
  readonly appId: string;
  readonly name: string;
  /** Source of its deaths (CL_DEATH_SRC); null: it may not report deaths. */
  readonly deathSource: string | null;
  /** Source of its custody notices (CL_CUSTODY_SRC); null: it may not report custody. */
  readonly custodySource: string | null;
  /** Counties it may speak for; all of the city's agencies when it was registered for 140500. */
  readonly agencies: readonly string[];
  /** Addresses and networks it calls from; empty: any. */
  readonly addresses: readonly string[];
  /** Events a second it may send before it is asked to slow down. */
  readonly perSecond: number;
  readonly expectedPerDay: number | null;
  readonly silentAfterHours: number;
  /** Where our SPDCI answers and notices go. */
  readonly callbackUrl: string | null;
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

/** One key of an application; two may be valid at once while it is changed (轮换). */
export interface AppKey {
  readonly keyNo: number;
  readonly algorithm: AppAlgorithm;
  /** Hex, for SM2 and ED25519. */
  readonly publicKey: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

/** Tells whether a key may sign at an instant. */
export function isKeyValid(key: Pick<AppKey, 'expiresAt' | 'revokedAt'>, now: Date): boolean {
  return (
    key.revokedAt === null && (key.expiresAt === null || Date.parse(key.expiresAt) > now.getTime())
  );
}

/** `app:<id>`: name of an application in the audit log and on the freshness board. */
export const interfaceOfApp = (appId: string): string => `app:${appId}`;
