import { api, type Page } from './http.ts';

/** One term as a source reports it now. */
export interface CustodyTerm {
  readonly source: string;
  readonly kind: string;
  readonly start_on: string;
  readonly end_on: string | null;
}

/** One person in custody, as lists show him (masked by the server). */
export interface Custody {
  readonly record: string;
  readonly person_id: string | null;
  readonly agency: string;
  readonly name: string | null;
  readonly id_no: string | null;
  readonly grade: string;
  readonly match_reason: string;
  readonly state: string;
  readonly terms: readonly CustodyTerm[];
  readonly sources: readonly string[];
  readonly paid: {
    readonly from_month: string;
    readonly to_month: string;
    readonly months: number;
  } | null;
  readonly paid_fen: number;
  readonly last_received_at: string;
}

export interface CustodyReport {
  readonly source: string;
  readonly source_title: string;
  readonly event_id: string;
  readonly kind: string;
  readonly refers_to: string | null;
  readonly state: string;
  readonly custody_title: string;
  readonly counts: boolean;
  readonly start_on: string;
  readonly end_on: string | null;
  readonly name: string | null;
  readonly id_no: string | null;
  readonly has_document: boolean;
  readonly occurred_at: string;
  readonly received_at: string;
  readonly channel: string;
}

export interface CustodyRecord extends Custody {
  readonly reports: readonly CustodyReport[];
  readonly allowed_actions: readonly string[];
}

const AREA = '/api/deaths/custody';

export const custodyApi = {
  list: (query: Readonly<Record<string, string | number>>) =>
    api.get<Page<Custody>>(AREA, { query }),
  search: (key: string, purpose: string) =>
    api.post<{ readonly rows: readonly Custody[] }>(`${AREA}/search`, { key, purpose }),
  open: (record: string, purpose: string) =>
    api.post<CustodyRecord>(`${AREA}/open`, { record, purpose }),
};
