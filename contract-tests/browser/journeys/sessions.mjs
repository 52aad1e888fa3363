// How a session begins, goes on, and ends, in a browser.

import { eventually, expect, expectSame } from '../support/expect.mjs';

export default {
  async 'a stranger is told how to join'(world) {
    const stranger = (await world.person()).expects(/status of 401/);
    await stranger.goto('/talk');
    await stranger.sees('stranger');
    expect(!(await stranger.button('Leave the room').isVisible()), 'nothing to leave');
  },

  async 'leaving asks first, then ends the session'(world) {
    const ana = (await world.member(world.room(), 'backend', 'Ana')).expects(/status of 401/);
    await ana.press('Leave the room');
    await ana.press('Stay');
    await ana.sees('home');
    await ana.press('Leave the room');
    await ana.press('Leave');
    await ana.sees('left');
    expectSame(await ana.context.cookies(), [], 'the cookies');
    await ana.page.reload();
    await ana.sees('stranger');
  },

  async 'a session past the middle of its life is renewed by itself'(world) {
    const ana = await world.member(world.room(), 'backend', 'Ana');
    const [before] = await ana.context.cookies();
    await ana.page.evaluate(() => {
      for (const [name, value] of Object.entries(localStorage)) {
        if (name.startsWith('truce.life')) localStorage.setItem(name, JSON.stringify({ ...JSON.parse(value), since: 0 }));
      }
    });
    await ana.page.reload();
    await eventually(async () => (await ana.context.cookies())[0].value !== before.value, 'another cookie');
    await ana.sees('home');
  },

  async 'a session in the first half of its life is left alone'(world) {
    const ana = await world.member(world.room(), 'backend', 'Ana');
    const renewals = [];
    ana.page.on('request', (request) => { if (request.method() === 'POST') renewals.push(request.url()); });
    await ana.page.reload();
    await ana.sees('home');
    await ana.page.waitForTimeout(1000);
    expectSame(renewals, [], 'renewals');
  },

  async 'this browser remembers how far was read, and nothing that was said'(world) {
    const ana = await world.member(world.room(), 'backend', 'Ana');
    await ana.says('Could you send me the test plan for the release by Thursday, please?');
    await ana.sees('proposal');
    const kept = await ana.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    expect(!kept.includes('test plan') && !kept.includes('v3.local'), 'neither words nor tokens', kept);
  },
};
