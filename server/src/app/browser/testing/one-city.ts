import { after, before, describe } from 'node:test';
import type { Browser } from 'playwright-core';
import { type BrowserCity, openBrowserCity } from './browser-city.ts';
import { launch, NO_CHROMIUM } from './browser-pages.ts';

export type OpenCity = () => { readonly browser: Browser; readonly city: BrowserCity };

/** Runs suites one after the other in one city: it takes longer to build than most of them to run. */
export function inOneCity(title: string, suites: readonly ((open: OpenCity) => void)[]): void {
  describe(title, { skip: NO_CHROMIUM }, () => {
    let city: BrowserCity | undefined;
    let browser: Browser | undefined;
    before(async () => {
      city = await openBrowserCity();
      browser = await launch();
    });
    after(async () => {
      await browser?.close();
      await city?.close();
    });
    const open: OpenCity = () => {
      if (city === undefined || browser === undefined) throw new Error('not open yet');
      return { city, browser };
    };
    for (const suite of suites) suite(open);
  });
}
