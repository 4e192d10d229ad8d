import { shallowRef } from 'vue';
import type { Screen } from '../router/screens.ts';

/** The entries of the menu the signed-in person may open; the shell keeps them up to date. */
export const menu = shallowRef<readonly Screen[]>([]);
