// The Watch, in a browser: one screen at a time. The session is in a cookie this script cannot read. What somebody says
// goes to the mediator and comes back as a draft; it is sent when they tap, and not before.

const face = $('face');
let seat = null; // whose session this is, or null
let draft = ''; // of the proposal or question on the screen
let spokenText = ''; // what the proposal was made from, in case it has to be said again
const visit = []; // what happened while this page was open, newest first

begin();

/* who am I? */

async function begin() {
  show(face, 'loading', { focus: false });
  const answer = await ask('/redeem');
  if (answer.status === 401) return answer.code === 'session-missing' ? over('stranger') : over('ended');
  if (answer.ok !== 'yes') return trouble(answer);
  seat = { room: answer.room, team: answer.team, member: answer.member };
  $('me').textContent = seat.member;
  $('my-team').textContent = seat.team;
  $('my-room').textContent = seat.room;
  $('seat').hidden = false;
  document.title = `${seat.member} in ${seat.room} · Truce`;
  lasts(answer);
  home({ focus: false });
  announce(answer.say);
  listen();
}

function over(screen) {
  seat = null;
  listening?.abort();
  $('seat').hidden = true;
  document.title = `${$(`${screen}-title`).textContent} · Truce`;
  show(face, screen);
  announce($(`${screen}-title`).textContent, 'assertive');
}

function trouble(answer) {
  $('trouble-title').textContent = answer.status === 0 ? 'No connection' : 'Not right now';
  $('trouble').textContent = answer.status === 0
    ? `${answer.say} Nothing is lost.`
    : 'Truce is there, but something behind it is not. Nothing is lost.';
  show(face, 'trouble');
  announce($('trouble').textContent, 'assertive');
}

$('retry').addEventListener('click', begin);
addEventListener('online', () => { if (face.dataset.showing === 'trouble') begin(); });

/* the session goes on by itself: renewed when less than half of its life is left */

const lifeKey = () => `truce.life:${JSON.stringify(Object.values(seat))}`;

function lasts({ expires_at, ends_at }) {
  const until = Date.parse(expires_at);
  const known = memory.read(lifeKey());
  const since = known?.until === until ? known.since : serverNow();
  memory.write(lifeKey(), { since, until });
  // At its absolute end nothing can be renewed any more.
  seat.renewAt = until >= Date.parse(ends_at) ? Infinity : since + (until - since) / 2;
}

async function renew() {
  seat.renewAt = serverNow() + 60_000; // not again while this is under way, and not at once if it fails
  const answer = await ask('/redeem', { method: 'POST', body: {} });
  if (answer.ok === 'yes' && seat) lasts(answer);
}

/* listening */

const queue = []; // received and not answered yet
let answering = null; // the received message being answered in one's own words
let listening = null;
let cursor = '';
const cursorKey = () => `truce.cursor:${JSON.stringify([seat.room, seat.team, seat.member])}`;

async function listen() {
  if (!seat || document.hidden || (listening && !listening.signal.aborted)) return;
  const { signal } = listening = new AbortController();
  cursor ||= memory.read(cursorKey()) ?? '';
  for (let failures = 0; !signal.aborted;) {
    if (serverNow() > seat.renewAt) await renew();
    const began = performance.now();
    // After trouble the first answer should come at once, to tell that it is over.
    const wait = $('line').classList.contains('off') ? 0 : 20;
    const answer = await ask(inbox(cursor, wait), { signal, timeout: 40_000 }).catch(() => null);
    if (!answer || signal.aborted || !seat) return;
    if (answer.status === 401) return over('ended');
    if (answer.ok !== 'yes') {
      if (answer.status === 400) cursor = ''; // a cursor of another time: from the beginning
      const pause = backoff(failures++, answer.retryAfter);
      connected(false, `${answer.say} Trying again in ${duration(pause / 1000)}.`);
      await sleep(pause, signal);
      continue;
    }
    failures = 0;
    connected(true);
    if (answer.code === 'message') {
      take({ ...answer, after: cursor, at: Date.now() });
      cursor = answer.cursor;
      while (queue.length >= 20 && !signal.aborted) await sleep(1000, signal);
    } else {
      cursor = answer.cursor || cursor;
      if (!queue.length) memory.write(cursorKey(), cursor);
      // A host that cannot wait answers at once, and says when to ask again.
      const waited = performance.now() - began;
      await sleep(Math.max(answer.retryAfter * 1000, waited < 1000 ? 3000 : 100), signal);
    }
  }
}

