import type { Answer, Row } from './answers.ts';
import { api, type Page } from './http.ts';

/** A list that may be taken out of the platform (导出数据源). */
export type ExportSource = Answer<'/api/exports/sources'>[number];

export interface ExportWish {
  readonly source: string;
  readonly filters: Readonly<Record<string, string>>;
  readonly unmasked: boolean;
}

export type ExportPreview = Answer<'/api/exports/preview', 'post'>;
export type Export = Row<'/api/exports'>;
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
