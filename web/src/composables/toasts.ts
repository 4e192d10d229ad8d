import { reactive } from 'vue';
import { ApiError, errorText } from '../api/http.ts';

/** Short messages at the foot of the page, read aloud by screen readers. */
export interface Toast {
  readonly id: number;
  readonly kind: 'good' | 'bad' | 'info';
  readonly text: string;
  readonly requestId: string | null;
}

export const toasts = reactive<Toast[]>([]);
let last = 0;

export function notify(
  text: string,
  kind: Toast['kind'] = 'good',
  requestId: string | null = null,
) {
  last += 1;
  const id = last;
  toasts.push({ id, kind, text, requestId });
  // A refusal stays until it is closed: nobody should have to read against a clock.
  if (kind !== 'bad') setTimeout(() => dismiss(id), 6_000);
}

export function notifyError(error: unknown): void {
  notify(errorText(error), 'bad', error instanceof ApiError ? error.requestId : null);
}

export function dismiss(id: number): void {
  const index = toasts.findIndex((toast) => toast.id === id);
  if (index >= 0) toasts.splice(index, 1);
}
