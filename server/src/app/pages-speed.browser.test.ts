import { budgets } from './browser/suites/budgets.ts';
import { journeyBatch } from './browser/suites/journey-batch.ts';
import { speed } from './browser/suites/speed.ts';
import { inOneCity } from './browser/testing/one-city.ts';

inOneCity('a batch and the speed of the pages in Chromium', [budgets, speed, journeyBatch]);
