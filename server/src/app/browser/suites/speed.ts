import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow, settle } from '../testing/browser-pages.ts';
import { holds, isCalm } from '../testing/calm.ts';

const DIST = join(import.meta.dirname, '../../../../../web/dist');
/** @source ux §5.3 */
const LIMITS = { lcp_ms: 1_800, cls: 0.05, key_ms: 100, task_ms: 200, route_kb: 480 } as const;
/** An old office computer behind a slow line. */
const OFFICE = { cpu: 4, latency: 20, bytesPerSecond: 1_250_000 } as const;
const RUNS = 5;
/** Routes with what shows that all of them has come. */
const ROUTES = [
  ['/', '.figures'],
  ['/alerts', '.grid'],
  ['/alerts/overview', 'canvas'],
  ['/process', '.drawing'],
  ['/screen', 'canvas'],
] as const;

/** Written down by the page itself from its first moment on. */
const WATCH = `window.seen = { lcp: 0, cls: 0, key: 0, task: 0 };
for (const [type, take] of [
  ['largest-contentful-paint', (entry) => { seen.lcp = entry.startTime; }],
  ['layout-shift', (entry) => { if (!entry.hadRecentInput) seen.cls += entry.value; }],
  ['event', (entry) => { if (entry.interactionId) seen.key = Math.max(seen.key, entry.duration); }],
  ['longtask', (entry) => { seen.task = Math.max(seen.task, entry.duration); }],
]) new PerformanceObserver((list) => list.getEntries().forEach(take))
  .observe({ type, buffered: true, durationThreshold: 16 });`;

interface Seen {
  readonly lcp: number;
  readonly cls: number;
  readonly key: number;
  readonly task: number;
}

const seenBy = (page: Page) => page.evaluate<Seen>('window.seen');
const middle = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** How fast pages come and answer, as the browser measures it. */
export function speed(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('speed', () => {
    it(`of a work list on an office computer: first paint within ${LIMITS.lcp_ms} ms, nothing jumps`, async (t) => {
      const { browser, city } = open();
      const runs: Seen[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        const { page, context } = await openWindow(browser, city, 'zhao');
        await page.addInitScript(WATCH);
        const devtools = await page.context().newCDPSession(page);
        await devtools.send('Network.enable');
        await devtools.send('Network.clearBrowserCache');
        await devtools.send('Network.emulateNetworkConditions', {
          ...{ offline: false, latency: OFFICE.latency },
          downloadThroughput: OFFICE.bytesPerSecond,
          uploadThroughput: OFFICE.bytesPerSecond,
        });
        await devtools.send('Emulation.setCPUThrottlingRate', { rate: OFFICE.cpu });
        await goTo(page, city, '/alerts');
        await page.locator('.grid tbody tr').first().waitFor();
        runs.push(await seenBy(page));
        await context.close();
      }
      const lcp = middle(runs.map((run) => run.lcp));
      const cls = Math.max(...runs.map((run) => run.cls));
      const told = runs.map((run) => run.lcp.toFixed(0)).join(', ');
      t.diagnostic(
        `LCP ms: ${told}, median ${lcp.toFixed(0)}; CLS ${cls.toFixed(3)}; calm: ${isCalm()}`,
      );
      assert.ok(lcp > 0 && holds(lcp, LIMITS.lcp_ms), `LCP ${lcp.toFixed(0)} ms`);
      assert.ok(cls <= LIMITS.cls, `CLS ${cls.toFixed(3)}`);
    });

    it(`of keys: a list of a hundred answers within ${LIMITS.key_ms} ms, and no task is long`, async (t) => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'sun');
      await page.addInitScript(WATCH);
      await goTo(page, city, '/alerts?size=100');
      const loaded = await seenBy(page);
      await page.getByRole('grid').focus();
      for (let row = 0; row < 20; row += 1) {
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Space');
      }
      await page.keyboard.press('End');
      await page.getByLabel('疑点号、规则编号或个人编号').focus();
      await page.keyboard.type('DTH-001', { delay: 30 });
      await settle(page);
      const { key } = await seenBy(page);
      t.diagnostic(
        `slowest key ${key} ms; longest task of loading ${loaded.task} ms; calm: ${isCalm()}`,
      );
      assert.ok(holds(key, LIMITS.key_ms), `a key took ${key} ms`);
      assert.ok(holds(loaded.task, LIMITS.task_ms), `a task took ${loaded.task} ms`);
      await context.close();
    });

    it(`is not lost to size: the heaviest route brings at most ${LIMITS.route_kb} KB`, async (t) => {
      const { browser, city } = open();
      const told: string[] = [];
      for (const [route, whole] of ROUTES) {
        const { page, context } = await openWindow(browser, city, 'sun');
        const files = new Set<string>();
        page.on('request', (request) => {
          const { pathname } = new URL(request.url());
          if (pathname.startsWith('/assets/')) files.add(pathname);
        });
        await goTo(page, city, route);
        await page.locator(whole).first().waitFor();
        const kb = [...files]
          .map((name) => gzipSync(readFileSync(join(DIST, name)), { level: 9 }).length / 1024)
          .reduce((sum, one) => sum + one, 0);
        told.push(`${route} ${kb.toFixed(0)} KB`);
        assert.ok(kb <= LIMITS.route_kb, `${route} ${kb.toFixed(0)} KB`);
        await context.close();
      }
      t.diagnostic(`gzip, all in: ${told.join(', ')}`);
    });
  });
}