const inbox = (after, wait) => `/mediate?${new URLSearchParams({ ...(after && { after }), wait })}`;

function connected(is, text = 'Listening for messages') {
  $('line').classList.toggle('off', !is);
  if ($('line-text').textContent === text) return;
  const was = $('line-text').textContent;
  $('line-text').textContent = text;
  // Once when it breaks and once when it is back; not for every attempt.
  if (is || was === 'Listening for messages') announce(is ? 'Connected again.' : text);
}

addEventListener('online', () => { listening?.abort(); listen(); });
addEventListener('offline', () => {
  if (!seat) return;
  listening?.abort(); // a long wait would not notice for a while
  connected(false, 'You are offline. Messages will come when you are back.');
});
document.addEventListener('visibilitychange', () => { if (document.hidden) listening?.abort(); else listen(); });
$('line-text').textContent = 'Listening for messages';

/** A message arrived. It comes up by itself only when nobody is in the middle of something. */
function take(message) {
  queue.push(message);
  buzz([40, 60, 40]);
  announce(message.say);
  if (face.dataset.showing === 'home' && !$('say-text').value.trim() && !hearing) next();
  else badge();
}

function badge() {
  const button = $('open-history');
  button.classList.toggle('news', queue.length > 0);
  button.textContent = queue.length ? `${queue.length} new` : 'This visit';
  document.title = `${queue.length ? `(${queue.length}) ` : ''}${seat?.member ?? ''} in ${seat?.room ?? ''} · Truce`;
}

/* the received message */

/** The oldest message that waits, or home. */
function next() {
  badge();
  answering = null;
  const message = queue[0];
  if (!message) return home();
  const did = { agreement: 'agreed', reply: 'answers' }[message.kind] ?? '';
  $('message-title').textContent = `${message.from_member} (${message.from_team}) ${did}`.trim();
  const more = queue.length - 1;
  $('message-when').textContent = [ago(message.sent_at), more ? `${more} more after this` : ''].filter(Boolean).join(' · ');
  $('message').textContent = message.message;
  const keys = message.menu.map((reply) => key(reply, () => quick(message, reply)));
  if (!message.menu.length) keys.push(key('All right', () => finish(message, '')));
  keys[0].classList.add('first');
  const own = key('In my own words', () => inOwnWords(message));
  own.classList.add('own');
  $('message-menu').replaceChildren(...keys, ...(message.draft ? [own] : []));
  wrong('');
  show(face, 'message');
}

function key(text, onclick) {
  return el('button', { type: 'button', class: 'key', onclick }, text);
}

/** Done with a message, answered or not: it is read, and the next visit begins after it. */
function finish(message, answered) {
  const at = queue.indexOf(message);
  if (at >= 0) queue.splice(at, 1);
  const known = visit.find((entry) => entry.message === message);
  if (known) known.answered ||= answered;
  else {
    memory.write(cursorKey(), message.cursor);
    note({ from: `${message.from_member} (${message.from_team})`, text: message.message, message, answered });
  }
  if (!answered) next();
}

async function quick(message, reply) {
  const answer = await working(() => withFresh(message, (sealed) => post({ choice: reply, draft: sealed })));
  if (!answer) return;
  if (answer.code !== 'replied' && answer.code !== 'agreed') return failed(answer);
  finish(message, reply);
  note({ text: reply, to: message.from_member, agreed: answer.code === 'agreed' });
  if (answer.code === 'replied') return outcome('Answered', answer.say, reply);
  outcome('Agreed', [answer.who, answer.by_when].filter(Boolean).join(' · ') || answer.say, answer.what || reply);
}

/** A draft holds for fifteen minutes; a message may wait longer for its answer, and then gets a fresh one. */
async function withFresh(message, send) {
  const stale = Date.now() - message.at > 13 * 60_000;
  const first = stale ? null : await send(message.draft);
  if (first && first.code !== 'draft-invalid') return first;
  const again = await ask(inbox(message.after, 0));
  if (again.code !== 'message' || again.cursor !== message.cursor) return first ?? again;
  Object.assign(message, { draft: again.draft, at: Date.now() });
  return send(again.draft);
}

