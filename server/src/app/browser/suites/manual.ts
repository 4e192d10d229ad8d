import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { POSES, type Pose } from '../poses.ts';
import type { BrowserCity } from '../testing/browser-city.ts';
import { DESK, goTo, openWindow, picture, settle } from '../testing/browser-pages.ts';

const MANUAL = join(import.meta.dirname, '../../../../../docs/manual');
const LARGE = { width: 1920, height: 1080 };
const PHONE = { width: 360, height: 640 };

/** The screens as the manual shows them, on each size of screen they are used on. */
export function manual(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('the manual', () => {
    for (const login of new Set(POSES.map((pose) => pose.as))) {
      it(`shows the screens of ${login} as they are, none wider than its window`, async () => {
        const { browser, city } = open();
        const { page, context, faults } = await openWindow(browser, city, login);
        for (const pose of POSES.filter((one) => one.as === login)) {
          await goTo(page, city, pose.path);
          await pose.strike?.(page);
          await settle(page);
          for (const size of sizesOf(pose)) await show(page, pose, size);
          await page.setViewportSize(DESK);
          assert.deepEqual(faults.splice(0), [], pose.name);
        }
        await context.close();
      });
    }

    it('has each picture it names, and names each screen', () => {
      const text = readFileSync(join(MANUAL, 'pages.md'), 'utf8');
      for (const [, path = ''] of text.matchAll(/\]\((screenshots\/[^)]+)\)/g)) {
        assert.ok(existsSync(join(MANUAL, path)), path);
      }
      for (const { name } of POSES) assert.ok(text.includes(`screenshots/${name}-1366.png`), name);
    });
  });
}

const sizesOf = ({ large = false, phone = false }: Pose) => [
  DESK,
  ...(large ? [LARGE] : []),
  ...(phone ? [PHONE] : []),
];

async function show(
  page: Page,
  { name }: Pose,
  size: { readonly width: number; readonly height: number },
): Promise<void> {
  await page.setViewportSize(size);
  // Charts follow their box a frame later.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))');
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  assert.ok(wide <= 0, `${name} at ${size.width}: ${wide} px too wide`);
  await picture(page, `${name}-${size.width}`);
}
