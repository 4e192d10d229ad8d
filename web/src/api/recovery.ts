import { api, type Page } from './http.ts';

/** A line of the recovery ledger (追回台账). */
export interface RecoveryLine {
  readonly recovery_id: string;
  readonly case_id: string;
  readonly agency: string;
  readonly person_id: string | null;
  readonly person_name: string | null;
  readonly title: string;
  readonly due_fen: number;
  readonly received_fen: number;
  readonly offset_fen: number;
  readonly written_off_fen: number;
  readonly balance_fen: number;
  readonly overdue_fen: number;
  readonly next_due_on: string | null;
  readonly waiting: number;
}

export interface Totals {
  readonly due_fen: number;
  readonly received_fen: number;
  readonly offset_fen: number;
  readonly written_off_fen: number;
  readonly balance_fen: number;
  readonly overdue_fen: number;
}

export interface Recovery
  extends Omit<RecoveryLine, 'title' | 'overdue_fen' | 'next_due_on' | 'waiting'> {
  readonly entries: readonly {
    readonly entry_id: string;
    readonly kind: string;
    readonly amount_fen: number;
    readonly booked_on: string;
    readonly document: string;
    readonly voucher: string | null;
    readonly remark: string | null;
    readonly state: string;
    readonly entered_name: string;
    readonly fund_txn: string | null;
  }[];
  readonly agreements: readonly {
    readonly agreement_id: string;
    readonly state: string;
    readonly signed_on: string;
    readonly document: string;
    readonly amount_fen: number;
    readonly proposed_name: string;
    readonly instalments: readonly {
      readonly no: number;
      readonly due_on: string;
      readonly amount_fen: number;
    }[];
  }[];
  readonly allowed_actions: readonly string[];
}

const ONE = '/api/recovery';

export const recoveryApi = {
  search: (asked: {
    state?: string;
    agencies?: readonly string[];
    page: number;
    page_size: number;
  }) => api.post<Page<RecoveryLine> & { readonly totals: Totals }>(`${ONE}/search`, asked),
  detail: (id: string) => api.get<Recovery>(`${ONE}/${id}`),
  act: (id: string, verb: string, given: object) =>
    api.post<unknown>(`${ONE}/${id}/${verb}`, given),
};
