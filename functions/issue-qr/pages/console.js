// The organiser's console. The key is in the field and in requests, nowhere else. A code is drawn by the server and
// shown as an image: whatever it holds, an image runs nothing.

const REMEMBERED = 'truce.console';
const KEPT_FOR = 30 * 24 * 60 * 60_000; // no session outlives it, so there is nothing left to revoke

/** Codes by seat, in the order they were made: {room, team, member, id, url, svg, until, state, made} */
const codes = [];
let shownFull = null;

/* the form */

function person({ team = '', member = '' } = {}) {
  const remove = el('button', { type: 'button', class: 'remove', onclick: () => {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    if (!$('people').children.length) person();
    (neighbour ?? $('people').firstElementChild).querySelector('input').focus();
    number();
    announce('Removed.');
  } }, el('span', { 'aria-hidden': 'true' }, '×'), el('span', { class: 'unseen' }, ''));
  const field = (value) => el('input', { maxlength: 32, autocomplete: 'off', value, 'aria-describedby': 'people-wrong' });
  const row = el('li', { class: 'person' }, field(team), field(member), remove);
  $('people').append(row);
  number();
  return row;
}

/** Readers hear which row they are in. */
function number() {
  [...$('people').children].forEach((row, index) => {
    const [team, member] = row.querySelectorAll('input');
    team.setAttribute('aria-label', `Team of person ${index + 1}`);
    member.setAttribute('aria-label', `Name of person ${index + 1}`);
    row.querySelector('.unseen').textContent = `Remove person ${index + 1}`;
  });
}

$('add').addEventListener('click', () => person().querySelector('input').focus());

function people() {
  return [...$('people').children].map((row) => {
    const [team, member] = row.querySelectorAll('input');
    return { row, team: team.value.trim(), member: member.value.trim() };
  });
}

/** What has to be mended before anything is asked for; the first place gets the focus. */
function check() {
  const problems = [];
  const mark = (field, where, text) => {
    field.setAttribute('aria-invalid', 'true');
    $(where).textContent = text;
    problems.push([field, text]);
  };
  for (const field of $('form').querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
  for (const place of $('form').querySelectorAll('.wrong')) place.textContent = '';
  if (!$('key').value.trim()) mark($('key'), 'key-wrong', 'Paste your organiser key first.');
  if (!$('room').value.trim()) mark($('room'), 'room-wrong', 'Give the room a name.');
  const seats = new Set();
  const filled = people().filter(({ team, member }) => team || member);
  if (!filled.length) mark($('people').querySelector('input'), 'people-wrong', 'Add at least one person.');
  for (const { row, team, member } of filled) {
    const [teamField, memberField] = row.querySelectorAll('input');
    const seat = JSON.stringify([team, member]);
    if (!team) mark(teamField, 'people-wrong', `Which team is ${member} in?`);
    else if (!member) mark(memberField, 'people-wrong', `Who is it, in ${team}?`);
    else if (seats.has(seat)) mark(memberField, 'people-wrong', `${member} (${team}) is here twice.`);
    seats.add(seat);
  }
  if (!problems.length) return filled;
  problems[0][0].focus();
  announce(problems.map(([, text]) => text).join(' '), 'assertive');
  return null;
}

$('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const filled = $('make').getAttribute('aria-disabled') ? null : check();
  if (!filled) return;
  $('make').setAttribute('aria-disabled', 'true');
  const room = $('room').value.trim();
  let made = 0;
  // After a reload nobody knows yet who has joined; a new code for them would end their session.
  while (looking) await sleep(50);
  const blind = codes.some(({ state }) => state === 'unknown') ? await look() : null;
  if (blind) refused(blind);
  else for (const { team, member } of filled) {
    const known = codes.find((code) => code.room === room && code.team === team && code.member === member);
    if (known && (known.state === 'joined' || known.state === 'unknown' || isOpen(known))) continue;
    if (!(await issue(known ?? { room, team, member, state: 'new' }))) break;
    made += 1;
  }
  $('make').removeAttribute('aria-disabled');
  if (made) {
    announce(`${made} code${made === 1 ? '' : 's'} ready.`);
    // On a phone they are below the form.
    if ($('codes').getBoundingClientRect().top > innerHeight / 2) $('codes').scrollIntoView({ block: 'start' });
  }

  if (!made && !$('form').querySelector('[aria-invalid], #form-wrong:not(:empty)')) {
    $('form-wrong').textContent = 'Everybody here has a code already, or has joined. Renew one to replace it.';
    announce($('form-wrong').textContent);
  }
  remember();
});

