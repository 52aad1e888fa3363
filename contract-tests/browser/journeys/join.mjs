// The join page: who invited you to what, and two buttons. Opening it changes nothing.

import { eventually, expect, expectSame } from '../support/expect.mjs';

export default {
  async 'it says who invites whom to what, and clears the fragment'(world) {
    const room = world.room();
    const { url, invite } = await world.invite(room, 'backend', 'Ana');
    const ana = await world.person();
    await ana.goto(url);
    await ana.sees('invited');
    expectSame(await ana.text('#invited-title'), room, 'the room');
    expectSame([await ana.text('#member'), await ana.text('#team')], ['Ana', 'backend'], 'the seat');
    expect((await ana.text('#by')).length > 0, 'who invites');
    expectSame(ana.page.url(), `${world.base}/j`, 'the address');
    const history = await ana.page.evaluate(() => [location.href, document.referrer, JSON.stringify({ ...localStorage, ...sessionStorage })].join());
    expect(!history.includes(invite), 'the invite to be kept nowhere');
  },

  async 'opening it redeems nothing, however often'(world) {
    const { url, id } = await world.invite(world.room(), 'backend', 'Ana');
    for (let times = 0; times < 3; times += 1) {
      const preview = await world.person();
      await preview.goto(url);
      await preview.sees('invited');
      expectSame(await preview.context.cookies(), [], 'the cookies');
    }
    const response = await fetch(`${world.base}/qr/${id}`, { headers: { authorization: `Bearer ${world.key}` } });
    expectSame((await response.json()).state, 'unused', 'the invite');
  },

  async 'the Watch button hands the whole link to the shortcut'(world) {
    const { url } = await world.invite(world.room(), 'backend', 'Ana');
    const ana = await world.person();
    await ana.goto(url);
    await ana.sees('invited');
    const href = await ana.page.getByRole('link', { name: 'Open on my Watch' }).getAttribute('href');
    const [address, query] = href.split('?');
    expectSame(address, 'shortcuts://run-shortcut', 'what opens');
    expectSame(query, `name=Truce%20Join&input=text&text=${encodeURIComponent(url)}`, 'what it is given');
  },

  async 'whoever is in a room already is told what joining would end'(world) {
    const before = world.room();
    const ana = await world.member(before, 'backend', 'Ana');
    const { url } = await world.invite(world.room(), 'backend', 'Ada');
    await ana.goto(url);
    await ana.sees('invited');
    expectSame(await ana.text('#other'), `This browser is in ${before} as Ana. Joining here ends that in this browser.`, 'the notice');
    const bo = await world.person();
    await bo.goto(url);
    await bo.sees('invited');
    expect(!(await bo.page.locator('#other').isVisible()), 'no notice for somebody new');
  },

  async 'the session goes into a cookie that scripts cannot read'(world) {
    const ana = await world.member(world.room(), 'backend', 'Ana');
    const [cookie, ...others] = await ana.context.cookies();
    expectSame(others.length, 0, 'other cookies');
    expectSame([cookie.name, cookie.httpOnly, cookie.secure, cookie.sameSite, cookie.path], ['__Host-truce', true, true, 'Strict', '/'], 'the cookie');
    expectSame(await ana.page.evaluate(() => document.cookie), '', 'what scripts see of it');
  },

  async 'a used, a made-up and a missing invite each say what to do'(world) {
    const { url } = await world.invite(world.room(), 'backend', 'Ana');
    const ana = (await world.person()).expects(/status of 401/);
    await ana.goto(url);
    await ana.press('Use it in this browser');
    await ana.sees('home');
    for (const [path, screen] of [[url, 'invalid'], ['/j#123456', 'invalid'], ['/j', 'nothing']]) {
      const bo = (await world.person()).expects(/status of 401/);
      await bo.goto(path);
      await bo.sees(screen);
    }
  },

  async 'two taps on the button redeem once'(world) {
    const { url } = await world.invite(world.room(), 'backend', 'Ana');
    const ana = await world.person();
    const redeemed = [];
    ana.page.on('request', (request) => { if (request.postData()?.includes('cookie')) redeemed.push(request.url()); });
    await ana.goto(url);
    await ana.button('Use it in this browser').dblclick();
    await ana.sees('home');
    expectSame(redeemed.length, 1, 'requests that redeem');
  },

  async 'an invite that is used up while the page is open is refused kindly'(world) {
    const { url } = await world.invite(world.room(), 'backend', 'Ana');
    const [first, second] = [await world.person(), (await world.person()).expects(/status of 401/)];
    for (const person of [first, second]) { await person.goto(url); await person.sees('invited'); }
    await first.press('Use it in this browser');
    await first.sees('home');
    await second.press('Use it in this browser');
    await second.sees('invalid');
    await second.isTold(/no longer works/);
  },

  async 'another link in the same tab is another invite'(world) {
    const room = world.room();
    const ana = await world.person();
    await ana.goto((await world.invite(room, 'backend', 'Ana')).url);
    await ana.sees('invited');
    const { invite } = await world.invite(room, 'design', 'Bo');
    await ana.page.evaluate((hash) => { location.hash = hash; }, invite);
    await eventually(async () => (await ana.text('#member')) === 'Bo', 'the other invite');
    expectSame(ana.page.url(), `${world.base}/j`, 'the address');
  },
};
