import type { Answer } from './answers.ts';
import { ApiError, api } from './http.ts';

/** A return package as the ledger shows it. */
export type PackageSummary = Answer<'/api/feed/packages'>[number];
export type DatasetAccount = PackageSummary['datasets'][number];
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
