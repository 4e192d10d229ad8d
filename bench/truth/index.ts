export { type CityTruth, judgeCity, type OpenTruthFolder } from './compare-truth.ts';
export { truthText } from './truth-text.ts';
