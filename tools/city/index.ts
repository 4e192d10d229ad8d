export { generateCity } from './generate.ts';
export type { CityOptions, CitySummary, PackageSummary } from './options.ts';
