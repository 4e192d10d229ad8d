import type { Answer, Row } from './answers.ts';
import { api, type Page } from './http.ts';

/** One person the departments speak of, as lists show it (masked by the server). */
export type Death = Row<'/api/deaths'>;
export type DeathRecord = Answer<'/api/deaths/open', 'post'>;
export type DeathReport = DeathRecord['reports'][number];
export type LifeSign = DeathRecord['signs'][number];
export type RegistryStatus = Answer<'/api/deaths/status'>;
export type RunTarget = Answer<'/api/deaths/target'>;
export type ComparisonRun = Row<'/api/deaths/runs'>;
export type ConflictCase = Row<'/api/deaths/conflicts'>;

/** A case with its history and what each side says, which the description leaves open. */
export interface OpenConflict extends Answer<'/api/deaths/conflicts/{case_no}'> {
  readonly facts: {
    readonly statements?: readonly {
      readonly source: string;
      readonly event_id: string;
      readonly name?: string | null;
      readonly died_from: string | null;
      readonly died_to: string | null;
    }[];
    readonly signs?: readonly LifeSign[];
  };
}
/** A registration or voiding by hand that waits for a second person, or did. */
export type DeathRequest = Row<'/api/deaths/requests'>;
export type BoardRow = Row<'/api/interfaces/board'>;
export type ListPreview = Answer<'/api/deaths/lists/preview', 'post'>;
export type ListImport = Answer<'/api/deaths/lists/import', 'post'>;

const AREA = '/api/deaths';
type Paging = { readonly page: number; readonly page_size: number };

export const deathsApi = {
  status: () => api.get<RegistryStatus>(`${AREA}/status`),
  list: (query: Paging & Readonly<Record<string, string | number>>) =>
    api.get<Page<Death>>(AREA, { query }),
  search: (key: string, purpose: string) =>
    api.post<{ readonly rows: readonly Death[] }>(`${AREA}/search`, { key, purpose }),
  open: (record: string, purpose: string) =>
    api.post<DeathRecord>(`${AREA}/open`, { record, purpose }),
  register: (given: object) => api.post<{ readonly request_no: string }>(`${AREA}/register`, given),
  void: (given: object) => api.post<{ readonly request_no: string }>(`${AREA}/void`, given),
  requests: (query: Paging & { state?: string }) =>
    api.get<Page<DeathRequest>>(`${AREA}/requests`, { query }),
  decide: (no: string, verb: 'confirm' | 'refuse', opinion: string) =>
    api.post<unknown>(`${AREA}/requests/${no}/${verb}`, { opinion }),
  runs: (query: Paging & { trigger?: string }) =>
    api.get<Page<ComparisonRun>>(`${AREA}/runs`, { query }),
  target: () => api.get<RunTarget>(`${AREA}/target`),
  run: () => api.post<{ readonly job_id: string }>(`${AREA}/runs`),
  conflicts: (query: Paging & { state?: string }) =>
    api.get<Page<ConflictCase>>(`${AREA}/conflicts`, { query }),
  conflict: (no: string) => api.get<OpenConflict>(`${AREA}/conflicts/${no}`),
  opinion: (no: string, given: { verdict: string; died_on: string | null; text: string }) =>
    api.post<unknown>(`${AREA}/conflicts/${no}/opinion`, given),
  answer: (no: string, verb: 'confirm' | 'refuse', text: string) =>
    api.post<unknown>(`${AREA}/conflicts/${no}/${verb}`, { text }),
  letter: (no: string, source: string, purpose: string) =>
    api.post<{ readonly title: string; readonly to: string; readonly body: string }>(
      `${AREA}/conflicts/${no}/letter`,
      { source, purpose },
    ),
  previewList: (file: File, source: string) =>
    api.post<ListPreview>(`${AREA}/lists/preview`, undefined, {
      raw: file,
      query: { source, file_name: file.name },
    }),
  importList: (file: File, source: string, mapping: Readonly<Record<string, string>>) =>
    api.post<ListImport>(`${AREA}/lists/import`, undefined, {
      raw: file,
      query: { source, file_name: file.name, mapping: JSON.stringify(mapping) },
    }),
  board: (query: Paging) => api.get<Page<BoardRow>>('/api/interfaces/board', { query }),
};
