import type { Answer, Row } from './answers.ts';
import { api } from './http.ts';

/** The process map of the chosen cases; durations are seconds. */
export type ProcessMap = Answer<'/api/process/map', 'post'>;
export type MapNode = ProcessMap['nodes'][number];
export type MapEdge = ProcessMap['edges'][number];
export type Times = ProcessMap['duration'];
export type Variant = Row<'/api/process/variants', 'post'>;
export type CaseRow = Row<'/api/process/cases', 'post'>;

/** What of the cases in progress presses: counts, as of the date of the data. */
export type LateReminders = Answer<'/api/process/reminders'>;
export type LateCase = Row<'/api/process/late', 'post'>;
export type WaitingReport = Answer<'/api/process/waiting', 'post'>;
export type ChannelReport = Answer<'/api/process/channels', 'post'>;

/** One condition; all hold together. */
export type Filter = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface Question {
  readonly log?: string | null;
  readonly filters?: readonly Filter[];
  readonly clock?: 'wall' | 'working';
}

const AREA = '/api/process';
type Paging = { readonly page: number; readonly page_size: number };

export const processApi = {
  logs: () => api.get<Answer<'/api/process/logs'>>(`${AREA}/logs`),
  definitions: () => api.get<Answer<'/api/process/definitions'>>(`${AREA}/definitions`),
  map: (asked: Question & { level?: { activities: number; edges: number } }) =>
    api.post<ProcessMap>(`${AREA}/map`, asked),
  variants: (asked: Question & Paging) => {
    const { clock: _, ...rest } = asked;
    return api.post<Answer<'/api/process/variants', 'post'>>(`${AREA}/variants`, rest);
  },
  cases: (asked: Question & Paging) => {
    const { clock: _, ...rest } = asked;
    return api.post<Answer<'/api/process/cases', 'post'>>(`${AREA}/cases`, rest);
  },
  waiting: (asked: Question) => api.post<WaitingReport>(`${AREA}/waiting`, asked),
  channels: (asked: Question) => {
    const { clock: _, ...rest } = asked;
    return api.post<ChannelReport>(`${AREA}/channels`, rest);
  },
  reminders: () => api.get<LateReminders>(`${AREA}/reminders`),
  late: (asked: Paging & { filters?: readonly Filter[]; states?: readonly string[] }) =>
    api.post<Answer<'/api/process/late', 'post'>>(`${AREA}/late`, asked),
  bpmn: (asked: Question) => {
    const { clock: _, ...rest } = asked;
    return api.download(`${AREA}/bpmn`, '流程.bpmn', rest);
  },
};
