// Ana and Bo, each in a browser of their own.

import { eventually, expect, expectSame } from '../support/expect.mjs';

const COMPLAINT = 'they never deliver on time and nobody gives a damn';
/** At least one of them can be put more gently still. */
const SOFTENABLE = [COMPLAINT, 'you idiots broke PAY-1234 again and it cost us 3 days', 'could you send me the test plan by Friday', 'send me the test plan by Friday now'];

export const ASKING = 'Could you send me the test plan for the release by Thursday, please?';

/** Says it, approves it, and is back home. */
export async function sends(person, text) {
  await person.says(text);
  await person.sees('proposal');
  const message = await person.text('#proposed');
  await person.press('Send it');
  await person.sees('outcome');
  await person.press('Done');
  return message;
}

export async function pair(world, options) {
  const room = world.room();
  const ana = await world.member(room, 'backend', 'Ana', options);
  const bo = await world.member(room, 'design', 'Bo', options);
  return { room, ana, bo };
}

export default {
  async 'a complaint is put anew, sent with a tap, and comes up on the other wrist by itself'(world) {
    const { ana, bo } = await pair(world);
    await ana.says(COMPLAINT);
    await ana.sees('proposal');
    const message = await ana.text('#proposed');
    expect(!/damn|nobody/.test(message), 'other words', message);
    expect((await ana.text('#heard')).length > 0, 'to be told what was heard');
    await ana.isTold(/./);
    expect(await bo.page.locator('[data-screen="home"]').isVisible(), 'nothing to arrive before it is approved');
    await ana.press('Send it');
    await ana.sees('outcome');
    await bo.sees('message');
    expectSame(await bo.text('#message'), message, 'what arrives');
    expectSame(await bo.text('#message-title'), 'Ana (backend)', 'who it is from');
    await bo.isTold(/^Ana: /);
  },

  async 'softer is gentler, and what is approved is what arrives'(world) {
    const { ana, bo } = await pair(world);
    for (const text of SOFTENABLE) {
      await ana.says(text);
      await ana.sees('proposal');
      if (await ana.button('Softer').isVisible()) break;
      await ana.press('Cancel');
      await ana.sees('home');
    }
    const before = await ana.text('#proposed');
    await ana.press('Softer');
    const softer = await eventually(async () => { const now = await ana.text('#proposed'); return now !== before && now; }, 'another wording');
    await ana.press('Send it');
    await bo.sees('message');
    expectSame(await bo.text('#message'), softer, 'what arrives');
  },

  async 'cancelled, nothing is sent'(world) {
    const { ana, bo } = await pair(world);
    await ana.says(COMPLAINT);
    await ana.sees('proposal');
    await ana.press('Cancel');
    await ana.sees('home');
    const next = await sends(ana, ASKING);
    await bo.sees('message');
    expectSame(await bo.text('#message'), next, 'the first thing to arrive');
  },

  async 'an accepting tap becomes an agreement that both can see'(world) {
    const { ana, bo } = await pair(world);
    await sends(ana, ASKING);
    await bo.sees('message');
    const accepting = bo.page.locator('#message-menu button').first();
    const reply = await accepting.textContent();
    await accepting.click();
    await bo.sees('outcome');
    expectSame(await bo.text('#outcome-title'), 'Agreed', `what comes of "${reply}"`);
    await bo.press('Done');
    await ana.sees('message');
    expect((await ana.text('#message-title')).startsWith('Bo (design)'), 'Ana to hear of it');
    await ana.page.locator('#message-menu button').first().click();
    await eventually(async () => !(await ana.page.locator('[data-screen="message"]').isVisible()), 'the news to be read');
    if (await ana.page.locator('[data-screen="outcome"]').isVisible()) await ana.press('Done');
    for (const person of [ana, bo]) {
      await person.sees('home');
      await person.press('Agreements');
      await person.page.locator('#agreements li').first().waitFor();
      const listed = await person.text('#agreements li');
      expect(/test plan/i.test(listed) && listed.includes('Bo') && /thursday/i.test(listed), 'who, what and by when', listed);
      await person.press('Back');
    }
  },

  async 'an answer in own words goes through the mediator too'(world) {
    const { ana, bo } = await pair(world);
    await sends(ana, ASKING);
    await bo.sees('message');
    await bo.press('In my own words');
    await bo.sees('own');
    await bo.expectFocus('own-text');
    await bo.says('I will send you the plan on Friday, is that fine?', 'own-text');
    await bo.sees('proposal');
    const answer = await bo.text('#proposed');
    await bo.press('Send it');
    await bo.sees('outcome');
    await bo.press('Done');
    await bo.sees('home');
    await ana.sees('message');
    expectSame(await ana.text('#message'), answer, 'what Ana gets');
  },

  async 'cancelling an answer comes back to the message'(world) {
    const { ana, bo } = await pair(world);
    const message = await sends(ana, ASKING);
    await bo.sees('message');
    await bo.press('In my own words');
    await bo.says('Thank you, I will look into it tomorrow.', 'own-text');
    await bo.sees('proposal');
    await bo.press('Cancel');
    await bo.sees('message');
    expectSame(await bo.text('#message'), message, 'the message');
  },

  async 'several messages wait in line, and a reload loses none that was not read'(world) {
    const { ana, bo } = await pair(world);
    const first = await sends(ana, ASKING);
    const second = await sends(ana, 'Could you review the login change by Monday, please?');
    await bo.sees('message');
    expectSame(await bo.text('#message'), first, 'the oldest first');
    await eventually(async () => (await bo.page.title()).startsWith('(2)'), 'the other to be counted');
    await bo.page.reload();
    await bo.sees('message');
    expectSame(await bo.text('#message'), first, 'the oldest, still');
    await bo.press('Answer later');
    await eventually(async () => (await bo.text('#message')) === second, 'the next one');
    await bo.press('Answer later');
    await bo.sees('home');
    await bo.page.reload();
    await bo.sees('home');
    await bo.press('Agreements');
    await bo.press('Back');
    await bo.sees('home');
  },

  async 'a message does not push itself before what somebody is writing'(world) {
    const { ana, bo } = await pair(world);
    await bo.page.locator('#say-text').fill('half a sent');
    await sends(ana, ASKING);
    await bo.button('1 new').waitFor();
    expectSame(await bo.page.locator('#say-text').inputValue(), 'half a sent', 'what was being written');
    await bo.press('1 new');
    await bo.sees('message');
  },

  async 'what happened is listed for the visit'(world) {
    const { ana, bo } = await pair(world);
    const message = await sends(ana, ASKING);
    await ana.press('This visit');
    await ana.sees('history');
    expect((await ana.text('#history')).includes(message), 'what Ana sent');
    await bo.sees('message');
    await bo.press('Answer later');
    await bo.press('This visit');
    await bo.press('Answer');
    await bo.sees('message');
  },
};
