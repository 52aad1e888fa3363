// Somebody in front of a browser. Finds things as people do: by what they are called.

import { eventually, expect } from './expect.mjs';

const PATIENCE = 10_000;

export class Person {
  /** What went wrong that nobody expected. */
  noise = [];
  #expected = [];

  static async arrive(world, { base = world.base, scheme = 'light', width = 390, height = 844, script, permissions = ['clipboard-read', 'clipboard-write'] } = {}) {
    const context = await world.browser.newContext({ colorScheme: scheme, viewport: { width, height }, reducedMotion: 'reduce', permissions, locale: 'en-GB' });
    context.setDefaultTimeout(PATIENCE);
    if (script) await context.addInitScript(script);
    const person = Object.assign(new Person(), { world, base, context, page: await context.newPage() });
    person.#watch(base);
    return person;
  }

  #watch(base) {
    this.context.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${base}/`) && !/^(data|blob|about):/.test(url)) this.noise.push(`asked somebody else: ${url}`);
    });
    this.page.on('pageerror', (error) => this.noise.push(`threw: ${error.message}`));
    this.page.on('console', (message) => {
      const text = message.text();
      const isNoise = ['error', 'warning'].includes(message.type()) && !this.#expected.some((pattern) => pattern.test(text));
      if (isNoise) this.noise.push(`${message.type()}: ${text}`);
    });
  }

  /** A browser writes failed requests to its console; where one is the point, it is no noise. */
  expects(...patterns) {
    this.#expected.push(...patterns);
    return this;
  }

  goto(path) {
    return this.page.goto(new URL(path, this.base).href, { timeout: PATIENCE });
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  press(name) {
    return this.button(name).click();
  }

  /** On the Watch: which screen is showing. */
  async sees(screen, limit = PATIENCE) {
    await eventually(() => this.page.locator(`[data-screen="${screen}"]`).isVisible().catch(() => false), `the screen "${screen}" (${this.page.url().split('#')[0]})`, limit);
  }

  async seesOneOf(screens) {
    return eventually(async () => {
      for (const screen of screens) if (await this.page.locator(`[data-screen="${screen}"]`).isVisible()) return screen;
      return null;
    }, `one of ${screens.join(', ')}`);
  }

  text(selector) {
    return this.page.locator(selector).textContent();
  }

  /** Says something on the Watch, typed. */
  async says(text, field = 'say-text') {
    await this.page.locator(`#${field}`).fill(text);
    await this.page.locator(`#${field}`).press('Enter');
  }

  /** What screen readers were told last. */
  async isTold(pattern) {
    await eventually(async () => pattern.test(await this.text('#status')) || pattern.test(await this.text('#alert')), `readers to be told ${pattern}`);
  }

  focused() {
    return this.page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim() || document.activeElement?.tagName);
  }

  async expectFocus(id) {
    await eventually(async () => (await this.focused()) === id, `the focus on ${id}`).catch(async (error) => {
      expect(false, error.message, await this.focused());
    });
  }
}
