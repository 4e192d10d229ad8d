import type { CaseFilter } from '../../../api/alerts.ts';

/** What each kind of todo of the workbench shows in the inbox. */
export const TODO_FILTERS: Readonly<Record<string, CaseFilter>> = {
  mine: { assignee: 'me', states: ['assigned', 'verifying'] },
  free: { assignee: 'none', states: ['new', 'assigned'], snoozed: false },
  assign: { states: ['new'], snoozed: false },
  review: { states: ['concluded'] },
  dispose: { states: ['disposing'] },
  recover: { states: ['recovering'] },
  close: { states: ['closing'] },
};