/* one code */

/** A new code for a seat, in place of the one it had. */
async function issue(code) {
  const { room, team, member } = code;
  const answer = await ask('/qr', { method: 'POST', key: key(), body: { room, team, member, ttl_seconds: Number($('ttl').value) } });
  if (answer.ok !== 'yes') return refused(answer);
  const before = code.id;
  Object.assign(code, { id: answer.id, url: answer.url, svg: answer.svg, until: performance.now() + answer.expires_in * 1000, ends: Date.now() + answer.expires_in * 1000, state: 'waiting', made: Date.now() });
  if (!codes.includes(code)) codes.push(code);
  trouble('');
  paint(code);
  remember();
  // The old one ends only when the new one is there.
  if (before) {
    replaced.push(before);
    await revokeReplaced();
  }
  return true;
}

/** Ids of codes that have a successor and are to be revoked. */
const replaced = [];

async function revokeReplaced() {
  for (const id of replaced.splice(0)) {
    const answer = await ask(`/qr/${id}`, { method: 'DELETE', key: key() });
    if (answer.ok !== 'yes') replaced.push(id); // again with the next look
  }
}

const key = () => $('key').value.trim();

function refused(answer) {
  if (answer.status === 401) {
    $('key').setAttribute('aria-invalid', 'true');
    $('key-wrong').textContent = 'This key is not known here. Check that it was pasted whole.';
    $('key').focus();
    announce($('key-wrong').textContent, 'assertive');
    return false;
  }
  const wait = answer.retryAfter ? ` Try again in ${spoken(answer.retryAfter)}.` : '';
  $('form-wrong').textContent = answer.status === 400 && answer.detail ? answer.detail : `${answer.say}${wait}`;
  announce($('form-wrong').textContent, 'assertive');
  return false;
}

async function renew(code) {
  if (code.busy) return;
  if (code.state === 'joined') {
    const sure = await confirmFirst({
      title: `A new code for ${code.member}?`, text: `${code.member} has joined. A new code ends that session, and ${code.member} has to scan again.`, yes: 'New code', no: 'Keep the session',
    });
    if (!sure) return;
  }
  if (!hasKey()) return;
  code.busy = true;
  if (await issue(code)) announce(`A new code for ${code.member}.`);
  code.busy = false;
}

async function revoke(code) {
  const joined = code.state === 'joined';
  const sure = await confirmFirst({
    title: joined ? `End ${code.member}'s session?` : `Revoke ${code.member}'s code?`,
    text: joined ? `${code.member} is signed out at once and needs a new code to come back.` : 'It stops working at once. You can make a new one any time.',
    yes: joined ? 'End session' : 'Revoke',
  });
  if (!sure || !hasKey()) return;
  const answer = await ask(`/qr/${code.id}`, { method: 'DELETE', key: key() });
  if (answer.ok !== 'yes') {
    refused(answer);
    return trouble(`${code.member}'s code was not revoked. ${answer.say}`);
  }
  change(code, 'revoked');
}

function hasKey() {
  if (key()) return true;
  $('key').setAttribute('aria-invalid', 'true');
  $('key-wrong').textContent = 'Paste your organiser key first.';
  $('key').focus();
  announce($('key-wrong').textContent, 'assertive');
  return false;
}

const SAID = {
  joined: (code) => `${code.member} has joined.`,
  expired: (code) => `The code for ${code.member} has expired.`,
  revoked: (code) => `${code.member}'s code no longer works.`,
};

function change(code, state) {
  if (code.state === state) return;
  code.state = state;
  if (state !== 'waiting') code.svg = code.url = null;
  announce(SAID[state]?.(code) ?? '');
  paint(code);
  remember();
}

/* looking after them */

let looking = false;
let looks = 0;

