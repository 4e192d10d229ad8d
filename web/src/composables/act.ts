import { notify, notifyError } from './toasts.ts';

/** Does something to one row of a list: says how it went and has the list read again. */
export function useAct(reload: () => Promise<unknown>) {
  return async <T>(send: () => Promise<T>, done: string): Promise<T | null> => {
    try {
      const answer = await send();
      notify(done);
      await reload();
      return answer;
    } catch (error) {
      notifyError(error);
      return null;
    }
  };
}
