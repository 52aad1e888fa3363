// A monitor with a status page, as a process of its own, on a history that the monitor's own library has made.

import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** So many hours ago the history ends. */
export const HOURS = 3;
let made;

export class Monitor {
  /** Of these targets, each `NAME=URL`; it ends with the journey. */
  static async watching(world, targets, { before = false } = {}) {
    const folder = mkdtempSync(join(memory(), 'truce-monitor-'));
    const history = join(folder, 'history');
    if (before) cpSync(threeMonths(world), history);
    const flags = ['monitor', '--listen', '127.0.0.1:0', '--history', history, '--every', '60', ...targets.flatMap((target) => ['--target', target])];
    // By environment: a process list shows what is on a command line.
    const process = spawn(join(world.built, 'truce'), flags, { cwd: folder, env: { TRUCE_ORGANISER_KEY: world.key }, stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = new Promise((done) => { process.once('exit', done); });
    world.ends.push(async () => {
      // It would end its round first, which nobody waits for here.
      process.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true });
    });
    const url = await new Promise((found, failed) => {
      gone.then(() => failed(new Error('the monitor has ended')));
      createInterface({ input: process.stdout }).on('line', (line) => {
        const address = /^The status page is at (.*)\/\.$/.exec(line);
        if (address) found(address[1]);
      });
    });
    return Object.assign(new Monitor(), { url, history });
  }
}

/** Takes every connection and never answers: a round to it does not end. */
export async function silence(world) {
  const sockets = [];
  const server = createServer((socket) => { sockets.push(socket.on('error', () => {})); });
  await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
  world.ends.push(async () => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** Made once: it takes some seconds. */
function threeMonths(world) {
  if (!made) {
    const folder = mkdtempSync(join(memory(), 'truce-history-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    made = join(folder, 'history');
    execFileSync(join(world.built, 'examples/history'), [made, String(HOURS)], { timeout: 60_000 });
  }
  return made;
}

/** Thousands of rounds are kept one by one: in memory that takes seconds, where there is such a folder. */
function memory() {
  try { accessSync('/dev/shm', constants.W_OK); return '/dev/shm'; } catch { return tmpdir(); }
}
