export type { Administrator } from './accounts/administrator.ts';
export { createAccount, type NewAccount } from './accounts/create-account.ts';
export { redeemInvitation } from './accounts/invitation.ts';
export {
  loginRefused,
  sessionRequired,
  sessionUnknown,
  stageRequired,
  stepUpRequired,
  tooManyLogins,
} from './errors.ts';
export { identityMigrations } from './migrations.ts';
export { DEMO_FILE, type IdentityOptions, openIdentity } from './open-identity.ts';
export { changePassword } from './passwords/change-password.ts';
export { beginEnrolment, confirmEnrolment } from './second-factor/enrol.ts';
export {
  type Caller,
  endSession,
  findSignedIn,
  openSession,
  rotateSession,
  sessionStands,
} from './sessions/sessions.ts';
export type { SignedIn, Stage } from './sessions/signed-in.ts';
export { csrfTokenOf, hashToken, isCsrfToken } from './sessions/token.ts';
export { giveSecondFactor, stepUp } from './sign-in/prove.ts';
export { type SignInRequest, signIn } from './sign-in/sign-in.ts';
export type { IdentityTables } from './tables.ts';
export type { IdentityWorld } from './world.ts';
