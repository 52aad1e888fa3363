// Every page in every state: photographed by day and by night, on a phone and on a desk, and read with axe.

import { eventually } from '../support/expect.mjs';
import { pose } from '../support/album.mjs';
import { atTheConsole, cardOf, isState } from './console.mjs';
import { ASKING, sends } from './negotiation.mjs';
import { COMPLAINT, Wrist } from './watch.mjs';
import { isAsked, THREAT, isAskedAboutDanger } from './words.mjs';

export default {
  async 'the console'(world) {
    const organiser = (await world.person()).expects(/status of (401|503)/);
    await organiser.goto('/qr');
    await pose(organiser, 'console-empty');
    await organiser.press('Make codes');
    await pose(organiser, 'console-missing');
    await organiser.context.close();

    const { organiser: busy } = await atTheConsole(world, [['backend', 'Ana'], ['design', 'Bo'], ['design', 'Chandra']], { width: 390, height: 844 });
    await pose(busy, 'console-codes');
    await cardOf(busy, 'Ana').getByRole('button', { name: 'Full screen code for Ana' }).click();
    await pose(busy, 'console-full');
    await busy.page.keyboard.press('Escape');
    await cardOf(busy, 'Bo').getByRole('button', { name: 'Revoke code for Bo' }).click();
    await pose(busy, 'console-revoke');
    await busy.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await isState(busy, 'Bo', 'Ended');
    await cardOf(busy, 'Ana').getByRole('button', { name: 'Copy link for Ana' }).click();
    const ana = await world.person();
    await ana.goto(await busy.page.evaluate(() => navigator.clipboard.readText()));
    await ana.press('Use it in this browser');
    await isState(busy, 'Ana', 'Joined');
    await pose(busy, 'console-joined');
  },

  async 'the join page'(world) {
    const ana = (await world.person()).expects(/status of (401|503)/);
    await ana.goto('/j');
    await pose(ana, 'join-nothing');
    await ana.goto('/install');
    await ana.goto('/j#12345');
    await ana.sees('invalid');
    await pose(ana, 'join-invalid');
    const { url } = await world.invite(world.room(), 'backend', 'Ana', { ttl_seconds: 600 });
    await ana.goto('/install');
    await ana.goto(url);
    await ana.sees('invited');
    await pose(ana, 'join-invited');
    await ana.page.route('**/redeem', (route) => route.fulfill({ status: 503, body: 'the edge says no' }));
    await ana.press('Use it in this browser');
    await ana.sees('trouble');
    await pose(ana, 'join-trouble');
  },

  async 'the install page'(world) {
    const ana = await world.person();
    await ana.goto('/install');
    await pose(ana, 'install');
  },

  async 'the Watch: speaking'(world) {
    const ana = (await world.member(world.room(), 'backend', 'Ana')).expects(/status of 401/);
    await pose(ana, 'talk-home');
    await ana.press('Agreements');
    await ana.sees('agreements');
    await eventually(async () => /None yet/.test(await ana.text('#agreements-none')), 'an empty list');
    await pose(ana, 'talk-agreements-empty');
    await ana.press('Back');
    await ana.press('This visit');
    await pose(ana, 'talk-history-empty');
    await ana.press('Back');
    await ana.says('...');
    await eventually(() => ana.text('#say-wrong'), 'a kind no');
    await pose(ana, 'talk-declined');
    await ana.says(COMPLAINT);
    await ana.sees('proposal');
    await pose(ana, 'talk-proposal');
    await ana.press('Send it');
    await ana.sees('outcome');
    await pose(ana, 'talk-sent');
    await ana.press('Done');
    await isAsked(ana);
    await pose(ana, 'talk-question');
    await ana.press('Never mind');
    await ana.says(THREAT);
    await ana.sees('human');
    await pose(ana, 'talk-human');
    await ana.press('All right');
    await isAskedAboutDanger(ana);
    await pose(ana, 'talk-safety-check');
    await ana.press('Yes, get help');
    await ana.press('All right');
    await ana.press('Leave the room');
    await pose(ana, 'talk-leave');
    await ana.press('Leave');
    await ana.sees('left');
    await pose(ana, 'talk-left');
    await ana.page.reload();
    await ana.sees('stranger');
    await pose(ana, 'talk-stranger');
  },

  async 'the Watch: answering'(world) {
    const room = world.room();
    const ana = await world.member(room, 'backend', 'Ana');
    const bo = (await world.member(room, 'design', 'Bo')).expects(/status of (401|503)/);
    await sends(ana, ASKING);
    await sends(ana, 'Could you review the login change by Monday, please?');
    await bo.sees('message');
    await pose(bo, 'talk-message');
    await bo.press('In my own words');
    await pose(bo, 'talk-own-words');
    await bo.press('Back to the message');
    await bo.page.locator('#message-menu button').first().click();
    await bo.sees('outcome');
    await pose(bo, 'talk-agreed');
    await bo.press('Done');
    await bo.press('Answer later');
    await bo.sees('home');
    await bo.press('This visit');
    await pose(bo, 'talk-history');
    await bo.press('Back');
    await bo.press('Agreements');
    await bo.page.locator('#agreements li').first().waitFor();
    await pose(bo, 'talk-agreements');
    await bo.page.route('**/redeem', (route) => route.fulfill({ status: 503, body: 'the edge says no' }));
    await bo.page.reload();
    await bo.sees('trouble');
    await pose(bo, 'talk-trouble');
    await bo.page.unroute('**/redeem');
    await fetch(`${world.base}/redeem`, { method: 'DELETE', headers: { authorization: `Bearer ${(await bo.context.cookies())[0].value}` } });
    await bo.page.reload();
    await bo.sees('ended');
    await pose(bo, 'talk-ended');
  },

  async 'the simulated Watch'(world) {
    const room = world.room();
    const ana = await Wrist.on(world);
    const pictures = (name) => pose(ana.person, `watch-${name}`);
    await pictures('home');
    await ana.starts('Truce Join');
    await ana.sees('scan');
    await pictures('scan');
    await ana.press('Cancel');
    await ana.joins(world, room, 'backend', 'Ana');
    await ana.starts('Truce');
    await ana.sees('dictate');
    await pictures('dictate');
    await ana.fills('dictate', COMPLAINT);
    await ana.sees('choose');
    for (const summary of await ana.root.locator('summary').all()) await summary.click();
    await pictures('choose');
    await ana.press('Send it');
    await ana.sees('show');
    await pictures('show');
    await ana.press('Done');
    await ana.starts('Truce Check');
    await ana.sees('busy');
    await pictures('busy');
    await ana.press('Press the crown: end the run');
    await ana.starts('Truce Leave');
    await ana.sees('alert');
    await pictures('alert');
    await ana.press('Cancel');
    await ana.network(false);
    await ana.says(COMPLAINT);
    await ana.sees('stopped');
    await pictures('stopped');
  },
};
