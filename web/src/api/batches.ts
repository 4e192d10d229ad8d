import type { Answer, Row } from './answers.ts';
import { api, type Page } from './http.ts';

export type Package = Answer<'/api/feed/packages/{package_id}'>;

/** One data set of one agency in the ledger (回流台账). */
export type LedgerLine = Answer<'/api/feed/packages/{package_id}/ledger'>[number];
export type FaultLine = Answer<'/api/feed/packages/{package_id}/faults'>[number];
export type BadRow = Row<'/api/feed/packages/{package_id}/rows'>;
export type BadRowDetail = Answer<'/api/feed/packages/{package_id}/row', 'post'>;

/** A repair with what was changed, masked (更正). */
export type Repair = Row<'/api/feed/repairs'>;
export type Upload = Answer<'/api/feed/uploads/{upload_id}'>;

type Place = Pick<BadRow, 'dataset' | 'line'>;
type Started = { readonly job_id: string };
const AREA = '/api/feed';
const one = (id: string) => `${AREA}/packages/${encodeURIComponent(id)}`;

export const batchesApi = {
  list: () => api.get<readonly Package[]>(`${AREA}/packages`),
  find: (id: string) => api.get<Package>(one(id)),
  ledger: (id: string) => api.get<readonly LedgerLine[]>(`${one(id)}/ledger`),
  faults: (id: string) => api.get<readonly FaultLine[]>(`${one(id)}/faults`),
  rows: (id: string, query: Readonly<Record<string, string | number>>) =>
    api.get<Page<BadRow>>(`${one(id)}/rows`, { query }),
  row: (id: string, place: Place) => api.post<BadRowDetail>(`${one(id)}/row`, place),
  edit: (
    id: string,
    place: Place,
    changes: Readonly<Record<string, string | null>>,
    reason: string,
  ) => api.post<{ readonly repair_id: number }>(`${one(id)}/edit`, { ...place, changes, reason }),
  mark: (id: string, given: object) =>
    api.post<{ readonly marked: number }>(`${one(id)}/mark`, given),
  consent: (id: string, verb: 'release' | 'accept', reason: string) =>
    api.post<Started>(`${one(id)}/${verb}`, { reason }),
  withdraw: (id: string, reason: string) => api.post<unknown>(`${one(id)}/withdraw`, { reason }),
  previewMap: (map: { src: string; field: string; from: string }) =>
    api.post<{ readonly rows: number; readonly only_fault: number }>(
      `${AREA}/code-maps/preview`,
      map,
    ),
  proposeMap: (map: { src: string; field: string; from: string; to: string; reason: string }) =>
    api.post<{ readonly repair_id: number }>(`${AREA}/code-maps`, map),
  workbook: (id: string, reason: string) =>
    api.download(`${one(id)}/workbook`, `更正表-${id}.xlsx`, { reason }),
  submitWorkbook: (id: string, file: File, reason: string) =>
    api.post<{ readonly workbook: number; readonly repairs: number }>(
      `${one(id)}/workbook/submit`,
      undefined,
      {
        raw: file,
        query: { reason },
      },
    ),
  repairs: (query: Readonly<Record<string, string | number>>) =>
    api.get<Page<Repair>>(`${AREA}/repairs`, { query }),
  approve: (id: number) => api.post<Started>(`${AREA}/repairs/${id}/approve`, {}),
  reject: (id: number, reason: string) =>
    api.post<unknown>(`${AREA}/repairs/${id}/reject`, { reason }),
  approveWorkbook: (no: number) => api.post<Started>(`${AREA}/workbooks/${no}/approve`, {}),
  openUpload: () => api.post<Upload>(`${AREA}/uploads`),
  upload: (id: string) => api.get<Upload>(`${AREA}/uploads/${id}`),
  addFile: (id: string, file: File) =>
    api.post<unknown>(`${AREA}/uploads/${id}/files`, undefined, {
      raw: file,
      query: { name: file.name },
    }),
  submit: (id: string, review: boolean) =>
    api.post<Started>(`${AREA}/uploads/${id}/submit`, { review }),
};
