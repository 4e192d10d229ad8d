import { api, type Page } from './http.ts';

/** A list that may be taken out of the platform (导出数据源). */
export interface ExportSource {
  readonly name: string;
  readonly title: string;
  /** Filter → its words. */
  readonly filters: Readonly<Record<string, string>>;
  readonly columns: readonly {
    readonly name: string;
    readonly title: string;
    readonly mask: string;
  }[];
  readonly may_unmask: boolean;
}

export interface ExportWish {
  readonly source: string;
  readonly filters: Readonly<Record<string, string>>;
  readonly unmasked: boolean;
}

export interface ExportPreview {
  readonly title: string;
  readonly rows: number;
  readonly needs_approval: boolean;
  readonly most_rows: number;
}

export interface Export {
  readonly export_id: string;
  readonly title: string;
  readonly format: string;
  readonly filters: Readonly<Record<string, string>>;
  readonly unmasked: boolean;
  readonly reason: string;
  readonly asked_name: string;
  readonly department: string | null;
  readonly asked_at: string;
  readonly counted_rows: number;
  readonly needs_approval: boolean;
  readonly state: string;
  readonly state_title: string;
  readonly decided_by: string | null;
  readonly decided_at: string | null;
  readonly opinion: string | null;
  readonly job_id: string | null;
  readonly failure: string | null;
  readonly rows_written: number | null;
  readonly file_bytes: number | null;
  readonly file_sm3: string | null;
  readonly expires_at: string | null;
  readonly downloads: number;
  readonly most_downloads: number;
  readonly ended_by: string | null;
  readonly end_reason: string | null;
  readonly allowed_actions: readonly string[];
}

export const EXPORT_STATES = {
  asked: '待批准',
  approved: '已批准',
  running: '生成中',
  ready: '可下载',
  failed: '失败',
  refused: '未批准',
  withdrawn: '已撤回',
  expired: '已过期',
  revoked: '已撤销',
} as const;

export const exportsApi = {
  sources: () => api.get<readonly ExportSource[]>('/api/exports/sources'),
  preview: (wish: ExportWish) => api.post<ExportPreview>('/api/exports/preview', wish),
  request: (wish: ExportWish & { format: 'xlsx' | 'csv'; reason: string }) =>
    api.post<Export>('/api/exports/request', wish),
  list: (query: { page: number; page_size: number; state?: string; mine?: string }) =>
    api.get<Page<Export>>('/api/exports', { query }),
  act: (id: string, verb: 'approve' | 'refuse' | 'withdraw' | 'revoke', reason: string) =>
    api.post<Export>(`/api/exports/${id}/${verb}`, { reason }),
  retry: (id: string) => api.post<Export>(`/api/exports/${id}/retry`),
  download: (one: Export) =>
    api.download(`/api/exports/${one.export_id}/file`, `${one.title}.${one.format}`),
};
