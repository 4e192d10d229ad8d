export { generateCity } from './generate.ts';
export {
  type Fact,
  isTrue,
  type JudgedFinding,
  type JudgedRule,
  judgeTruth,
  meets,
  type Truth,
  type Verdict,
} from './judge.ts';
export type { CityOptions, CitySummary, PackageSummary } from './options.ts';
