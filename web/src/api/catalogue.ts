import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { session } from '../composables/session.ts';
import { formatText, formatYuan, NOTHING } from '../locales/format.ts';
import { api } from './http.ts';

/** What the tables, columns and codes of the municipal database are called. */
export interface Catalogue {
  readonly tables: Readonly<Record<string, CatalogueTable>>;
  /** Code list → value → label. */
  readonly codes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface CatalogueTable {
  readonly title: string;
  readonly columns: readonly CatalogueColumn[];
}

export interface CatalogueColumn {
  readonly name: string;
  readonly title: string;
  readonly type: string;
  readonly codes: string | null;
  readonly mask: string;
}

/** The catalogue, fetched once, and what it says about single values. */
export function useCatalogue() {
  const query = useQuery({
    queryKey: ['catalogue'],
    queryFn: () => api.get<Catalogue>('/api/catalogue'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const catalogue = computed(() => query.data.value ?? { tables: {}, codes: {} });
  const label = (list: string, value: unknown): string => {
    if (value === null || value === undefined) return NOTHING;
    return catalogue.value.codes[list]?.[String(value)] ?? String(value);
  };
  return {
    query,
    catalogue,
    label,
    /** Agencies one may choose from: those of the own data scope, code and name. */
    agencyChoices: computed<[string, string][]>(() => {
      const mine = session.value?.scope.agencies ?? [];
      return Object.entries(catalogue.value.codes.CL_AGENCY ?? {}).filter(
        ([code]) => mine === 'all' || mine.includes(code),
      );
    }),
    columnsOf: (table: string) => catalogue.value.tables[table]?.columns ?? [],
    /** Writes a cell as officials read it: codes by their words, money in yuan. */
    show: (column: CatalogueColumn, value: unknown): string => {
      if (value === null || value === undefined || value === '') return NOTHING;
      if (column.codes !== null) return label(column.codes, value);
      if (column.type === 'money') return formatYuan(value as number);
      return formatText(value);
    },
  };
}
