import { ref } from 'vue';
import { ApiError, errorText, setApiHooks } from '../api/http.ts';
import { type Session, sessionApi } from '../api/session.ts';
import { forgetDrafts } from './draft.ts';
import { preferences } from './preferences.ts';
import { session, signInWaits, unfinished } from './session.ts';

type Waiting = (again: boolean) => void;

/** Requests that wait until somebody has signed in again. */
let waitingForSignIn: Waiting[] = [];
/** The prompt for a second proof, open while it is asked for. */
export const proofAsked = ref<Waiting | null>(null);
let proofUnderWay: Promise<boolean> | null = null;

setApiHooks({
  csrfToken: () => (unfinished.value ?? session.value)?.csrf_token ?? null,
  signInAgain: () => {
    // Before anybody was signed in there is nothing to take up again.
    if (session.value === null) return Promise.resolve(false);
    signInWaits.value = true;
    return new Promise((resolve) => waitingForSignIn.push(resolve));
  },
  confirmIdentity: () => {
    proofUnderWay ??= new Promise<boolean>((resolve) => {
      proofAsked.value = (given) => {
        proofAsked.value = null;
        proofUnderWay = null;
        resolve(given);
      };
    });
    return proofUnderWay;
  },
});

/** Keeps the sign-in that an answer brought: its token counts from now on. */
export function keepSession(now: Session): void {
  session.value = now;
}

/** Asks who is signed in. Null, or why it cannot be told. */
export async function startSession(): Promise<string | null> {
  try {
    const found = await sessionApi.find();
    if (found.stage === 'open') session.value = found;
    else unfinished.value = found;
    return null;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    return errorText(error);
  }
}

/**
 * Somebody has signed in. The same person goes on where the session ended; for another one the
 * page begins afresh, so that nothing of the first is seen.
 */
export function signedIn(now: Session): void {
  const before = session.value;
  unfinished.value = null;
  if (before !== null && before.account_id !== now.account_id) {
    forgetDrafts();
    window.location.assign('/');
    return;
  }
  session.value = now;
  signInWaits.value = false;
  const waiting = waitingForSignIn;
  waitingForSignIn = [];
  for (const goOn of waiting) goOn(true);
}

export async function signOut(): Promise<void> {
  try {
    await sessionApi.signOut();
  } catch (error) {
    // A session that is gone already is signed out too.
    if (!(error instanceof ApiError && error.status === 401)) throw error;
  }
  forgetDrafts();
  // The server has the browser forget everything; how the screen should look is not personal.
  localStorage.setItem('huiliu.preferences', JSON.stringify(preferences));
  window.location.assign('/');
}
