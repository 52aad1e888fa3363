// The simulated Watch: the built Shortcuts, played against the server by somebody who says, taps and scans.

import { eventually, expect, expectSame } from '../support/expect.mjs';

export const COMPLAINT = 'they never deliver on time and nobody gives a damn';
/** In points: half of what its screen has in pixels. */
const FACES = { 41: [176, 215], 45: [198, 242], 46: [208, 248], ultra: [205, 251] };

/** One wrist of the page, found as people do. */
export class Wrist {
  constructor(person, number) {
    Object.assign(this, { person, root: person.page.getByRole('region', { name: `Wrist ${number}`, exact: true }) });
  }

  static async on(world, options = {}) {
    const person = await world.person({ width: 1280, height: 1000, ...options });
    await person.goto('/watch');
    const wrist = new Wrist(person, 1);
    await wrist.sees('home');
    return wrist;
  }

  /** Somebody who has scanned their code. */
  static async joined(world, room, team, name, options) {
    const wrist = await Wrist.on(world, options);
    await wrist.joins(world, room, team, name);
    return wrist;
  }

  async joins(world, room, team, name) {
    const { url } = await world.invite(room, team, name);
    await this.starts('Truce Join');
    await this.fills('scan', url);
    await this.reads(new RegExp(`You're in, ${name}`));
    await this.press('Done');
    await this.sees('home');
  }

  sees(screen, limit) {
    return eventually(() => this.root.locator(`[data-screen="${screen}"]`).isVisible(), `the screen "${screen}"`, limit);
  }

  press(name) { return this.root.getByRole('button', { name, exact: true }).click(); }

  starts(shortcut) { return this.root.getByRole('button', { name: new RegExp(`^${shortcut}( ?on the iPhone)?$`) }).click(); }

  async fills(screen, text) {
    await this.sees(screen);
    const field = this.root.locator(`[data-screen="${screen}"] textarea`);
    await field.fill(text);
    await field.press('Enter');
  }

  async says(text) {
    await this.starts('Truce');
    await this.fills('dictate', text);
  }

  /** What is in front of somebody. */
  text() { return this.root.locator('.face > section:visible').innerText(); }

  async reads(pattern) {
    await eventually(async () => pattern.test(await this.text()), `to read ${pattern}`);
  }

  network(there) { return this.person.page.getByRole('checkbox', { name: 'Network' }).setChecked(there); }

  felt() { return this.root.locator('.felt').innerText(); }

  options() { return this.root.locator('[data-screen="choose"] .keys button').allInnerTexts(); }

  async happened() { return this.root.locator('.trace').textContent(); }
}

/** Two on one page, each of a team. */
export async function two(world, options) {
  const room = world.room();
  const ana = await Wrist.joined(world, room, 'backend', 'Ana', options);
  await ana.person.press('Another wrist');
  const bo = new Wrist(ana.person, 2);
  await bo.joins(world, room, 'design', 'Bo');
  return { room, ana, bo };
}

