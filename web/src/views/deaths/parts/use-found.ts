import { type Ref, ref, shallowRef, watch } from 'vue';
import { useKeys } from '../../../composables/keys.ts';

/**
 * Finding one person beside a list: who was searched for stands in the pane until a row is chosen,
 * and why holds for the reports about whom was found, too.
 */
export function useFound<T>(active: Ref<string | null>) {
  const finding = ref(false);
  const found = shallowRef<{ readonly one: T; readonly purpose: string } | null>(null);
  // At once: whom `show` puts there stays.
  watch(active, () => (found.value = null), { flush: 'sync' });
  const find = () => {
    finding.value = true;
  };
  const show = (one: T, purpose: string) => {
    // The row that was chosen before can be chosen again.
    active.value = null;
    found.value = { one, purpose };
    finding.value = false;
  };
  useKeys([{ key: 'f', title: '查人', run: find }]);
  return { finding, found, find, show };
}
