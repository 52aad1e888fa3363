// The world a journey happens in: one browser, and people who each have a browser context, that is: a browser, of their own.

import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { expect } from './expect.mjs';
import { Person } from './person.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const QUIET = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic'];

export class World {
  people = [];
  /** What ends with the journey: `() => Promise`. */
  ends = [];
  #rooms = 0;

  static async open({ base, key, screenshots, built }) {
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || onPath(), headless: true, args: [...QUIET, ...root], timeout: 30_000 });
    mkdirSync(screenshots, { recursive: true });
    return Object.assign(new World(), { browser, base, key, screenshots, built });
  }

  /** A room nobody has used before. */
  room() {
    this.#rooms += 1;
    return `q3-release-${Date.now().toString(36).slice(-4)}${this.#rooms}`;
  }

  /** Somebody with a browser and nothing in it. */
  async person(options = {}) {
    const person = await Person.arrive(this, options);
    this.people.push(person);
    return person;
  }

  /** An invite, issued without the console. */
  async invite(room, team, member, more = {}) {
    const response = await fetch(`${this.base}/qr`, {
      method: 'POST', headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' }, body: JSON.stringify({ room, team, member, ...more }),
    });
    expect(response.status === 201, 'an invite to be issued', response.status);
    return response.json();
  }

  /** Somebody who has joined by the join page and sees the Watch. */
  async member(room, team, name, options = {}) {
    const person = await this.person(options);
    const { url } = await this.invite(room, team, name, options.invite);
    await person.goto(url);
    await person.press('Use it in this browser');
    await person.sees('home');
    return person;
  }

  /** Nobody's page complained, broke its policy, or asked anybody else for anything. */
  expectQuiet() {
    for (const { noise } of this.people) expect(noise.length === 0, 'quiet pages', noise);
  }

  async photographFailure(title) {
    const name = title.replace(/[^a-z0-9]+/gi, '-').slice(0, 80);
    await Promise.allSettled(this.people.map(({ page }, index) => page.screenshot({ path: join(this.screenshots, `failed-${name}-${index + 1}.png`), timeout: 5000 })));
  }

  async sendEverybodyHome() {
    await Promise.allSettled(this.people.splice(0).map(({ context }) => context.close()));
    await Promise.allSettled(this.ends.splice(0).map((end) => end()));
  }

  async close() {
    await this.browser.close();
  }
}

function onPath() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      try { accessSync(join(folder, name), constants.X_OK); return join(folder, name); } catch { /* not here */ }
    }
  }
  console.error('No Chromium found. Install it, or name one in CHROMIUM.');
  process.exit(2);
}
