import { type Ref, ref } from 'vue';
import { ApiError, errorText } from '../api/http.ts';

/** Runs one piece of work at a time; what went wrong stands until the next try. */
export function useWork(): {
  busy: Ref<boolean>;
  fault: Ref<string | null>;
  run: (work: () => Promise<void>) => Promise<void>;
} {
  const busy = ref(false);
  const fault = ref<string | null>(null);
  const run = async (work: () => Promise<void>) => {
    if (busy.value) return;
    busy.value = true;
    fault.value = null;
    try {
      await work();
    } catch (error) {
      fault.value = errorText(error);
      const id = error instanceof ApiError ? error.requestId : null;
      // An error of our own already says the number.
      if (id !== null && !fault.value.includes(id)) {
        fault.value += `（追踪号 ${id}）`;
      }
    } finally {
      busy.value = false;
    }
  };
  return { busy, fault, run };
}