export default {
  async 'said, heard back, sent with a tap, answered with a tap, agreed'(world) {
    const { ana, bo } = await two(world);
    await ana.says(COMPLAINT);
    await ana.sees('choose');
    expectSame(await ana.options(), ['Send it', 'Softer', 'Cancel'], 'what Ana can tap');
    expect(!(await ana.text()).includes('gives a damn'), 'other words than hers', await ana.text());
    await ana.press('Send it');
    await ana.sees('show');
    expectSame(await ana.felt(), 'On the wrist: Success', 'what she feels');
    await ana.press('Done');

    await bo.starts('Truce Check');
    await bo.reads(/Ana/);
    await bo.press('Done');
    await bo.sees('choose');
    const options = await bo.options();
    expectSame(options.at(-1), 'In my own words', 'the last option');
    await bo.press(options[0]);
    await bo.sees('show');
    await bo.press('Done');
    await bo.sees('home');
    for (const wrist of [ana, bo]) {
      if (await wrist.root.locator('[data-screen="show"]').isVisible()) await wrist.press('Done');
      await wrist.sees('home');
      await wrist.starts('Truce Agreements');
      await wrist.sees('show');
      expect(!/nothing|none/i.test(await wrist.text()), 'an agreement', await wrist.text());
      await wrist.press('Done');
    }
  },

  async 'what happened is there by the number of the action, and no session in it'(world) {
    const ana = await Wrist.joined(world, world.room(), 'backend', 'Ana');
    await ana.says(COMPLAINT);
    await ana.sees('choose');
    await ana.root.getByText('What happened', { exact: true }).click();
    const happened = await ana.happened();
    for (const part of ['has truce.session', 'listens', 'calls POST /mediate: reframed', 'offers Send it']) expect(happened.includes(part), part, happened);
    await ana.root.getByText('The file', { exact: true }).click();
    const now = await ana.root.locator('.file [aria-current]').innerText();
    expectSame(now, 'Choose from {menu}', 'the action it is at');
    const session = await ana.person.page.evaluate(() => sessionStorage.getItem('truce.watch.1.truce.session'));
    expect(session?.length > 40 && !(await ana.person.page.locator('body').innerText()).includes(session), 'the session to be kept, and shown nowhere');
  },

  async 'without a network the run stops as the app would stop it, and nothing is sent'(world) {
    const { ana, bo } = await two(world);
    await ana.says(COMPLAINT);
    await ana.sees('choose');
    await ana.network(false);
    await ana.press('Send it');
    await ana.sees('stopped');
    await ana.reads(/network failed/);
    await ana.press('OK');
    await ana.sees('home');
    await ana.network(true);
    await bo.starts('Truce Agreements');
    await bo.sees('show');
    await bo.press('Done');
    await ana.says(COMPLAINT);
    await ana.press('Send it');
    await ana.sees('show');
  },

  async 'the crown and Cancel end a run, and there is nothing to lose'(world) {
    const ana = await Wrist.joined(world, world.room(), 'backend', 'Ana');
    await ana.starts('Truce');
    await ana.sees('dictate');
    await ana.press('Cancel');
    await ana.sees('home');
    await ana.says(COMPLAINT);
    await ana.sees('choose');
    await ana.press('Press the crown: end the run');
    await ana.sees('home');
    await ana.starts('Truce Check');
    await ana.sees('busy');
    await ana.press('Press the crown: end the run');
    await ana.sees('home');
    expect((await ana.happened()).includes('the crown was pressed'), 'it to be noted', await ana.happened());
  },

  async 'who has not joined is told to, and who leaves has to join again'(world) {
    const ana = await Wrist.on(world);
    await ana.starts('Truce');
    await ana.reads(/Join first/);
    await ana.press('Done');
    await ana.joins(world, world.room(), 'backend', 'Ana');
    await ana.starts('Truce Leave');
    await ana.sees('alert');
    await ana.press('OK');
    await ana.sees('show');
    await ana.press('Done');
    await ana.starts('Truce');
    await ana.reads(/Join first/);
  },

  async 'a page that is loaded again still knows who is on which wrist; another tab does not'(world) {
    const { ana, bo } = await two(world);
    await ana.person.page.reload();
    for (const wrist of [ana, bo]) await wrist.sees('home');
    await bo.starts('Truce');
    await bo.sees('dictate');
    const other = await ana.person.context.newPage();
    await other.goto(`${world.base}/watch`);
    await other.getByRole('button', { name: 'Truce', exact: true }).click();
    await other.locator('.face').getByText('Join first: scan your code with Truce Join.', { exact: true }).waitFor();
  },

  async 'each face has as many points as the real one, and what is on it fits its width'(world) {
    const ana = await Wrist.joined(world, world.room(), 'backend', 'Ana');
    await ana.says('Could you please send me the test plan for the next release by Thursday, with the list of the services, their owners and all the open risks?');
    await ana.sees('choose');
    for (const [size, [wide, high]] of Object.entries(FACES)) {
      await ana.person.page.locator(`[name="size"][value="${size}"]`).check();
      const found = await ana.root.evaluate((root) => {
        const face = root.querySelector('.face');
        const point = parseFloat(getComputedStyle(root).getPropertyValue('--pt'));
        const inside = [...face.querySelectorAll('section')].find((section) => !section.hidden);
        return { points: [face.offsetWidth, face.offsetHeight].map((pixels) => Math.round(pixels / point)), over: inside.scrollWidth - inside.clientWidth };
      });
      expectSame(found, { points: [wide, high], over: 0 }, `the face of ${size}`);
    }
  },

  async 'everything works with the keyboard alone, and the focus is where somebody reads'(world) {
    const ana = await Wrist.joined(world, world.room(), 'backend', 'Ana');
    const { keyboard } = ana.person.page;
    await ana.root.getByRole('button', { name: 'Truce', exact: true }).focus();
    await keyboard.press('Enter');
    await ana.sees('dictate');
    await keyboard.type(COMPLAINT);
    await keyboard.press('Enter');
    await ana.sees('choose');
    expect((await ana.person.focused()).length > 20, 'the focus on what is read', await ana.person.focused());
    await keyboard.press('Tab');
    expectSame(await ana.person.focused(), 'Send it', 'what Tab comes to');
    await keyboard.press('Enter');
    await ana.sees('show');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await ana.sees('home');
  },

  async 'a server that is away is said, on the page and on the wrist'(world) {
    const ana = (await Wrist.joined(world, world.room(), 'backend', 'Ana'));
    ana.person.expects(/Failed to load resource/);
    await ana.person.page.route('**/watch/next', (route) => route.abort());
    await ana.starts('Truce');
    await ana.sees('stopped');
    await ana.press('OK');
    await ana.person.page.route('**/watch/shortcuts', (route) => route.abort());
    await ana.person.page.reload();
    await eventually(() => ana.person.page.getByText('Reload the page to try again').isVisible(), 'what to do');
  },
};
