import { ApiError, api } from './http.ts';

/** A return package as the ledger shows it. */
export interface PackageSummary {
  readonly package_id: string | null;
  readonly src: string | null;
  readonly mode: string | null;
  readonly as_of: string | null;
  readonly seq: number | null;
  readonly state: string;
  readonly gate: string | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly return_rate: number | null;
  readonly acceptance_rate: number | null;
  readonly datasets: readonly DatasetAccount[];
}

export interface DatasetAccount {
  readonly dataset: string;
  readonly title: string;
  readonly declared: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly issues: number;
}

export const feedApi = {
  packages: () => api.get<readonly PackageSummary[]>('/api/feed/packages'),
  /** The package everybody works with now; null when none is published yet. */
  current: async (): Promise<PackageSummary | null> => {
    try {
      const all = await feedApi.packages();
      const published = all.filter(({ state }) => state === 'published');
      return published.reduce<PackageSummary | null>(
        (last, one) => (last === null || (one.as_of ?? '') > (last.as_of ?? '') ? one : last),
        null,
      );
    } catch (error) {
      if (error instanceof ApiError && error.status === 403) return null;
      throw error;
    }
  },
};
