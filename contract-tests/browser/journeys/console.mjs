// The organiser fills in a room and people, and shows each of them their code.

import { eventually, expect, expectSame } from '../support/expect.mjs';
import { scan } from '../support/qr.mjs';

export async function atTheConsole(world, people, options = {}) {
  const organiser = await world.person({ width: 1280, height: 860, ...options });
  await organiser.goto('/qr');
  await organiser.page.getByLabel('Organiser key').fill(world.key);
  const room = world.room();
  await organiser.page.getByLabel('Room').fill(room);
  for (const [index, [team, member]] of people.entries()) {
    if (index > 1) await organiser.press('Add a person');
    await organiser.page.getByLabel(`Team of person ${index + 1}`).fill(team);
    await organiser.page.getByLabel(`Name of person ${index + 1}`).fill(member);
  }
  await organiser.press('Make codes');
  await eventually(async () => (await organiser.page.locator('.card .qr').count()) === people.length, 'a code for each');
  return { organiser, room };
}

export const cardOf = (organiser, name) => organiser.page.getByRole('listitem').filter({ has: organiser.page.getByRole('heading', { name, exact: true }) });

export const isState = (organiser, name, state, limit) => eventually(async () => (await cardOf(organiser, name).locator('.pill').textContent()) === state, `${name} to be "${state}"`, limit);

async function copiedLink(organiser, name) {
  await cardOf(organiser, name).getByRole('button', { name: `Copy link for ${name}` }).click();
  await eventually(async () => (await cardOf(organiser, name).textContent()).includes('Copied'), 'to be told it was copied');
  return organiser.page.evaluate(() => navigator.clipboard.readText());
}

const TWO = [['backend', 'Ana'], ['design', 'Bo']];

