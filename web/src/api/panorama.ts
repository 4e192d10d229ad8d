/** Numbers of the wall screen: read with a session or with a read-only token, never both. */
import { ApiError, api } from './http.ts';

/** A part of the wall with the moment it was read; stale when its source has failed since. */
export interface Part<T> {
  readonly read_at: string | null;
  readonly stale: boolean;
  readonly value: T | null;
}

export interface CountyPeople {
  readonly agency: string;
  readonly title: string;
  readonly persons: number;
  readonly receiving: number;
}

export interface AlertSums {
  readonly open: number;
  readonly overdue: number;
  readonly opened_this_month: number;
  readonly closed_this_month: number;
  readonly at_risk_fen: number;
  readonly recovered_fen: number;
}

export interface CountyAlerts extends AlertSums {
  readonly agency: string;
  readonly title: string;
}

export interface FeedNumbers {
  readonly package_id: string | null;
  readonly as_of: string | null;
  readonly return_rate: number | null;
  readonly acceptance_rate: number | null;
}

export interface AlertNumbers extends AlertSums {
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

export interface ProcessNumbers {
  readonly as_of: string;
  readonly in_progress: number;
  readonly overdue: number;
  readonly near: number;
  readonly slowest: {
    readonly from: string;
    readonly to: string;
    readonly median_s: number | null;
    readonly time_share: number;
  } | null;
  readonly served: number;
  readonly near_home: number;
  readonly near_home_share: number | null;
}

/** Everything the wall shows of the city or of one county. */
export interface Panorama {
  readonly at: string;
  readonly agency: string | null;
  readonly agency_title: string;
  readonly feed: Part<FeedNumbers>;
  readonly people: Part<{ readonly counties: readonly CountyPeople[] }>;
  readonly alerts: Part<AlertNumbers>;
  readonly process: Part<ProcessNumbers>;
}

/** Reads everything the wall shows; a token stays in the memory of the page. */
export function readPanorama(token: string | null, agency: string | null): Promise<Panorama> {
  return read('/api/screen/panorama', token, agency === null ? {} : { agency });
}

async function read<T>(
  url: string,
  token: string | null,
  query: Readonly<Record<string, string>>,
): Promise<T> {
  if (token === null) return api.get<T>(url, { bare: true, query });
  const response = await fetch(`${url}?${new URLSearchParams(query)}`, {
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
