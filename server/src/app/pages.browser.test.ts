import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { runCommand, startServer } from './testing/run-command.ts';

const CHROMIUM = '/usr/bin/chromium';
const SAMPLE = join(import.meta.dirname, '../../../tools/sample-package');
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Without network of its own: Chromium would otherwise look for updates at every start. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const SIZES = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
];

describe('the ledger page in Chromium', {
  skip: existsSync(CHROMIUM) ? false : '没有安装 chromium',
}, () => {
  let data = '';
  let running: Awaited<ReturnType<typeof startServer>>;
  let browser: Browser;

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'huiliu-pages-'));
    await runCommand('feed', 'load', SAMPLE, '--data', data, '--json');
    running = await startServer(data);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });
  after(async () => {
    await browser?.close();
    running?.server.child.kill('SIGTERM');
    await running?.server.ended;
    await rm(data, { recursive: true, force: true });
  });

  const open = async (size: (typeof SIZES)[number], key: string) => {
    const page = await browser.newPage({ viewport: size });
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      const { hostname } = new URL(request.url());
      if (hostname !== '127.0.0.1') faults.push(`asked ${hostname}`);
    });
    await page.goto(`http://127.0.0.1:${running.port}/#key=${key}`);
    return { page, faults };
  };

  for (const size of SIZES) {
    it(`shows the package, opens it by keyboard and is accessible at ${size.width}×${size.height}`, async () => {
      const { page, faults } = await open(size, running.accessKey);
      const row = page.getByRole('button', { name: /SX-F-20261031-001/ });
      await row.waitFor();
      await row.focus();
      await page.keyboard.press('Enter');
      await page.getByText('缴费明细（月）').waitFor();
      await page.getByText('100.00 %').first().waitFor();
      assert.ok(!page.url().includes(running.accessKey), 'the key leaves the address');
      // Evaluated by the debugger, which the page's security policy does not bind.
      await page.evaluate(await readFile(AXE, 'utf8'));
      const violations = (await page.evaluate(
        'axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.help))',
      )) as string[];
      assert.deepEqual(violations, []);
      const shots = process.env.HULIU_SCREENSHOTS;
      if (shots !== undefined) {
        await mkdir(shots, { recursive: true });
        await page.screenshot({ path: join(shots, `ledger-${size.width}.png`) });
      }
      assert.deepEqual(faults, []);
      await page.close();
    });
  }

  it('says what to do when the key is wrong', async () => {
    const { page } = await open(SIZES[0] as (typeof SIZES)[number], 'wrong');
    await page.getByText(/钥匙/).first().waitFor();
    await page.close();
  });
});
