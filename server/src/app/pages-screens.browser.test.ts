import { archiving } from './browser/suites/archiving.ts';
import { asking } from './browser/suites/asking.ts';
import { everyScreen } from './browser/suites/every-screen.ts';
import { journeyDeath } from './browser/suites/journey-death.ts';
import { inOneCity } from './browser/testing/one-city.ts';

// The journeys first: they leave a ledger, questions to departments and an archive to look at.
inOneCity('every screen in Chromium', [journeyDeath, asking, archiving, everyScreen]);
