import { type ComputedRef, computed } from 'vue';
import { preferences } from '../../composables/preferences.ts';

const ROWS = { dense: 32, normal: 36, comfortable: 44 } as const;

/** Height of a row in pixels, as the style sheet makes it from density and size of type. */
export function useRowHeight(): ComputedRef<number> {
  return computed(() => (ROWS[preferences.density] * Number(preferences.font)) / 14);
}
