// Shared by all pages; stands before each page's own script, in the same block.
// What people wrote goes into the page as text, never as markup.

const $ = (id) => document.getElementById(id);

/** An element with attributes and children; strings become text. */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Shows one screen of `root` and hides the others; with `focus`, readers start at its heading. */
function show(root, name, { focus = true } = {}) {
  for (const screen of root.querySelectorAll('[data-screen]')) {
    screen.hidden = screen.dataset.screen !== name;
  }
  root.dataset.showing = name;
  if (focus) root.querySelector(`[data-screen="${name}"] [tabindex="-1"]`)?.focus({ preventScroll: true });
}

/** Tells screen readers, without moving anybody. */
function announce(text, how = 'polite') {
  const region = $(how === 'assertive' ? 'alert' : 'status');
  if (!region) return;
  region.textContent = '';
  // The same words twice are news twice: readers speak only what changes.
  setTimeout(() => { region.textContent = text; }, 60);
}

let clockAhead = 0; // how far the server's clock is ahead of ours, in ms
const serverNow = () => Date.now() + clockAhead;

/**
 * One flat answer, whatever happens: the six keys are always there, and `status` is 0 when nobody answered.
 * Never throws, except when `signal` was aborted.
 */
async function ask(path, { method = 'GET', body, key, signal, timeout = 30000 } = {}) {
  const headers = { accept: 'application/json' };
  if (body) headers['content-type'] = 'application/json';
  if (key) headers.authorization = `Bearer ${key}`;
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), timeout);
  const stop = () => control.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  const nobody = { ok: 'no', menu: [], draft: '', cursor: '', status: 0, retryAfter: 0 };
  try {
    const response = await fetch(path, {
      method, headers, body: body && JSON.stringify(body), credentials: 'same-origin', cache: 'no-store', referrerPolicy: 'no-referrer',
      redirect: 'error', signal: control.signal,
    });
    const retryAfter = Number(response.headers.get('retry-after')) || 0;
    const date = Date.parse(response.headers.get('date') ?? '');
    // The header counts whole seconds; less than two apart is not worth correcting.
    if (date) clockAhead = Math.abs(date - Date.now()) < 2000 ? 0 : date - Date.now();
    const answer = await response.json().catch(() => null);
    if (typeof answer?.code !== 'string' || typeof answer.say !== 'string') {
      return { ...nobody, status: response.status, retryAfter, code: 'unreadable', say: 'The answer made no sense. Try again shortly.' };
    }
    return { ...nobody, ...answer, status: response.status, retryAfter };
  } catch (error) {
    if (signal?.aborted) throw error;
    const say = navigator.onLine ? "Truce can't be reached right now." : 'You are offline.';
    return { ...nobody, code: navigator.onLine ? 'unreachable' : 'offline', say };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** Worth asking again without anybody changing anything. */
const isPassing = (answer) => answer.status === 0 || answer.status === 429 || answer.status >= 500;

/** How long to wait before attempt `n`, in ms: doubled each time up to half a minute, a little different for everybody. */
function backoff(n, retryAfter = 0) {
  const wait = Math.min(30000, 1000 * 2 ** Math.min(n, 5));
  return Math.max(retryAfter * 1000, wait * (0.75 + Math.random() / 2));
}

const sleep = (ms, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
});

/** 75 -> "1:15", 9 -> "9 s" */
function duration(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  return left < 60 ? `${left} s` : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
}

/** "in 2 minutes", in words for a sentence. */
function spoken(seconds) {
  const left = Math.max(0, Math.round(seconds));
  if (left < 90) return `${left} second${left === 1 ? '' : 's'}`;
  return `${Math.round(left / 60)} minutes`;
}

/** Asks in a dialog of the page; resolves to whether the answer was yes. */
function confirmFirst({ title, text, yes, no = 'Keep it' }) {
  return new Promise((resolve) => {
    const dialog = el('dialog', { class: 'confirm', 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
      el('h2', { id: 'confirm-title' }, title),
      el('p', { id: 'confirm-text' }, text),
      el('div', { class: 'row' },
        el('button', { type: 'button', class: 'button quiet', onclick: () => dialog.close('no') }, no),
        el('button', { type: 'button', class: 'button danger', onclick: () => dialog.close('yes') }, yes)));
    dialog.addEventListener('close', () => { dialog.remove(); resolve(dialog.returnValue === 'yes'); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** What this browser remembers. A browser that remembers nothing is fine. */
const memory = {
  read(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
  write(name, value) { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* full, or not allowed */ } },
  forget(name) { try { localStorage.removeItem(name); } catch { /* not allowed */ } },
};

/** Copies, and says on the button whether it worked. */
async function copy(button, text) {
  const label = button.dataset.label ??= button.textContent;
  let said = 'Copied';
  try { await navigator.clipboard.writeText(text); } catch { said = "Couldn't copy"; }
  button.textContent = said;
  announce(said);
  setTimeout(() => { button.textContent = label; }, 1800);
}