export default {
  async 'a code is made for each person, and a camera reads the link from the screen'(world) {
    const { organiser } = await atTheConsole(world, TWO);
    for (const [, name] of TWO) {
      const link = await copiedLink(organiser, name);
      expect(link.startsWith(`${world.base}/j#`), 'a join link', link.slice(0, 40));
      await cardOf(organiser, name).getByRole('button', { name: `Full screen code for ${name}` }).click();
      const dialog = organiser.page.getByRole('dialog');
      expectSame(await scan(world, dialog), link, 'the code on the screen');
      await organiser.page.keyboard.press('Escape');
      await eventually(async () => !(await dialog.isVisible()), 'Escape to close it');
    }
  },

  async 'a camera reads the code on a small card in the dark as well'(world) {
    const { organiser } = await atTheConsole(world, TWO, { scheme: 'dark', width: 390, height: 844 });
    expectSame(await scan(world, cardOf(organiser, 'Bo')), await copiedLink(organiser, 'Bo'), 'the code on the card');
  },

  async 'the seconds run down, and the card says who has joined'(world) {
    const { organiser } = await atTheConsole(world, TWO);
    const left = cardOf(organiser, 'Ana').getByRole('timer');
    const first = await left.textContent();
    expect(/^(2:00|1:5\d)$/.test(first), 'about two minutes', first);
    await eventually(async () => (await left.textContent()) !== first, 'the seconds to run down');
    const ana = await world.person();
    await ana.goto(await copiedLink(organiser, 'Ana'));
    await ana.press('Use it in this browser');
    await ana.sees('home');
    await isState(organiser, 'Ana', 'Joined');
    await isState(organiser, 'Bo', 'Waiting');
    expectSame(await organiser.text('#tally'), '1 of 2 joined', 'the tally');
    await organiser.isTold(/Ana has joined/);
    expect(!(await cardOf(organiser, 'Ana').getByRole('img').count()), 'a used code not to be shown any more');
  },

  async 'full screen says that the person is in'(world) {
    const { organiser } = await atTheConsole(world, TWO);
    const link = await copiedLink(organiser, 'Bo');
    await cardOf(organiser, 'Bo').getByRole('button', { name: "Show Bo's code full screen" }).click();
    const bo = await world.person();
    await bo.goto(link);
    await bo.press('Use it in this browser');
    await eventually(async () => (await organiser.text('#full-state')) === 'Bo is in.', 'full screen to tell');
  },

  async 'renewing replaces the code in place, and the old one stops working'(world) {
    const { organiser } = await atTheConsole(world, TWO);
    const old = await copiedLink(organiser, 'Ana');
    await cardOf(organiser, 'Ana').getByRole('button', { name: 'Renew code for Ana' }).click();
    await organiser.isTold(/new code for Ana/i);
    const renewed = await eventually(async () => { const link = await copiedLink(organiser, 'Ana'); return link !== old && link; }, 'another link');
    expect((await organiser.page.locator('.card.code').count()) === 2, 'still two cards');
    const ana = (await world.person()).expects(/status of 401/);
    await eventually(async () => { await ana.goto('/install'); await ana.goto(old); await ana.seesOneOf(['invalid', 'invited']); return ana.page.locator('[data-screen="invalid"]').isVisible(); }, 'the old code to be refused');
    await ana.goto('/install');
    await ana.goto(renewed);
    await ana.sees('invited');
  },

  async 'a revoked code no longer works'(world) {
    const { organiser } = await atTheConsole(world, TWO);
    const link = await copiedLink(organiser, 'Ana');
    await cardOf(organiser, 'Ana').getByRole('button', { name: 'Revoke code for Ana' }).click();
    await organiser.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await isState(organiser, 'Ana', 'Ended');
    const ana = (await world.person()).expects(/status of 401/);
    await ana.goto(link);
    await ana.sees('invalid');
  },

  async 'ending a session from the console ends it on the other wrist within seconds'(world) {
    const { organiser } = await atTheConsole(world, TWO);
    const bo = (await world.person()).expects(/status of 401/);
    await bo.goto(await copiedLink(organiser, 'Bo'));
    await bo.press('Use it in this browser');
    await bo.sees('home');
    await isState(organiser, 'Bo', 'Joined');
    await cardOf(organiser, 'Bo').getByRole('button', { name: 'End session of Bo' }).click();
    await organiser.page.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
    await isState(organiser, 'Bo', 'Ended');
    await bo.sees('ended', 5000);
  },

  async 'a code that runs out says so, and offers a new one'(world) {
    const organiser = await world.person();
    await organiser.page.route('**/qr', (route) => (route.request().method() === 'POST'
      ? route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), ttl_seconds: 10 }) }) : route.continue()));
    await organiser.goto('/qr');
    await organiser.page.getByLabel('Organiser key').fill(world.key);
    await organiser.page.getByLabel('Room').fill(world.room());
    await organiser.page.getByLabel('Team of person 1').fill('backend');
    await organiser.page.getByLabel('Name of person 1').fill('Ana');
    await organiser.press('Make codes');
    await isState(organiser, 'Ana', 'Waiting');
    await isState(organiser, 'Ana', 'Expired', 16_000);
    await cardOf(organiser, 'Ana').getByRole('button', { name: 'New code for Ana' }).click();
    await isState(organiser, 'Ana', 'Waiting');
  },

  async 'what is missing or wrong in the form is said where it is'(world) {
    const organiser = (await world.person()).expects(/status of 401/);
    await organiser.goto('/qr');
    await organiser.press('Make codes');
    await organiser.expectFocus('key');
    expectSame(await organiser.page.getByLabel('Organiser key').getAttribute('aria-invalid'), 'true', 'the key field');
    await organiser.page.getByLabel('Organiser key').fill('not the key');
    await organiser.page.getByLabel('Room').fill('somewhere');
    await organiser.page.getByLabel('Team of person 1').fill('backend');
    await organiser.press('Make codes');
    expect((await organiser.text('#people-wrong')).includes('backend'), 'to be asked who it is');
    await organiser.page.getByLabel('Name of person 1').fill('Ana');
    await organiser.press('Make codes');
    await eventually(async () => (await organiser.text('#key-wrong')).includes('not known'), 'a wrong key to be called wrong');
    await organiser.expectFocus('key');
  },

  async 'a reload forgets the key and the codes, and can still revoke'(world) {
    const { organiser, room } = await atTheConsole(world, TWO);
    const link = await copiedLink(organiser, 'Ana');
    const kept = await organiser.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    expect(!kept.includes(world.key), 'the key not to be stored');
    expect(!kept.includes(link.split('#')[1]), 'no code to be stored');
    await organiser.page.reload();
    expectSame(await organiser.page.getByLabel('Organiser key').inputValue(), '', 'the key after a reload');
    expectSame(await organiser.page.getByLabel('Room').inputValue(), room, 'the room after a reload');
    await organiser.page.getByLabel('Organiser key').fill(world.key);
    await organiser.page.getByLabel('Room').focus();
    await isState(organiser, 'Ana', 'Made earlier');
    await cardOf(organiser, 'Ana').getByRole('button', { name: 'Revoke of Ana' }).click();
    await organiser.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await isState(organiser, 'Ana', 'Ended');
    const ana = (await world.person()).expects(/status of 401/);
    await ana.goto(link);
    await ana.sees('invalid');
  },

  async 'after a reload, new codes leave those who have joined alone'(world) {
    const { organiser } = await atTheConsole(world, TWO);
    const ana = await world.person();
    await ana.goto(await copiedLink(organiser, 'Ana'));
    await ana.press('Use it in this browser');
    await isState(organiser, 'Ana', 'Joined');
    await organiser.page.reload();
    await organiser.page.getByLabel('Organiser key').fill(world.key);
    await organiser.press('Make codes');
    await isState(organiser, 'Ana', 'Joined');
    await ana.page.reload();
    await ana.sees('home');
  },

  async 'a code that could not be revoked when it was renewed is revoked later'(world) {
    const { organiser } = await atTheConsole(world, TWO);
    organiser.expects(/status of 503/);
    const old = await copiedLink(organiser, 'Ana');
    let refused = 0;
    await organiser.page.route('**/qr/*', (route) => {
      if (route.request().method() !== 'DELETE' || refused) return route.continue();
      refused += 1;
      return route.fulfill({ status: 503, body: 'the edge says no' });
    });
    await cardOf(organiser, 'Ana').getByRole('button', { name: 'Renew code for Ana' }).click();
    await organiser.page.waitForResponse((response) => response.request().method() === 'DELETE' && response.ok());
    const ana = (await world.person()).expects(/status of 401/);
    await ana.goto(old);
    await ana.sees('invalid');
  },
};
