// The pages, end to end, in a real Chromium, against a running server.
//
//   node run.mjs --url http://127.0.0.1:8787 --key ORGANISER_KEY [--screenshots DIR] [--only WORD] [--built DIR]
//
// Or by environment: TRUCE_URL, TRUCE_ORGANISER_KEY, TRUCE_SCREENSHOTS, and CHROMIUM for the browser to use.
// The monitors of the status page are started from where cargo has built (--built, TRUCE_BUILT).
// One line a check; the last line is `N passed, N failed`.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { World } from './support/world.mjs';
import console_ from './journeys/console.mjs';
import join from './journeys/join.mjs';
import negotiation from './journeys/negotiation.mjs';
import words from './journeys/words.mjs';
import sessions from './journeys/sessions.mjs';
import hands from './journeys/hands.mjs';
import trouble from './journeys/trouble.mjs';
import watch from './journeys/watch.mjs';
import pictures from './journeys/pictures.mjs';
import looks from './journeys/looks.mjs';
import status from './journeys/status.mjs';

const JOURNEYS = { console: console_, join, negotiation, words, sessions, hands, trouble, watch, pictures, looks, status };
const ONE_CHECK = 90_000;
const ALL_CHECKS = 9 * 60_000;

const { values } = parseArgs({ options: {
  url: { type: 'string', default: process.env.TRUCE_URL },
  key: { type: 'string', default: process.env.TRUCE_ORGANISER_KEY },
  screenshots: { type: 'string', default: process.env.TRUCE_SCREENSHOTS ?? 'screenshots' },
  only: { type: 'string' },
  built: { type: 'string', default: process.env.TRUCE_BUILT ?? fileURLToPath(new URL('../../target/debug', import.meta.url)) },
} });
if (!values.url || !values.key) {
  console.error('Needs --url and --key (or TRUCE_URL and TRUCE_ORGANISER_KEY).');
  process.exit(2);
}

setTimeout(() => {
  console.error(`gave up after ${ALL_CHECKS / 60_000} minutes`);
  process.exit(1);
}, ALL_CHECKS).unref();

const world = await World.open({ ...values, base: new URL(values.url).origin });
let passed = 0;
const failed = [];
for (const [journey, checks] of Object.entries(JOURNEYS)) {
  for (const [name, check] of Object.entries(checks)) {
    const title = `${journey}: ${name}`;
    if (values.only && !title.includes(values.only)) continue;
    const began = Date.now();
    try {
      await within(ONE_CHECK, check(world));
      world.expectQuiet();
      passed += 1;
      console.log(`ok    ${title} (${Date.now() - began} ms)`);
    } catch (error) {
      failed.push(title);
      console.log(`FAIL  ${title} (${Date.now() - began} ms)\n      ${String(error.message ?? error).split('\n').slice(0, 12).join('\n      ')}`);
      await world.photographFailure(title);
    }
    await world.sendEverybodyHome();
  }
}
await world.close();
console.log(`${passed} passed, ${failed.length} failed`);
process.exit(failed.length || !passed ? 1 : 0);

function within(limit, promise) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`not done within ${limit / 1000} s`)), limit); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
