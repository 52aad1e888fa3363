// The status page of a monitor: what a person, a keyboard and a reader find on it.

import { rmSync } from 'node:fs';
import { pose } from '../support/album.mjs';
import { eventually, expect, expectSame } from '../support/expect.mjs';
import { HOURS, Monitor, silence } from '../support/monitor.mjs';

const GONE = 'http://127.0.0.1:1';

export default {
  async 'before the first round nobody has looked, and nothing is said to hold'(world) {
    const { url } = await Monitor.watching(world, [`edge=${await silence(world)}`]);
    const ana = await world.person({ base: url });
    await ana.goto('/');
    expectSame(await ana.text('h1'), 'Nobody has looked yet.', 'the heading');
    expect(/The first round began at \d\d:\d\d/.test(await ana.text('main')), 'when the first round began');
    expect(!(await ana.text('main')).includes('100 %'), 'no share of nothing');
    await pose(ana, 'status-empty');
  },

  async 'after a round it says that all of it holds, when somebody looks again'(world) {
    const { url } = await Monitor.watching(world, [`edge=${world.base}`]);
    const ana = await world.person({ base: url });
    await ana.goto('/');
    await eventually(async () => {
      await ana.page.getByRole('link', { name: 'Look again' }).click();
      return (await ana.text('h1')) === 'All of it holds.';
    }, 'a round that holds', 60_000);
    const journeys = ana.page.locator('.journeys > li');
    expectSame(await journeys.count(), 9, 'the journeys');
    expectSame(await ana.page.locator('.journeys .is-well').count(), 9, 'those that hold');
    expectSame(await ana.page.evaluate(() => document.scripts.length), 0, 'the number of scripts');
    await pose(ana, 'status-well');
  },

  async 'what fails, what takes longer and what is over is told in words, with what repeats it'(world) {
    const { url } = await Monitor.watching(world, [`edge=${world.base}`, `aws=${GONE}`], { before: true });
    const ana = await world.person({ base: url });
    await eventually(async () => {
      await ana.goto('/');
      return !/has not looked/.test(await ana.text('main'));
    }, 'a round', 60_000);
    expect(/^aws: “scanning a code signs a member in” fails since /.test(await ana.text('h1')), 'the worst first', await ana.text('h1'));
    const said = await ana.page.locator('.more li').allTextContents();
    expect(said.includes('aws: 8 journeys failed the last time.'), 'what is no alarm yet', said);
    expect(said.some((sentence) => /^edge: “a waiting poll .*” takes longer since /.test(sentence)), 'what takes longer', said);
    const incidents = ana.page.locator('.incidents > li');
    const over = incidents.filter({ hasText: 'Over after 3 h' });
    expectSame(await over.locator('h3').textContent(), 'edge: most of it fails', 'what is over');
    expect(/truce monitor --once .*--target edge=https:\/\/edge\.example/.test(await over.locator('code').last().textContent()), 'what repeats it');
    await pose(ana, 'status-trouble');
  },

  async 'a reader hears the charts, and has each day in a table'(world) {
    const { url } = await Monitor.watching(world, [`edge=${world.base}`], { before: true });
    const ana = await world.person({ base: url });
    await ana.goto('/targets/edge');
    await ana.page.getByRole('img', { name: 'edge: the last 90 days' }).waitFor();
    await ana.page.getByRole('img', { name: /^edge: a session sees how it stands, how long it took within 24 hours$/ }).waitFor();
    await ana.page.getByRole('img', { name: /^edge: a session sees how it stands, how long it took within 90 days$/ }).waitFor();
    await ana.page.getByText('Each day in a table').click();
    const rows = ana.page.locator('tbody tr');
    expectSame(await rows.count(), 90, 'the days');
    const days = await rows.allTextContents();
    expect(days.filter((day) => day.includes('no data')).length >= 1, 'a day without data', days.slice(0, 30));
    await ana.page.locator('.journeys details summary').first().click({ timeout: 500 }).catch(() => {});
    await pose(ana, 'status-target');
  },

  async 'a keyboard gets everywhere'(world) {
    const { url } = await Monitor.watching(world, [`edge=${await silence(world)}`], { before: true });
    const ana = await world.person({ base: url });
    await ana.goto('/');
    const reached = [];
    for (let presses = 0; presses < 8; presses += 1) {
      await ana.page.keyboard.press('Tab');
      reached.push(await ana.focused());
    }
    for (const wanted of ['Truce, as it stands', 'Look again', 'edge', 'Each day in a table', 'The same as JSON', 'Incidents as a feed']) {
      expect(reached.includes(wanted), `${wanted} to be reached`, reached);
    }
    await ana.goto('/');
    for (let presses = 0; presses < 3; presses += 1) await ana.page.keyboard.press('Tab');
    await ana.page.keyboard.press('Enter');
    await eventually(() => ana.page.url().endsWith('/targets/edge'), 'the page of one deployment');
    expectSame(await ana.text('h1'), 'edge', 'the heading');
  },

  async 'when the monitor has not looked for long, that is what it says'(world) {
    const { url } = await Monitor.watching(world, [`edge=${await silence(world)}`], { before: true });
    const ana = await world.person({ base: url });
    await ana.goto('/');
    expect(/^edge: the monitor has not looked since .*\d\d:\d\d\.$/.test(await ana.text('h1')), `silence for ${HOURS} hours`, await ana.text('h1'));
    await pose(ana, 'status-silent');
  },

  async 'a history that cannot be read is said so'(world) {
    const { url, history } = await Monitor.watching(world, [`edge=${await silence(world)}`]);
    for (const end of ['', '-wal', '-shm']) rmSync(history + end, { force: true });
    const ana = (await world.person({ base: url })).expects(/status of 503/);
    await ana.goto('/');
    expectSame(await ana.text('h1'), 'Nothing can be said.', 'the heading');
    await pose(ana, 'status-unreadable');
  },
};
