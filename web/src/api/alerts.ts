import type { Answer, Row } from './answers.ts';
import { api, type Page } from './http.ts';

/** A case (疑点单) as a row of the inbox. */
export type CaseLine = Row<'/api/alerts/search', 'post'>;
export type Level = CaseLine['level'];
export type CaseDetail = Answer<'/api/alerts/cases/{case_id}'>;

/** What somebody may do with a case; the server says which of them now. */
export type CaseAction = CaseDetail['allowed_actions'][number];

/** One hit of a rule inside a case. */
export type Alert = CaseDetail['alerts'][number];
export type NamedValue = Alert['values'][number];
export type Disposal = CaseDetail['disposals'][number];
export type Evidence = CaseDetail['evidence'][number];

/** An attachment as it was stored. */
export type StoredFile = Answer<'/api/alerts/cases/{case_id}/evidence', 'post'>;

/** A request not to be told of a person's like cases until a day (暂缓). */
export type Snooze = CaseDetail['snoozes'][number];

/** Somebody cases may be given to. */
export type Assignee = Answer<'/api/alerts/assignees'>[number];

/** Conclusions, disposals and limits, which are content. */
export type Choices = Answer<'/api/alerts/choices'>;
export type Choice = Choices['conclusions'][number];
export type Overview = Answer<'/api/alerts/overview', 'post'>;
export type OverviewLine = Overview['total'];
export type SavedView = Answer<'/api/alerts/views'>[number];

/** What an inbox can be narrowed by. */
export type CaseFilter = NonNullable<SavedView['filter']['filter']>;

/** A case after somebody has acted on it. */
export type MovedCase = Answer<'/api/alerts/next', 'post'>;

const CASE = '/api/alerts/cases';

export const alertsApi = {
  search: (asked: { filter: CaseFilter; sort?: string; page: number; page_size: number }) =>
    api.post<Page<CaseLine>>('/api/alerts/search', asked),
  detail: (id: string) => api.get<CaseDetail>(`${CASE}/${id}`),
  choices: () => api.get<Choices>('/api/alerts/choices'),
  overview: (filter: CaseFilter) => api.post<Overview>('/api/alerts/overview', { filter }),
  next: () => api.post<MovedCase>('/api/alerts/next', {}),
  /** One step of a case as it was seen; a 409 says somebody was faster. */
  act: (one: Pick<CaseLine, 'case_id' | 'version'>, verb: string, given: object = {}) =>
    api.post<MovedCase>(`${CASE}/${one.case_id}/${verb}`, { version: one.version, ...given }),
  note: (id: string, remark: string) => api.post<unknown>(`${CASE}/${id}/note`, { remark }),
  snooze: (id: string, until: string, reason: string) =>
    api.post<unknown>(`${CASE}/${id}/snooze`, { until, reason }),
  attach: (id: string, file: File) =>
    api.post<StoredFile>(`${CASE}/${id}/evidence`, undefined, {
      raw: file,
      headers: { 'x-file-name': encodeURIComponent(file.name) },
    }),
  fetchFile: (id: string, one: Evidence) =>
    api.download(`${CASE}/${id}/evidence/${one.evidence_id}`, one.name),
  fetchPack: (id: string, reason: string) =>
    api.download(`${CASE}/${id}/pack`, `证据包-${id}.zip`, { reason }),
  assignees: () => api.get<readonly Assignee[]>('/api/alerts/assignees'),
  assign: (caseIds: readonly string[], { account, name }: Assignee, remark: string) =>
    api.post<unknown>('/api/alerts/assign', {
      ...{ case_ids: caseIds, assignee: { account, name } },
      ...(remark === '' ? {} : { remark }),
    }),
  decideSnooze: (id: string, agree: boolean) =>
    api.post<unknown>('/api/alerts/snooze/decide', { snooze_id: id, agree }),
  views: () => api.get<readonly SavedView[]>('/api/alerts/views'),
  saveView: (name: string, filter: SavedView['filter']) =>
    api.post<SavedView>('/api/alerts/views/save', { name, filter }),
  removeView: (viewId: string) =>
    api.post<unknown>('/api/alerts/views/remove', { view_id: viewId }),
};
