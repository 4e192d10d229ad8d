import type { PackageSummary } from './feed.ts';
import { api, type Page } from './http.ts';

export interface Package extends PackageSummary {
  readonly allowed_actions: readonly string[];
}

/** One data set of one agency in the ledger (回流台账). */
export interface LedgerLine {
  readonly dataset: string;
  readonly title: string;
  readonly agency: string;
  readonly landed: number;
  readonly landed_change: number | null;
  readonly accepted: number;
  readonly quarantined: number;
  readonly issues: number;
  readonly persons: number;
  readonly coverage: number;
}

export interface FaultLine {
  readonly dataset: string;
  readonly code: string;
  readonly title: string;
  readonly advice: string;
  readonly column: string | null;
  readonly rows: number;
  readonly open: number;
}

export interface BadRow {
  readonly dataset: string;
  readonly line: number;
  readonly agency: string | null;
  readonly state: string;
  readonly state_title: string;
  readonly faults: readonly {
    readonly code: string;
    readonly title: string;
    readonly advice: string;
    readonly column: string | null;
    readonly column_title: string;
    readonly raw_value: string | null;
  }[];
  readonly marks: readonly {
    readonly kind: string;
    readonly agency: string | null;
    readonly due_on: string | null;
    readonly reason: string;
    readonly marked_by: string;
    readonly marked_at: string;
  }[];
  readonly allowed_actions: readonly string[];
}

export interface BadRowDetail extends BadRow {
  readonly fields: readonly {
    readonly column: string;
    readonly title: string;
    readonly value: string | null;
    readonly faulty: boolean;
    readonly editable: boolean;
  }[];
  readonly pending_repair: number | null;
}

/** A repair with what was changed, masked (更正). */
export interface Repair {
  readonly repair_id: number;
  readonly kind: string;
  readonly state: string;
  readonly state_title: string;
  readonly package_id: string | null;
  readonly dataset: string | null;
  readonly line: number | null;
  readonly workbook: number | null;
  readonly field: string | null;
  readonly changes: readonly {
    readonly column: string;
    readonly title: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
  readonly reason: string;
  readonly proposed_by: string;
  readonly proposed_at: string;
  readonly decided_by: string | null;
  readonly decision_reason: string | null;
  readonly outcome: string | null;
  readonly allowed_actions: readonly string[];
}

export interface Upload {
  readonly upload_id: string;
  readonly package_id: string | null;
  readonly files: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly sm3: string;
    readonly check: 'ok' | 'differs' | 'unlisted' | 'unknown';
  }[];
  readonly missing: readonly string[];
  readonly complete: boolean;
}

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
