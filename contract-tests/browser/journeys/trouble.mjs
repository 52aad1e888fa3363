// What goes wrong between a browser and its server, and what people see of it.

import { eventually, expect, expectSame } from '../support/expect.mjs';
import { ASKING, pair, sends } from './negotiation.mjs';
import { atTheConsole } from './console.mjs';

const OFFLINE = /ERR_INTERNET_DISCONNECTED/;
const UNAVAILABLE = /status of 503/;

const down = (route) => route.fulfill({
  status: 503, headers: { 'retry-after': '1' }, contentType: 'application/problem+json',
  body: JSON.stringify({ ok: 'no', code: 'store-unavailable', say: "I can't remember things right now.", menu: [], draft: '', cursor: '', status: 503 }),
});

export default {
  async 'offline, the join page keeps the invite and goes on when it is back'(world) {
    const { url } = await world.invite(world.room(), 'backend', 'Ana');
    const ana = (await world.person()).expects(OFFLINE);
    await ana.goto(url);
    await ana.sees('invited');
    await ana.context.setOffline(true);
    await ana.press('Use it in this browser');
    await ana.sees('trouble');
    expect(/offline/i.test(await ana.text('#trouble-title')), 'to be told it is the connection');
    await ana.context.setOffline(false);
    await ana.sees('invited');
    await ana.press('Use it in this browser');
    await ana.sees('home');
  },

  async 'a store that is down leaves the invite unspent and a button to try again'(world) {
    const { url } = await world.invite(world.room(), 'backend', 'Ana');
    const ana = (await world.person()).expects(UNAVAILABLE);
    await ana.page.route('**/redeem', down);
    await ana.goto(url);
    await ana.sees('trouble');
    await ana.page.unroute('**/redeem');
    await ana.press('Try again');
    await ana.sees('invited');
  },

  async 'the Watch says that it is offline, tries again, and misses nothing'(world) {
    const { ana, bo } = await pair(world);
    bo.expects(OFFLINE);
    await bo.context.setOffline(true);
    await eventually(async () => /offline|reached/i.test(await bo.text('#line-text')), 'to be told');
    const message = await sends(ana, ASKING);
    await bo.context.setOffline(false);
    await bo.sees('message');
    expectSame(await bo.text('#message'), message, 'what arrives');
    expectSame(await bo.text('#line-text'), 'Listening for messages', 'the line');
  },

  async 'back online with nothing new, the Watch says so at once'(world) {
    const ana = (await world.member(world.room(), 'backend', 'Ana')).expects(OFFLINE);
    await ana.context.setOffline(true);
    await eventually(async () => /offline/i.test(await ana.text('#line-text')), 'to be told');
    await ana.context.setOffline(false);
    await eventually(async () => (await ana.text('#line-text')) === 'Listening for messages', 'to be told it is over', 4000);
  },

  async 'what could not be asked stays in the field'(world) {
    const ana = (await world.member(world.room(), 'backend', 'Ana')).expects(UNAVAILABLE);
    await ana.page.route('**/mediate', (route) => (route.request().method() === 'POST' ? down(route) : route.continue()));
    await ana.says(ASKING);
    await eventually(async () => /Nothing was sent/.test(await ana.text('#say-wrong')), 'to be told');
    expectSame(await ana.page.locator('#say-text').inputValue(), ASKING, 'the field');
    await ana.page.unroute('**/mediate');
    await ana.page.locator('#say-text').press('Enter');
    await ana.sees('proposal');
  },

  async 'a draft that is too old asks to say it once more, and still has the words'(world) {
    const ana = (await world.member(world.room(), 'backend', 'Ana')).expects(/status of 400/);
    await ana.says(ASKING);
    await ana.sees('proposal');
    await ana.page.route('**/mediate', (route) => (route.request().method() === 'POST'
      ? route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), draft: 'v3.local.gone' }) }) : route.continue()));
    await ana.press('Send it');
    await ana.sees('home');
    expectSame(await ana.page.locator('#say-text').inputValue(), ASKING, 'the words');
    expect((await ana.text('#say-wrong')).length > 0, 'to be told why');
  },

  async 'a reply to a message that waited long gets a fresh draft by itself'(world) {
    const { ana, bo } = await pair(world);
    bo.expects(/status of 400/);
    await sends(ana, ASKING);
    await bo.sees('message');
    let spoilt = 0;
    await bo.page.route('**/mediate', (route) => {
      if (route.request().method() !== 'POST' || spoilt) return route.continue();
      spoilt += 1;
      return route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), draft: 'v3.local.gone' }) });
    });
    await bo.page.locator('#message-menu button').first().click();
    await bo.sees('outcome');
    expectSame(spoilt, 1, 'drafts that were refused');
  },

  async 'the page asks nothing while it is hidden'(world) {
    const ana = await world.member(world.room(), 'backend', 'Ana');
    const hide = (hidden) => ana.page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
    await hide(true);
    const asked = [];
    ana.page.on('request', (request) => asked.push(request.url()));
    await ana.page.waitForTimeout(2500);
    expectSame(asked, [], 'requests while hidden');
    await hide(false);
    await eventually(() => asked.length > 0, 'listening to go on');
  },

  async 'a page opened while the server is down offers to try again'(world) {
    const ana = (await world.member(world.room(), 'backend', 'Ana')).expects(UNAVAILABLE);
    await ana.page.route('**/redeem', down);
    await ana.page.reload();
    await ana.sees('trouble');
    await ana.page.unroute('**/redeem');
    await ana.press('Try again');
    await ana.sees('home');
  },

  async 'the console says when it cannot see who joined, and recovers'(world) {
    const { organiser } = await atTheConsole(world, [['backend', 'Ana'], ['design', 'Bo']]);
    organiser.expects(UNAVAILABLE);
    await organiser.page.route('**/qr/*', down);
    await eventually(async () => /trying again/.test(await organiser.text('#trouble')), 'to be told');
    await organiser.page.unroute('**/qr/*');
    await eventually(async () => (await organiser.text('#trouble')) === '', 'it to recover');
  },
};
