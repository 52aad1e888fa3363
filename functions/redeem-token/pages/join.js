// The invite is in the fragment, which no server sees. It is taken out of the address at once, so that neither history
// nor a shoulder keeps it, and lives in this variable only. Opening the page redeems nothing: only a button does.

let invite = '';
let ticking = 0;
const main = $('main');

takeInvite();
addEventListener('hashchange', takeInvite);
addEventListener('online', () => { if (main.dataset.showing === 'trouble' && invite) look(); });
$('again').addEventListener('click', look);
$('here').addEventListener('click', join);
$('watch').addEventListener('click', () => setTimeout(() => {
  // No browser tells whether an app opened; one that did covers this page.
  if (document.hidden) return;
  $('unopened').hidden = false;
  announce($('unopened').textContent);
}, 1500));

function takeInvite() {
  const found = decodeURIComponent(location.hash.slice(1)).trim();
  if (location.hash) history.replaceState(null, '', location.pathname);
  if (found) invite = found;
  if (invite) look(); else show(main, 'nothing', { focus: false });
}

async function look() {
  show(main, 'looking', { focus: false });
  const answer = await ask('/redeem', { method: 'POST', body: { invite, preview: true } });
  if (answer.ok !== 'yes') return explain(answer);
  $('by').textContent = answer.invited_by;
  $('invited-title').textContent = answer.room;
  $('member').textContent = answer.member;
  $('team').textContent = answer.team;
  document.title = `${answer.invited_by} invites you to ${answer.room} · Truce`;
  const link = `${location.origin}/j#${invite}`;
  $('watch').href = `shortcuts://run-shortcut?name=Truce%20Join&input=text&text=${encodeURIComponent(link)}`;
  count(Date.parse(answer.expires_at));
  await tellOfOther();
  show(main, 'invited');
  announce(`${answer.say} ${$('other').textContent}`.trim());
}

/** A browser keeps one session: whoever is in a room already is told what joining would end here. */
async function tellOfOther() {
  const here = await ask('/health');
  const other = here.code === 'session-valid';
  $('other').hidden = !other;
  $('other').textContent = other
    ? `This browser is in ${here.room} as ${here.member}. Joining here ends that in this browser.`
    : '';
}

function count(until) {
  clearInterval(ticking);
  const tick = () => {
    const left = (until - serverNow()) / 1000;
    if (left <= 0 && main.dataset.showing === 'invited') return refuse();
    $('left').textContent = `The code holds for another ${duration(left)}. After that you need a new one; once you're in, you're in.`;
  };
  ticking = setInterval(tick, 1000);
  tick();
}

async function join() {
  const button = $('here');
  if (button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-disabled', 'true');
  const answer = await ask('/redeem', { method: 'POST', body: { invite, keep: 'cookie' } });
  if (answer.ok === 'yes') {
    invite = '';
    clearInterval(ticking);
    announce(answer.say);
    location.assign('/talk');
    return;
  }
  button.removeAttribute('aria-disabled');
  explain(answer);
}

function explain(answer) {
  if (answer.status === 401) return refuse();
  const [title, text] = answer.code === 'offline'
    ? ["You're offline", 'Your invitation is safe and unused. This page goes on by itself when you are back.']
    : answer.status === 429
      ? ['One moment', `That was a lot at once. Try again in ${spoken(answer.retryAfter || 60)}.`]
      : isPassing(answer)
        ? ["Truce can't answer just now", 'Your invitation was not touched. Try again in a moment.']
        : ["That didn't work", answer.say];
  $('trouble-title').textContent = title;
  $('trouble-text').textContent = text;
  show(main, 'trouble');
  announce(`${title}. ${text}`, 'assertive');
}

function refuse() {
  invite = '';
  clearInterval(ticking);
  show(main, 'invalid');
  announce('This invitation no longer works. Ask your organiser for a new one.', 'assertive');
}
