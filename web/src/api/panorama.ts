/** Numbers of the wall screen: read with a session or with a read-only token, never both. */
import { ApiError, api } from './http.ts';

export interface PanoramaData {
  readonly package_id: string | null;
  readonly as_of: string | null;
  readonly return_rate: number | null;
  readonly acceptance_rate: number | null;
  readonly packages: number;
  readonly counties: readonly {
    readonly agency: string;
    readonly title: string;
    readonly persons: number;
    readonly receiving: number;
  }[];
}

export interface CountyAlerts {
  readonly agency: string;
  readonly open: number;
  readonly overdue: number;
  readonly opened_this_month: number;
  readonly closed_this_month: number;
  readonly at_risk_fen: number;
  readonly recovered_fen: number;
}

export interface PanoramaAlerts {
  readonly as_of: string | null;
  readonly counties: readonly CountyAlerts[];
  readonly days: readonly {
    readonly day: string;
    readonly opened: number;
    readonly closed: number;
  }[];
  readonly top_rules: readonly {
    readonly rule: string;
    readonly title: string;
    readonly open: number;
  }[];
}

export interface Panorama {
  readonly data: PanoramaData;
  readonly alerts: PanoramaAlerts;
  readonly readAt: string;
}

/** Reads everything the wall shows; a token stays in the memory of the page. */
export async function readPanorama(token: string | null): Promise<Panorama> {
  const [data, alerts] = await Promise.all([
    read<PanoramaData>('/api/panorama/data', token),
    read<PanoramaAlerts>('/api/panorama/alerts', token),
  ]);
  return { data, alerts, readAt: new Date().toISOString() };
}

async function read<T>(url: string, token: string | null): Promise<T> {
  if (token === null) return api.get<T>(url, { bare: true });
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}` },
    credentials: 'omit',
    cache: 'no-store',
  });
  if (!response.ok) {
    const body = (await response.json()) as { code: string; message: string };
    const requestId = response.headers.get('x-request-id');
    throw new ApiError({ ...body, status: response.status, requestId });
  }
  return (await response.json()) as T;
}
