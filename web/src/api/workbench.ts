import type { Answer } from './answers.ts';
import { api } from './http.ts';

/** What waits for whoever has signed in (工作台). */
export type Workbench = Answer<'/api/workbench'>;

/** One kind of thing to do, and how much of it presses. */
export type TodoLine = Workbench['todo'][number];

export const workbenchApi = {
  open: () => api.get<Workbench>('/api/workbench'),
};
