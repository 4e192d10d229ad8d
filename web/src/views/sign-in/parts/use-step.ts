import { type Ref, ref } from 'vue';
import { ApiError, errorText } from '../../../api/http.ts';

/** Runs one step of signing in: busy while it lasts, the server's words when it is refused. */
export function useStep(): {
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
      if (error instanceof ApiError && error.requestId !== null && error.status >= 500) {
        fault.value += `（追踪号 ${error.requestId}）`;
      }
    } finally {
      busy.value = false;
    }
  };
  return { busy, fault, run };
}
