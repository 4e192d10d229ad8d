export type { Administrator } from './accounts/administrator.ts';
export {
  type AccountChange,
  disableAccount,
  editAccount,
  enableAccount,
  resetAccount,
} from './accounts/change-account.ts';
export { createAccount, type NewAccount } from './accounts/create-account.ts';
export { createDemoAccounts, type DemoAccount } from './accounts/demo-accounts.ts';
export {
  type FirstAdministrators,
  type FirstInvitation,
  inviteFirstAdministrators,
} from './accounts/first-admin.ts';
export { issueInvitation, redeemInvitation } from './accounts/invitation.ts';
export {
  type AccountFilter,
  type ListedAccount,
  type ListedGrant,
  searchAccounts,
  searchGrants,
} from './accounts/list-accounts.ts';
export { type AccountSweep, sweepAccounts } from './accounts/sweep-accounts.ts';
export {
  loginRefused,
  oidcRefused,
  sessionRequired,
  sessionUnknown,
  stageRequired,
  stepUpRequired,
  tooManyLogins,
} from './errors.ts';
export { decideGrant, endGrant, requestGrant } from './grants/grants.ts';
export type { GrantTerms } from './grants/write-grant.ts';
export { identityMigrations } from './migrations.ts';
export type { OidcConfig } from './oidc/oidc-config.ts';
export { beginOidcSignIn, finishOidcSignIn } from './oidc/oidc-sign-in.ts';
export { DEMO_FILE, type IdentityOptions, openIdentity } from './open-identity.ts';
export { changePassword } from './passwords/change-password.ts';
export { beginEnrolment, confirmEnrolment } from './second-factor/enrol.ts';
export { listKeys, type OwnKey, removeKey, renameKey } from './security-keys/own-keys.ts';
export { beginKey, type NewKey, registerKey } from './security-keys/register-key.ts';
export {
  type KeysOff,
  type RelyingParty,
  relyingPartyOf,
  requireRelyingParty,
} from './security-keys/relying-party.ts';
export { beginKeyProof, type KeyAnswer, type ProofPurpose } from './security-keys/use-key.ts';
export { kickSession, listOnline, type OnlineSession } from './sessions/online.ts';
export {
  type Caller,
  endSession,
  findSignedIn,
  openSession,
  rotateSession,
  sessionStands,
} from './sessions/sessions.ts';
export type { BoundFactor, SignedIn, Stage } from './sessions/signed-in.ts';
export { csrfTokenOf, hashToken, isCsrfToken } from './sessions/token.ts';
export { type FactorProof, giveSecondFactor, stepUp } from './sign-in/prove.ts';
export { type SignInRequest, signIn } from './sign-in/sign-in.ts';
export type { AccountKind, AccountState, GrantState, IdentityTables } from './tables.ts';
export type { IdentityWorld } from './world.ts';
