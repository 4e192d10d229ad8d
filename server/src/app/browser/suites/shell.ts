import type { Browser } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { display } from './display.ts';
import { signingIn } from './signing-in.ts';
import { tabs } from './tabs.ts';

/** What the shell promises wherever one is. */
export function shell(open: () => { browser: Browser; city: BrowserCity }): void {
  signingIn(open);
  tabs(open);
  display(open);
}
