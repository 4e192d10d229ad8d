import { after, before, describe } from 'node:test';
import type { Browser } from 'playwright-core';
import { budgets } from './browser/suites/budgets.ts';
import { county } from './browser/suites/county.ts';
import { everyScreen } from './browser/suites/every-screen.ts';
import { journeyBatch } from './browser/suites/journey-batch.ts';
import { journeyDeath } from './browser/suites/journey-death.ts';
import { journeyLeader } from './browser/suites/journey-leader.ts';
import { shell } from './browser/suites/shell.ts';
import { wall } from './browser/suites/wall.ts';
import { type BrowserCity, openBrowserCity } from './browser/testing/browser-city.ts';
import { launch, NO_CHROMIUM } from './browser/testing/browser-pages.ts';

// One city and one browser for all: both take longer to start than most tests to run.
describe('the pages in Chromium', { skip: NO_CHROMIUM }, () => {
  let city: BrowserCity | undefined;
  let browser: Browser | undefined;
  const open = () => {
    if (city === undefined || browser === undefined) throw new Error('not open yet');
    return { city, browser };
  };

  before(async () => {
    city = await openBrowserCity();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await city?.close();
  });

  // The journeys first: the screens then show what they left behind.
  journeyLeader(open);
  journeyDeath(open);
  shell(open);
  county(open);
  everyScreen(open);
  wall(open);
  journeyBatch(open);
  budgets(open);
});