$('later').addEventListener('click', () => finish(queue[0], ''));

function inOwnWords(message) {
  answering = message;
  $('own-title').textContent = `To ${message.from_member}`;
  $('own-quote').textContent = message.message;
  wrong('');
  show(face, 'own', { focus: false });
  $('own-text').focus({ preventScroll: true });
}

$('own-back').addEventListener('click', () => showAgain(answering));

function showAgain(message) {
  if (!queue.includes(message)) queue.unshift(message);
  next();
}

/* saying something */

const post = (body) => ask('/mediate', { method: 'POST', body });

/** One thing at a time: what is tapped while something is under way does nothing. */
async function working(task) {
  if (face.getAttribute('aria-busy') === 'true') return null;
  face.setAttribute('aria-busy', 'true');
  wrong('');
  try { return await task(); } finally { face.removeAttribute('aria-busy'); }
}

async function say(field, send) {
  const text = field.value.trim();
  if (!text) {
    wrong('Say or type something first.');
    field.focus();
    return;
  }
  spokenText = text;
  const answer = await working(() => send(text));
  if (answer) heard(answer, field);
}

function onForm(form, field, send) {
  const submit = (event) => { event.preventDefault(); stopHearing(); say($(field), send); };
  $(form).addEventListener('submit', submit);
  $(field).addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
  });
}
onForm('say-form', 'say-text', (text) => post({ text }));
onForm('more-form', 'more-text', (text) => post({ text, draft }));
onForm('own-form', 'own-text', (text) => withFresh(answering, (sealed) => post({ text, draft: sealed })));

function heard(answer, field) {
  switch (answer.code) {
    case 'reframed': case 'civil': case 'safety-check': field.value = ''; return propose(answer);
    case 'tell-me-more':
      field.value = '';
      draft = answer.draft;
      $('question').textContent = answer.say;
      show(face, 'question', { focus: false });
      $('more-text').focus({ preventScroll: true });
      return announce(answer.say);
    case 'declined': wrong(answer.say); announce(answer.say, 'assertive'); return field.focus();
    case 'escalated':
      field.value = spokenText = '';
      $('human').textContent = answer.say;
      show(face, 'human');
      return announce(answer.say, 'assertive');
    default: failed(answer);
  }
}

const TITLES = { civil: 'Fine as it is', 'safety-check': 'Before I go on' };

function propose(answer) {
  draft = answer.draft;
  $('proposal-title').textContent = TITLES[answer.code] ?? 'How it would be put';
  $('heard').textContent = answer.heard || (answer.code === 'reframed' ? $('heard').textContent : '');
  $('proposed').textContent = answer.message || answer.say;
  $('asked-for').textContent = '';
  const keys = answer.menu.map((choice) => key(choice, () => choose(choice)));
  if (answer.code !== 'safety-check') keys[0]?.classList.add('first');
  $('proposal-menu').replaceChildren(...keys);
  show(face, 'proposal');
  announce(answer.say);
}

async function choose(choice) {
  const answer = await working(() => post({ choice, draft }));
  if (!answer) return;
  switch (answer.code) {
    case 'reframed': case 'civil': case 'tell-me-more': case 'escalated': return heard(answer, $('say-text'));
    case 'declined': home(); return heard(answer, $('say-text'));
    case 'sent': return sent(answer);
    case 'cancelled': return cancelled(answer);
    case 'draft-invalid':
      $('say-text').value = spokenText;
      home();
      wrong(answer.say);
      return announce(answer.say, 'assertive');
    default: failed(answer);
  }
}

function sent(answer) {
  const words = answer.message || $('proposed').textContent;
  const to = answering?.from_member ?? '';
  if (answering) finish(answering, words);
  answering = null;
  spokenText = '';
  note({ text: words, to });
  outcome('Sent', to ? `To ${to}.` : 'The other side has it now.', words);
}

function cancelled(answer) {
  announce(answer.say);
  if (answering) return showAgain(answering);
  $('say-text').value = '';
  home();
}

$('drop').addEventListener('click', () => {
  $('more-text').value = '';
  cancelled({ say: 'Nothing was sent.' });
});

