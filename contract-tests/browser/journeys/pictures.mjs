// What the install page shows of each Shortcut is what it looks like when it is played.
//
// With TRUCE_WRITE_PICTURES=1 the pictures and the words on them are taken again, into the page's folder; a build after that has them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expectSame } from '../support/expect.mjs';
import { COMPLAINT, two, Wrist } from './watch.mjs';

const FOLDER = fileURLToPath(new URL('../../../functions/redeem-token/pages/pictures/', import.meta.url));

/** Where a point is small: twice as many pixels as the page shows are enough. */
const NARROW = { width: 380 };

/** The words on a face, in order. */
async function words(wrist) {
  const lines = await wrist.root.locator('.face > section:visible').evaluate((section) => [...section.querySelectorAll('h3, p, button')]
    .filter((one) => one.checkVisibility() && !one.matches('.unseen, .close')).map((one) => one.innerText.trim()));
  // What would mean something in markup is not for a caption.
  return lines.filter(Boolean).join(' · ').replace(/[<>"&]/g, '');
}

async function picture(wrist) {
  const { page } = wrist.person;
  await page.evaluate(() => {
    for (const root of [document.documentElement, document.body]) root.style.background = 'transparent';
    for (const shell of document.querySelectorAll('.case')) shell.style.boxShadow = 'none';
    Date.prototype.toLocaleTimeString = () => '10:09';
    for (const clock of document.querySelectorAll('.clock')) clock.textContent = '10:09';
    document.activeElement?.blur();
  });
  const png = await wrist.root.locator('.case').screenshot({ omitBackground: true, animations: 'disabled' });
  const blank = await wrist.person.context.newPage();
  const webp = await blank.evaluate(async (bytes) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${bytes}`)).blob());
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', 0.8).split(',')[1];
  }, png.toString('base64'));
  await blank.close();
  return Buffer.from(webp, 'base64');
}

/** Plays each to where it shows what it is for, and hands that to `at`. */
async function play(world, at) {
  const ana = await Wrist.on(world, NARROW);
  const { url } = await world.invite(world.room(), 'backend', 'Ana');
  await ana.starts('Truce Join');
  await ana.fills('scan', url);
  await ana.sees('show');
  await at('Truce Join', ana);
  await ana.press('Done');
  await ana.says(COMPLAINT);
  await ana.sees('choose');
  await at('Truce', ana);
  await ana.press('Cancel');

  const { ana: sender, bo } = await two(world, NARROW);
  await sender.says(COMPLAINT);
  await sender.press('Send it');
  await bo.starts('Truce Check');
  await bo.sees('show');
  await bo.press('Done');
  await bo.sees('choose');
  await at('Truce Check', bo);
  await bo.press((await bo.options())[0]);
  await bo.sees('show');
  await bo.press('Done');
  await bo.starts('Truce Agreements');
  await bo.sees('show');
  await at('Truce Agreements', bo);
  await bo.press('Done');
  await bo.starts('Truce Leave');
  await bo.sees('alert');
  await at('Truce Leave', bo);
}

export default {
  async 'each on the install page is as it looks when it is played'(world) {
    const seen = {};
    await play(world, async (name, wrist) => {
      seen[name] = await words(wrist);
      if (!process.env.TRUCE_WRITE_PICTURES) return;
      mkdirSync(FOLDER, { recursive: true });
      const file = FOLDER + name.toLowerCase().replaceAll(' ', '-');
      writeFileSync(`${file}.webp`, await picture(wrist));
      writeFileSync(`${file}.txt`, `${seen[name]}\n`);
    });
    if (process.env.TRUCE_WRITE_PICTURES) return;
    const reader = await world.person();
    await reader.goto('/install');
    const shown = await reader.page.locator('.five li').evaluateAll((items) => items.map((item) => [item.querySelector('h3').textContent, item.querySelector('img').alt]));
    expectSame(Object.fromEntries(shown), seen, 'the words on the pictures');
  },
};
