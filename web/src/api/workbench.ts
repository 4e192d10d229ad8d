import { api } from './http.ts';

/** One kind of thing to do, and how much of it presses. */
export interface TodoLine {
  readonly kind: string;
  readonly title: string;
  readonly count: number;
  readonly overdue: number;
  readonly today: number;
  readonly week: number;
}

/** What waits for whoever has signed in (工作台). */
export interface Workbench {
  readonly today: string;
  readonly as_of: string | null;
  readonly todo: readonly TodoLine[];
  readonly my_month: {
    readonly concluded: number;
    readonly reviewed: number;
    readonly closed: number;
  };
}

export const workbenchApi = {
  open: () => api.get<Workbench>('/api/workbench'),
};