function outcome(title, text, words) {
  $('outcome-title').parentElement.classList.toggle('agreed', title === 'Agreed');
  $('outcome-title').textContent = title;
  $('outcome').textContent = text;
  $('outcome-words').textContent = words;
  buzz(30);
  show(face, 'outcome');
  announce(`${title}. ${text}`);
}
$('done').addEventListener('click', next);
$('human-done').addEventListener('click', () => (answering ? showAgain(answering) : next()));

function failed(answer) {
  if (answer.status === 401) return over('ended');
  const wait = answer.retryAfter ? ` Try again in ${spoken(answer.retryAfter)}.` : '';
  const text = isPassing(answer) ? `${answer.say}${wait} Nothing was sent.` : answer.say;
  wrong(text);
  announce(text, 'assertive');
}

/** What went wrong, on the screen that is showing. */
function wrong(text) {
  for (const place of face.querySelectorAll('[data-wrong]')) place.textContent = place.closest('[hidden]') ? '' : text;
}

function home({ focus = true } = {}) {
  wrong('');
  show(face, 'home', { focus });
}

/* lists */

const whose = ({ agreed, to }) => (agreed ? `You agreed, with ${to}` : to ? `You, to ${to}` : 'You, to the other side');

function note(entry) {
  visit.unshift({ at: Date.now(), ...entry });
}

$('open-history').addEventListener('click', () => {
  if (queue.length) return next();
  $('history-none').hidden = visit.length > 0;
  $('history').replaceChildren(...visit.map((entry) => el('li', { class: entry.from ? 'from-them' : '' },
    el('p', { class: 'meta' }, `${entry.from ?? whose(entry)} · ${clock(entry.at)}`),
    el('p', { class: 'said' }, entry.text),
    entry.message?.draft && !entry.answered ? key('Answer', () => { showAgain(entry.message); }) : null)));
  show(face, 'history');
});

$('open-agreements').addEventListener('click', agreements);
$('agreements-again').addEventListener('click', agreements);
for (const back of document.querySelectorAll('[data-home]')) back.addEventListener('click', next);

async function agreements() {
  $('agreements').replaceChildren();
  $('agreements-again').hidden = true;
  $('agreements-none').textContent = 'One moment…';
  show(face, 'agreements');
  const answer = await ask('/mediate?view=agreements');
  if (answer.status === 401) return over('ended');
  if (answer.ok !== 'yes') {
    $('agreements-none').textContent = answer.say;
    $('agreements-again').hidden = false;
    return announce(answer.say, 'assertive');
  }
  $('agreements-none').textContent = answer.agreements.length ? '' : 'None yet. When somebody says yes to a request, it is written down here for everybody.';
  $('agreements').replaceChildren(...answer.agreements.map((one) => el('li', {},
    el('p', { class: 'said' }, one.what),
    one.by_when ? el('p', { class: 'by' }, `By when: ${one.by_when}`) : null,
    el('p', { class: 'meta' }, `${one.who}, with ${one.with} · ${ago(one.at)}`))));
  announce(answer.agreements.length ? `${answer.agreements.length} agreements` : $('agreements-none').textContent);
}

/* leaving */

$('leave').addEventListener('click', async () => {
  const sure = await confirmFirst({
    title: 'Leave the room?', text: 'This browser is signed out, and unread messages stay unread. To come back you need a new code.', yes: 'Leave', no: 'Stay',
  });
  if (!sure) return;
  const answer = await ask('/redeem', { method: 'DELETE' });
  if (answer.ok !== 'yes' && answer.status !== 401) {
    connected(false, `${answer.say} You are still in; try to leave again.`);
    return announce(answer.say, 'assertive');
  }
  memory.forget(lifeKey());
  queue.length = visit.length = 0;
  for (const field of document.querySelectorAll('textarea')) field.value = '';
  over('left');
});

/* small things */

const clock = (at) => new Date(at).toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });

function ago(time) {
  const minutes = Math.round((serverNow() - Date.parse(time)) / 60_000);
  if (!(minutes >= 0)) return '';
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  return minutes < 24 * 60 ? clock(Date.parse(time)) : new Date(time).toLocaleDateString([], { day: 'numeric', month: 'short' });
}

/** A browser buzzes only for somebody who has touched the page. */
function buzz(pattern) {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(pattern);
}

const tellTime = () => { $('clock').textContent = clock(Date.now()).replace(/[^\d:.]/g, ''); };
tellTime();
setInterval(tellTime, 5000);
