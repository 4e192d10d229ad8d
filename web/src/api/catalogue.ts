import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { session } from '../composables/session.ts';
import { formatText, formatYuan, NOTHING } from '../locales/format.ts';
import type { Answer } from './answers.ts';
import { api } from './http.ts';

/** What the tables, columns and codes of the municipal database are called. */
export type Catalogue = Answer<'/api/catalogue'>;
export type CatalogueTable = Catalogue['tables'][string];
export type CatalogueColumn = CatalogueTable['columns'][number];

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
    /** What a column is called, by its name or the province's code of it. */
    columnTitle: (table: string, column: string): string =>
      catalogue.value.tables[table]?.columns.find(
        ({ name, code }) => name === column || code === column,
      )?.title ?? column,
    columnsOf: (table: string) => catalogue.value.tables[table]?.columns ?? [],
    /** Writes a cell as officials read it: codes by their words, money in yuan. */
    show: (column: CatalogueColumn, value: unknown): string => {
      if (value === null || value === undefined || value === '') return NOTHING;
      if (column.codes !== null) return label(column.codes, value);
      if (column.type === 'money') return formatYuan(value as number);
      if (column.name.endsWith('_region')) return regionText(String(value), catalogue.value);
      if (column.name === 'enrol_identity') return label('CL_ENROL_ID', value);
      return formatText(value);
    },
  };
}

/** A division by its name where it is a county of ours; its first six digits are the county's. */
function regionText(code: string, { codes }: Catalogue): string {
  const county = codes.CL_AGENCY?.[code.slice(0, 6)];
  return county === undefined ? code : `${county} ${code}`;
}
