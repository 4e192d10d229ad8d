import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { relyingPartyOf } from '../../../security/index.ts';
import { sessionCheck } from '../../http/access.ts';
import { createLogger, createServer, stopServer } from '../../http/index.ts';
import { httpWorld } from '../../http-world.ts';
import { type BrowserCity, PASSWORD, WEB_ROOT } from '../testing/browser-city.ts';
import { goTo, openWindow, picture, settle, violations } from '../testing/browser-pages.ts';
import { Hands } from '../testing/hands.ts';

/** The same city as people have it who are no demonstration: reached as localhost, with factors. */
async function openSecured(
  city: BrowserCity,
): Promise<{ app: FastifyInstance; secured: BrowserCity }> {
  const address = { url: '' };
  const identity = {
    ...city.workspace.identity,
    demo: false,
    // The port is known once the server listens.
    get relyingParty() {
      return relyingPartyOf(address.url);
    },
  };
  const app = await createServer({
    world: httpWorld({ ...city.workspace, identity }),
    content: city.workspace.content,
    authenticate: sessionCheck(identity),
    logger: createLogger({ destination: { write: () => {} } }),
    webRoot: WEB_ROOT,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  address.url = `http://localhost:${(app.server.address() as { port: number }).port}`;
  return { app, secured: { ...city, url: address.url } };
}

/** A USB port of the page's computer, as Chromium imitates one; whoever owns the keys is at hand. */
async function usbPort(page: Page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  let plugged: string | null = null;
  return {
    /** Pulls out the key and plugs in a new one. */
    plugIn: async () => {
      if (plugged !== null) {
        await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: plugged });
      }
      const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          ...{ protocol: 'ctap2', transport: 'usb', hasUserVerification: true },
          ...{ isUserVerified: true, automaticPresenceSimulation: true },
        },
      });
      plugged = authenticatorId;
    },
  };
}

async function givePassword(page: Page, hands: Hands, login: string): Promise<void> {
  await page.getByLabel('账号').focus();
  await hands.type(login);
  await hands.press('Enter');
  await hands.type(PASSWORD);
  await hands.press('Enter');
}

/** A security key from its first binding to its removal, by keyboard alone. */
export function securityKeys(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('security keys', () => {
    let app: FastifyInstance;
    let secured: BrowserCity;
    before(async () => {
      ({ app, secured } = await openSecured(open().city));
    });
    after(() => stopServer(app, 0));

    it('are bound, sign in, prove again, get names and go, without a mouse', async () => {
      const { page, context, faults } = await openWindow(open().browser, secured, null);
      const hands = new Hands(page);
      const usb = await usbPort(page);
      await usb.plugIn();
      const press = async (name: string) => {
        await hands.tabTo(page.getByRole('button', { name, exact: true }));
        await hands.press('Enter');
      };
      await goTo(page, secured, '/me');
      await givePassword(page, hands, 'admin');
      await page.getByRole('heading', { name: '登录：绑定第二因素' }).waitFor();
      await page.getByRole('button', { name: '改用安全密钥' }).waitFor();
      assert.deepEqual(await violations(page), []);
      await press('改用安全密钥');
      await page.getByText('只显示这一次').waitFor();
      await press('我已保存，进入系统');
      await page.getByText('唯一的第二因素，不能删除').waitFor();

      await secured.endSessions('admin');
      await goTo(page, secured, '/me');
      await givePassword(page, hands, 'admin');
      await page.getByRole('heading', { name: '登录：第二因素' }).waitFor();
      assert.deepEqual(await violations(page), []);
      // The button of the key has the focus already.
      await hands.press('Enter');
      await page.getByText(/最近使用/).waitFor();

      await hands.tabTo(page.getByLabel(/新密钥的名称/));
      await hands.type('备用密钥');
      await hands.press('Enter');
      const dialog = page.getByRole('dialog', { name: '请确认是您本人' });
      await dialog.waitFor();
      assert.deepEqual(await violations(page), []);
      await hands.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      await page
        .getByRole('alert')
        .getByText(/这把密钥已经登记过/)
        .waitFor();
      await usb.plugIn();
      await press('登记安全密钥');
      await page.getByRole('button', { name: '删除 备用密钥' }).waitFor();
      await settle(page);
      await picture(page, 'security-keys-1366');
      assert.deepEqual(await violations(page), []);

      await press('给 备用密钥 改名');
      await hands.tabTo(page.getByLabel('备用密钥 的新名称'), 'Shift+Tab');
      await hands.press('End');
      await hands.type('二号');
      await hands.press('Enter');
      await page.getByText('备用密钥二号').waitFor();
      await press('删除 安全密钥');
      await page.getByRole('dialog', { name: '删除安全密钥' }).waitFor();
      await hands.tabTo(page.getByRole('dialog').getByRole('button', { name: '删除' }));
      await hands.press('Enter');
      await page.getByText('唯一的第二因素，不能删除').waitFor();
      assert.equal(await page.locator('.security-keys li').count(), 1);
      assert.deepEqual(
        // A proof that is due is an answer, which Chromium writes down as a failure.
        faults.filter((fault) => !/status of 40[13]/.test(fault)),
        [],
      );
      await context.close();
    });

    it('work only under the address they are bound to, and the page says which', async () => {
      const elsewhere = { ...secured, url: secured.url.replace('localhost', '127.0.0.1') };
      const { page, context } = await openWindow(open().browser, elsewhere, 'wang');
      await goTo(page, elsewhere, '/me');
      await page.getByText(/安全密钥只能在/).waitFor();
      assert.equal(await page.getByRole('button', { name: '登记安全密钥' }).count(), 0);
      await context.close();
    });

    it('are not offered where no address is configured, and the page says why', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'wang');
      await goTo(page, city, '/me');
      await page.getByText(/没有配置平台的访问地址/).waitFor();
      assert.deepEqual(await violations(page), []);
      await context.close();
    });
  });
}
