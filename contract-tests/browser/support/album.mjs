// Looks at a state as different people see it: by day and by night, on a phone and on a desk, and with a reader.

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from './expect.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 860 } };
/** The smallest phone, and any wider page at four times its size (WCAG 1.4.10). */
const NARROWEST = { width: 320, height: 568 };
/** In CSS pixels, each way: what a thumb hits. */
const TARGET = 44;

/** Photographs the state and checks what can be checked of it. */
export async function pose(person, name) {
  const { page, world } = person;
  const problems = [];
  // Behind a dialog, the rest of the page is of no interest.
  const fullPage = !(await page.locator('dialog[open]').count());
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await page.screenshot({ path: join(world.screenshots, `${name}-${scheme}-${size}.png`), fullPage, animations: 'disabled' });
    }
    problems.push(...(await violations(page)).map((problem) => `${scheme}: ${problem}`));
  }
  await page.setViewportSize(NARROWEST);
  problems.push(...await tooSmall(page), ...await tooWide(page));
  await page.setViewportSize(SIZES.phone);
  expect(problems.length === 0, `nothing to object to in "${name}"`, problems);
}

async function violations(page) {
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const { violations } = await window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary.split('\n')[1]?.trim()}`));
  }, RULES);
}

/** Links inside a sentence are as small as their text; everything else is a target. */
function tooSmall(page) {
  return page.evaluate((least) => {
    const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.unseen');
    const inSentence = (element) => element.tagName === 'A' && element.closest('p') && !element.matches('.button, .key');
    return [...(document.querySelector('dialog[open]') ?? document).querySelectorAll('button, a[href], input, textarea, select')]
      .filter((element) => shown(element) && !inSentence(element))
      .map((element) => [element, element.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < least - 0.5 || height < least - 0.5)
      .map(([element, { width, height }]) => `${element.id || element.textContent.trim()} is ${Math.round(width)} by ${Math.round(height)}`);
  }, TARGET);
}

function tooWide(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    return scrollWidth > clientWidth ? [`scrolls sideways at ${clientWidth} pixels: ${scrollWidth}`] : [];
  });
}
