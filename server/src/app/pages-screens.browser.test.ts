import { everyScreen } from './browser/suites/every-screen.ts';
import { journeyDeath } from './browser/suites/journey-death.ts';
import { inOneCity } from './browser/testing/one-city.ts';

// The journey first: it leaves a recovery ledger to look at.
inOneCity('every screen in Chromium', [journeyDeath, everyScreen]);
