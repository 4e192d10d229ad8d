import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type BrowserCity, type Login, PASSWORD } from './browser-city.ts';

export const CHROMIUM = '/usr/bin/chromium';
/** Reason for skipping where there is no browser; the gate installs one where it may. */
export const NO_CHROMIUM: string | false = existsSync(CHROMIUM) ? false : '没有安装 chromium';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Without network of its own: Chromium would otherwise look for updates at every start. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--lang=zh-CN',
];

export const DESK = { width: 1366, height: 768 } as const;

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
}

/** A page with everything it did wrong: console errors, failed scripts, requests off this machine. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly faults: string[];
}

export interface OpenOptions {
  readonly size?: { readonly width: number; readonly height: number };
  /** What the screen should look like, as `composables/preferences.ts` keeps it. */
  readonly preferences?: Readonly<Record<string, string | boolean>>;
}

/** Opens a browser window of somebody signed in, or of nobody. */
export async function openWindow(
  browser: Browser,
  city: BrowserCity,
  login: Login | null,
  { size = DESK, preferences }: OpenOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: size,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  });
  if (preferences !== undefined) {
    await context.addInitScript(
      `localStorage.setItem('huiliu.preferences', ${JSON.stringify(JSON.stringify(preferences))})`,
    );
  }
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // Nobody signed in yet is an answer, which Chromium writes down as an error all the same.
    const asked = message.location().url.endsWith('/api/session/me');
    if (message.type() === 'error' && !asked) faults.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    const here = new URL(city.url).hostname;
    if (protocol.startsWith('http') && hostname !== here) faults.push(`asked ${hostname}`);
  });
  if (login !== null) await signIn(page, city, login);
  return { page, context, faults };
}

/** Signs in as the sign-in page does, and proves it once more so that sensitive acts may follow. */
export async function signIn(page: Page, city: BrowserCity, login: Login): Promise<void> {
  await page.goto(`${city.url}/upgrade.html`);
  const status = await page.evaluate(
    async ([user, password]) => {
      const post = (url: string, body: object, token: string) =>
        fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-csrf-token': token },
          body: JSON.stringify(body),
        });
      const first = await post('/api/session/login', { login: user, password }, '');
      const { csrf_token } = (await first.json()) as { csrf_token: string };
      return (await post('/api/session/step-up', { password }, csrf_token)).status;
    },
    [login, PASSWORD] as const,
  );
  if (status !== 200) throw new Error(`${login} could not sign in: ${status}`);
}

/** Goes to an address and waits until its title stands and nothing is loading any more. */
export async function goTo(page: Page, city: BrowserCity, path: string): Promise<void> {
  await page.goto(city.url + path);
  await settle(page);
}

/** Waits until a heading is there and no part of the page says that it is busy. */
export async function settle(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await page.locator('[aria-busy=true], .skeleton').first().waitFor({ state: 'detached' });
}

/** Violations of WCAG 2.1 AA that axe sees on the page as it is now. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the page's security policy does not bind.
  await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(`axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
  }).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ target, failureSummary }) => id + ' ' + target.join(' ') + ': ' +
      failureSummary.split('\\n').slice(1, 3).join(' ').trim())))`);
}

/** Keeps a picture for the manual when `HULIU_SCREENSHOTS` names the folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.HULIU_SCREENSHOTS;
  if (folder === undefined || folder === '') return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
