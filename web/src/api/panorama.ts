/** Numbers of the wall screen: read with a session or with a read-only token, never both. */
import type { Answer } from './answers.ts';
import { ApiError, api } from './http.ts';

/** A part of the wall with the moment it was read; stale when its source has failed since. */
export interface Part<T> {
  readonly read_at: string | null;
  readonly stale: boolean;
  readonly value: T | null;
}

export type CountyPeople = NonNullable<Panorama['people']['value']>['counties'][number];
export type CountyAlerts = AlertNumbers['counties'][number];
export type FeedNumbers = NonNullable<Panorama['feed']['value']>;
export type AlertNumbers = NonNullable<Panorama['alerts']['value']>;
export type ProcessNumbers = NonNullable<Panorama['process']['value']>;

/** Everything the wall shows of the city or of one county. */
export type Panorama = Answer<'/api/screen/panorama'>;

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