/** Asks after every code that can still change; those who have joined, less often. Tells what went wrong, if anything. */
async function look() {
  if (looking || !key()) return null;
  looking = true;
  looks += 1;
  let failed = null;
  await revokeReplaced();
  const due = codes.filter((code) => !code.busy && (code.state === 'waiting' || code.state === 'unknown' || (code.state === 'joined' && looks % 4 === 0)));
  for (const code of due) {
    const { id } = code;
    const answer = await ask(`/qr/${id}`, { key: key(), timeout: 8000 });
    if (answer.ok !== 'yes') {
      failed = answer;
      trouble(answer.status === 401 ? 'The key is not known here, so this page cannot tell who has joined.' : `${answer.say} What you see may be old; trying again.`);
      break;
    }
    trouble('');
    // It may have been renewed while this was under way.
    if (code.id !== id) continue;
    if (answer.state === 'used') change(code, 'joined');
    else if (answer.state === 'revoked') change(code, 'revoked');
    else if (code.state === 'unknown' ? Date.now() > code.ends : secondsLeft(code) <= 0) change(code, 'expired');
    else if (code.state === 'unknown' && !code.unused) { code.unused = true; paint(code); }
  }
  looking = false;
  return failed;
}

function trouble(text) {
  if ($('trouble').textContent === text) return;
  $('trouble').textContent = text;
  $('trouble').hidden = !text;
  if (text) announce(text, 'assertive');
}

const secondsLeft = (code) => Math.max(0, (code.until - performance.now()) / 1000);

function tick() {
  for (const code of codes) {
    if (code.state !== 'waiting') continue;
    const left = secondsLeft(code);
    // One more look a moment later: it may have been used in its last second.
    if (left <= 0 && code.svg) { code.svg = code.url = null; paint(code); look(); }
    const whole = Math.ceil(left);
    if (whole === code.told) continue;
    code.told = whole;
    for (const place of document.querySelectorAll(`[data-left="${code.id}"]`)) {
      place.textContent = duration(left);
      place.classList.toggle('soon', left <= 20);
    }
    if (whole === 20) announce(`${code.member}'s code has 20 seconds left.`);
    if (shownFull === code) paintClock(code);
  }
}

/* showing them */

const STATES = { waiting: 'Waiting', joined: 'Joined', expired: 'Expired', revoked: 'Ended', unknown: 'Made earlier' };
const isOpen = (code) => code.state === 'waiting' && Boolean(code.svg);
const stateOf = (code) => (code.state === 'waiting' && !code.svg ? 'expired' : code.state);

/** Draws one card anew, or all of them; a focused button keeps its focus. */
function paint(code) {
  $('nothing').hidden = codes.length > 0;
  $('remembered').hidden = codes.length === 0;
  const joined = codes.filter(({ state }) => state === 'joined').length;
  $('tally').textContent = codes.length ? `${joined} of ${codes.length} joined` : '';
  for (const one of code ? [code] : codes) {
    const name = one.card?.contains(document.activeElement) ? document.activeElement.dataset.does : null;
    const card = draw(one);
    if (one.card) one.card.replaceWith(card); else $('cards').append(card);
    one.card = card;
    one.told = null;
    if (name) (card.querySelector(`[data-does="${name}"]`) ?? card.querySelector('button')).focus();
    if (shownFull === one) paintFull();
  }
  tick();
}

function image(code) {
  return el('img', { src: `data:image/svg+xml,${encodeURIComponent(code.svg)}`, alt: `QR code for ${code.member} of ${code.team} to join ${code.room}` });
}

