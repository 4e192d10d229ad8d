import { type Ref, ref, watch } from 'vue';
import { session } from './session.ts';

const PREFIX = 'huiliu.draft.';

/**
 * Something typed but not sent yet. It outlives the tab's reload and a lost session, and is
 * thrown away by `clear`, when the browser tab closes, and when somebody signs out.
 */
export function useDraft<T extends object>(
  name: string,
  initial: () => T,
): { draft: Ref<T>; clear: () => void } {
  const key = `${PREFIX}${session.value?.account_id ?? ''}.${name}`;
  const draft = ref(read() ?? initial()) as Ref<T>;
  watch(draft, (value) => sessionStorage.setItem(key, JSON.stringify(value)), { deep: true });
  return {
    draft,
    clear: () => {
      draft.value = initial();
      // After the watcher has written the empty form.
      setTimeout(() => sessionStorage.removeItem(key));
    },
  };

  function read(): T | null {
    const text = sessionStorage.getItem(key);
    return text === null ? null : { ...initial(), ...(JSON.parse(text) as T) };
  }
}

/** Nothing of one person stays for the next one at the same window. */
export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  }
}
