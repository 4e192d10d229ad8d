import { ref } from 'vue';

/** The screen is covered until the password is given; the session goes on. */
export const locked = ref(false);

export function lockScreen(): void {
  locked.value = true;
}
