import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

const FARTHEST = 150;

/** Hands that know no mouse: keys are counted, and apart from them the characters typed. */
export class Hands {
  keys = 0;
  typed = 0;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#page.keyboard.press(key);
      this.keys += 1;
    }
  }

  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text);
    this.typed += [...text].length;
  }

  /** Goes on by Tab until the control has the focus. */
  async tabTo(control: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await control.waitFor();
    for (let steps = 0; steps < FARTHEST; steps += 1) {
      if (await control.evaluate((it) => it === it.ownerDocument.activeElement)) return;
      await this.press(key);
    }
    assert.fail(`${control} was not reached with ${FARTHEST} ${key}`);
  }

  /** Finds something by the field of the top bar and opens it. */
  async search(text: string): Promise<void> {
    await this.press('Control+k');
    await this.#page.getByRole('dialog', { name: '全局搜索' }).waitFor();
    await this.type(text);
    await this.press('Enter');
  }
}
