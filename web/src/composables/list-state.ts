import { type InjectionKey, inject, type Ref, reactive, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** The tab a component lives in; screens kept in the background must not follow the address. */
export const TAB: InjectionKey<{ readonly key: string; readonly active: Ref<boolean> }> = Symbol();

type Values = Record<string, string | number>;

/**
 * The state of a list (filters, page, sort) as the query of its address: shareable, and the back
 * button works. Values equal to the defaults are left out.
 */
export function useListState<T extends Values>(defaults: T): T {
  const route = useRoute();
  const router = useRouter();
  const tab = inject(TAB, null);
  const isOurs = () => tab === null || (tab.active.value && route.path === tab.key);
  const state = reactive({ ...defaults }) as T;
  let writing = false;
  const fromAddress = () => {
    if (!isOurs() || writing) return;
    for (const [name, value] of Object.entries(defaults)) {
      const text = route.query[name];
      const given = typeof text === 'string' ? text : undefined;
      const next = given === undefined ? value : typeof value === 'number' ? Number(given) : given;
      (state as Values)[name] = Number.isNaN(next) ? value : next;
    }
  };
  fromAddress();
  watch(() => route.query, fromAddress);
  watch(state, async () => {
    if (!isOurs()) return;
    const query: Record<string, string> = {};
    for (const [name, value] of Object.entries(state as Values)) {
      if (value !== defaults[name] && value !== '') query[name] = String(value);
    }
    writing = true;
    await router.replace({ path: route.path, query });
    writing = false;
  });
  return state;
}
