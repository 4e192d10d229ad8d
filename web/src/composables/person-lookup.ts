import { shallowRef } from 'vue';
import type { Router } from 'vue-router';

/** What the top bar hands to the search of dossiers; never through the address: it is personal. */
export const handedOver = shallowRef<string | null>(null);

export function lookUp(router: Router, typed: string): void {
  handedOver.value = typed;
  void router.push('/persons');
}
