import { computed, ref, shallowRef } from 'vue';
import type { Session } from '../api/session.ts';

/** The signed-in person; null before signing in. */
export const session = shallowRef<Session | null>(null);

/** The session has ended while somebody was working: the sign-in covers the page, drafts stay. */
export const signInWaits = ref(false);

/** A sign-in that still lacks a step; its token counts until it is complete. */
export const unfinished = shallowRef<Session | null>(null);

const rights = computed(() => new Set(session.value?.permissions ?? []));

/** Whether the signed-in person has a right; undefined asks for none. */
export function may(permission: string | undefined): boolean {
  return permission === undefined || rights.value.has(permission);
}
