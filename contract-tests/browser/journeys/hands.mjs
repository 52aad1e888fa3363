// Without a mouse, without eyes, without motion.

import { eventually, expect, expectSame } from '../support/expect.mjs';
import { ASKING, pair } from './negotiation.mjs';

/** Presses Tab until the thing with this name has the focus. */
async function tabTo(person, name, limit = 25) {
  const { keyboard } = person.page;
  for (let presses = 0; presses < limit; presses += 1) {
    await keyboard.press('Tab');
    const at = await person.page.evaluate(() => {
      const { activeElement: element } = document;
      return element.getAttribute('aria-label') ?? document.querySelector(`label[for="${element.id}"]`)?.textContent ?? element.textContent.trim();
    });
    if (at === name) {
      expect(await person.page.evaluate(() => { const style = getComputedStyle(document.activeElement); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; }), `to see that "${name}" has the focus`);
      return;
    }
  }
  throw new Error(`expected Tab to reach "${name}"`);
}

export default {
  async 'everything from joining to an agreement works with the keyboard alone'(world) {
    const room = world.room();
    const people = {};
    for (const [team, name] of [['backend', 'Ana'], ['design', 'Bo']]) {
      const person = people[name] = await world.person();
      await person.goto((await world.invite(room, team, name)).url);
      await person.sees('invited');
      await tabTo(person, 'Use it in this browser');
      await person.page.keyboard.press('Enter');
      await person.sees('home');
    }
    const { Ana: ana, Bo: bo } = people;
    await tabTo(ana, await ana.text('#say-label'));
    await ana.page.keyboard.type(ASKING);
    await ana.page.keyboard.press('Enter');
    await ana.sees('proposal');
    await ana.expectFocus('proposal-title');
    await tabTo(ana, 'Send it');
    await ana.page.keyboard.press('Space');
    await ana.sees('outcome');
    await ana.expectFocus('outcome-title');
    await tabTo(ana, 'Done');
    await ana.page.keyboard.press('Enter');
    await ana.sees('home');
    await bo.sees('message');
    await bo.expectFocus('message-title');
    await tabTo(bo, await bo.text('#message-menu button:first-child'));
    await bo.page.keyboard.press('Enter');
    await bo.sees('outcome');
  },

  async 'the console works with the keyboard alone, and gives the focus back'(world) {
    const organiser = await world.person({ width: 1280, height: 860 });
    await organiser.goto('/qr');
    const { keyboard } = organiser.page;
    for (const [name, text] of [['Organiser key', world.key], ['Room', world.room()], ['Team of person 1', 'backend'], ['Name of person 1', 'Ana']]) {
      await tabTo(organiser, name);
      await keyboard.type(text);
    }
    await keyboard.press('Enter');
    await organiser.page.locator('.card .qr').waitFor();
    await tabTo(organiser, 'Full screen code for Ana');
    await keyboard.press('Enter');
    await organiser.page.getByRole('dialog').waitFor();
    await keyboard.press('Escape');
    await eventually(async () => (await organiser.page.evaluate(() => document.activeElement.getAttribute('aria-label'))) === 'Full screen code for Ana', 'the focus to be where it was');
    await tabTo(organiser, 'Revoke code for Ana');
    await keyboard.press('Enter');
    await organiser.page.getByRole('dialog').waitFor();
    await keyboard.press('Escape');
    await eventually(async () => !(await organiser.page.getByRole('dialog').isVisible()), 'Escape to mean no');
    await organiser.page.locator('.card .qr').waitFor();
  },

  async 'an empty line is not sent, a new line is not the end, and Enter is'(world) {
    const { ana } = await pair(world);
    await ana.page.locator('#say-text').focus();
    await ana.page.keyboard.type('Could you send me the test plan');
    await ana.page.keyboard.press('Shift+Enter');
    await ana.page.keyboard.type('by Thursday, please?');
    expect((await ana.page.locator('#say-text').inputValue()).includes('\n'), 'a new line');
    await ana.page.keyboard.press('Enter');
    await ana.sees('proposal');
  },

  async 'at most four buttons on the Watch, and the same at twice the text size'(world) {
    const { ana, bo } = await pair(world);
    await ana.says(ASKING);
    await ana.sees('proposal');
    await ana.press('Send it');
    await bo.sees('message');
    for (const person of [ana, bo]) {
      const buttons = await person.page.locator('#face button:visible:not(.back)').count();
      expect(buttons <= 4, 'at most four buttons', buttons);
      await person.page.setViewportSize({ width: 640, height: 900 });
      await person.page.evaluate(() => { document.adoptedStyleSheets = [new CSSStyleSheet()]; document.adoptedStyleSheets[0].replaceSync('html { font-size: 200% }'); });
      const hidden = await person.page.evaluate(() => [...document.querySelectorAll('#face button, #face p, #face blockquote')]
        .filter((element) => element.checkVisibility() && !element.closest('.unseen') && element.scrollWidth > element.clientWidth + 1).map((element) => element.textContent.trim()));
      expectSame(hidden, [], 'what is cut off');
    }
  },
};