function draw(code) {
  const state = stateOf(code);
  // Read out of their cards, buttons say whom they are about; they begin with what is seen (WCAG 2.5.3).
  const button = (does, text, more, onclick, kind = 'quiet') => el('button', {
    type: 'button', class: `button ${kind}`, 'data-does': does, onclick, 'aria-label': `${text} ${more} ${code.member}`,
  }, text);
  const buttons = isOpen(code)
    ? [button('full', 'Full screen', 'code for', () => full(code), ''),
      button('copy', 'Copy link', 'for', (event) => copy(event.currentTarget, code.url)),
      button('renew', 'Renew', 'code for', () => renew(code)),
      button('revoke', 'Revoke', 'code for', () => revoke(code), 'danger')]
    : state === 'joined' || state === 'unknown'
      ? [button('renew', 'New code', 'for', () => renew(code)),
        button('revoke', state === 'joined' ? 'End session' : 'Revoke', 'of', () => revoke(code), 'danger')]
      : [button('renew', 'New code', 'for', () => renew(code), '')];
  return el('li', { class: `card code ${state}` },
    el('div', {}, el('h3', {}, code.member), el('p', { class: 'soft' }, `${code.team} · ${code.room}`)),
    el('div', { class: 'screen' }, isOpen(code)
      ? el('button', { type: 'button', class: 'qr', 'data-does': 'qr', 'aria-label': `Show ${code.member}'s code full screen`, onclick: () => full(code) }, image(code))
      : blank(code, state)),
    el('div', { class: 'state' }, el('span', { class: 'pill' }, STATES[state]),
      isOpen(code) ? el('span', { class: 'left', role: 'timer', 'aria-label': `Time left for ${code.member}`, 'data-left': code.id }) : null),
    el('div', { class: 'row' }, ...buttons));
}

function blank(code, state) {
  const [title, text] = {
    joined: ['Joined', 'The code is used up.'],
    expired: ['Time ran out', 'Nobody used this code.'],
    revoked: ['Ended', 'Revoked, or they left.'],
    unknown: ['Made earlier', !key() ? 'Paste your key to see whether it was used.' : code.unused ? 'Not used yet. The code itself is not kept.' : 'Looking…'],
  }[state];
  const mark = state === 'joined' ? document.querySelector('.brand svg').cloneNode(true) : null;
  return el('div', { class: `blank ${state}` }, mark, el('strong', {}, title), el('span', {}, text));
}

/* full screen */

function full(code) {
  shownFull = code;
  paintFull();
  $('full').showModal();
}

function paintFull() {
  const state = stateOf(shownFull);
  $('full-name').textContent = shownFull.member;
  $('full-team').textContent = `${shownFull.team} · ${shownFull.room}`;
  $('full-screen').replaceChildren(isOpen(shownFull) ? image(shownFull) : blank(shownFull, state));
  $('full-renew').textContent = isOpen(shownFull) ? 'Renew' : 'New code';
  $('full-renew').classList.toggle('quiet', isOpen(shownFull));
  paintClock(shownFull);
}

function paintClock(code) {
  $('full-state').classList.toggle('soon', isOpen(code) && secondsLeft(code) <= 20);
  $('full-state').textContent = isOpen(code) ? duration(secondsLeft(code)) : {
    joined: `${code.member} is in.`, expired: 'Make a new code to go on.', revoked: 'This code no longer works.',
  }[stateOf(code)] ?? '';
}

$('full-renew').addEventListener('click', () => renew(shownFull));
$('full-close').addEventListener('click', () => $('full').close());
$('full').addEventListener('close', () => {
  shownFull?.card.querySelector('[data-does="full"], [data-does="renew"]')?.focus();
  shownFull = null;
});

/* what this browser remembers: names and numbers of codes, never the key, never a code */

function remember() {
  memory.write(REMEMBERED, {
    room: $('room').value.trim(),
    people: people().map(({ team, member }) => ({ team, member })).filter(({ team, member }) => team || member),
    codes: codes.filter(({ state }) => state === 'waiting' || state === 'joined' || state === 'unknown')
      .map(({ id, room, team, member, made, ends }) => ({ id, room, team, member, made, ends })),
  });
}

function recall() {
  const known = memory.read(REMEMBERED);
  $('room').value = known?.room ?? '';
  for (const one of known?.people?.length ? known.people : [{}, {}]) person(one);
  for (const code of known?.codes ?? []) {
    if (Date.now() - code.made < KEPT_FOR) codes.push({ ...code, state: 'unknown', until: 0 });
  }
}

$('key').addEventListener('change', () => {
  $('key').removeAttribute('aria-invalid');
  $('key-wrong').textContent = '';
  for (const code of codes) if (code.state === 'unknown') paint(code);
  look();
});

$('forget').addEventListener('click', () => {
  memory.forget(REMEMBERED);
  for (const code of codes.splice(0)) code.card.remove();
  paint();
  announce('Forgotten. Codes that were made still work until they expire.');
  $('room').focus();
});

/* everything is in place */

recall();
paint();
setInterval(tick, 250);
setInterval(() => { if (!document.hidden) look(); }, 2000);
document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
