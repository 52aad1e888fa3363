// Wrists in a browser. The server says what the built Shortcut asks for next; here somebody says, taps and scans, and here are
// the network and what is kept. Whoever presses the crown ends the run, as on a Watch.

const FACES = new URLSearchParams(location.search).get('size');
const OVER = Symbol('the run is over');
const CALL_LIMIT = 60_000; // how long a Shortcut waits for an answer

let shortcuts = [];
let count = 0;
const hasNetwork = () => $('network').checked;
$('aloud-chip').hidden = !('speechSynthesis' in window);

begin();

async function begin() {
  const answer = await ask('/watch/shortcuts');
  if (answer.ok !== 'yes') {
    $('nothing').textContent = `${answer.say} Reload the page to try again.`;
    $('nothing').hidden = false;
    return;
  }
  ({ shortcuts } = answer);
  const asked = document.querySelector(`[name="size"][value="${CSS.escape(FACES ?? '')}"]`);
  if (asked) asked.checked = true;
  // Wrists of this tab from before it was loaded again.
  const before = Number(kept.read('wrists')) || 1;
  for (let at = 0; at < before; at += 1) new Wrist();
  resize();
}

$('another').addEventListener('click', () => {
  const wrist = new Wrist();
  kept.write('wrists', count);
  resize();
  wrist.root.querySelector('.app-key').focus();
  announce(`${wrist.name} is there.`);
});
$('settings').addEventListener('submit', (event) => event.preventDefault());
$('settings').addEventListener('change', ({ target }) => {
  if (target.name === 'size') resize();
  if (target.id === 'network') announce(target.checked ? 'There is a network.' : 'There is no network.');
});

function resize() {
  const { size } = Object.fromEntries(new FormData($('settings')));
  for (const wearer of document.querySelectorAll('.wearer')) wearer.dataset.size = size;
}

/** In this tab, and gone with it. */
const kept = {
  read: (name) => sessionStorage.getItem(`truce.watch.${name}`),
  write: (name, value) => sessionStorage.setItem(`truce.watch.${name}`, value),
  forget: (name) => sessionStorage.removeItem(`truce.watch.${name}`),
};

class Wrist {
  #run = null; // what ends it, while there is one

  constructor() {
    count += 1;
    this.id = count;
    this.name = `Wrist ${count}`;
    this.root = $('wearer').content.firstElementChild.cloneNode(true);
    this.root.setAttribute('aria-label', this.name);
    this.at('h2').textContent = this.name;
    this.face = this.at('.face');
    this.at('.apps').append(...shortcuts.map((one) => el('li', {}, this.#key(one))));
    this.at('.crown').addEventListener('click', () => this.#run?.end());
    $('wearers').append(this.root);
    this.home();
  }

  at(selector) { return this.root.querySelector(selector); }

  /** A part of a screen. */
  on(screen, selector) { return this.at(`[data-screen="${screen}"] ${selector}`); }

  #key({ name, colour, on_watch: onWatch }) {
    const { namespaceURI } = document.querySelector('svg');
    const [icon, use] = ['svg', 'use'].map((tag) => document.createElementNS(namespaceURI, tag));
    use.setAttribute('href', `#icon-${name.toLowerCase().replaceAll(' ', '-')}`);
    icon.append(use);
    icon.setAttribute('aria-hidden', 'true');
    icon.style.setProperty('--colour', colour);
    const words = el('span', {}, name, onWatch ? null : el('small', {}, 'on the iPhone'));
    return el('button', { type: 'button', class: 'app-key', onclick: () => this.runs(name) }, icon, words);
  }

  home({ focus = false } = {}) {
    this.at('.app').textContent = 'Shortcuts';
    this.root.dataset.place = 'watch';
    show(this.face, 'home', { focus });
  }

  /** Plays one to its end. */
  async runs(name) {
    if (this.#run) return;
    const { signal, end } = this.#begins(name);
    const replies = [];
    for (;;) {
      const answer = await ask('/watch/next', { method: 'POST', body: { shortcut: name, replies } });
      if (signal.aborted) break;
      if (answer.ok !== 'yes' || answer.stopped) {
        const why = answer.stopped ?? answer.detail ?? answer.say;
        this.#note(answer.action, `stopped: ${why}`);
        await this.#tells('stopped', '', why, signal);
        break;
      }
      const { kind, value } = answer.step;
      this.#marks(answer.action);
      if (kind === 'ended') {
        this.#note(answer.action, `ended: ${value.how}`);
        break;
      }
      const reply = await this.#does(kind, value, answer.action, signal);
      if (reply === OVER) break;
      replies.push(reply);
    }
    if (signal.aborted) this.#note('', 'the crown was pressed');
    this.#run = null;
    end();
    this.home({ focus: true });
  }

  #begins(name) {
    const control = new AbortController();
    const end = () => control.abort();
    this.#run = { end };
    const { on_watch: onWatch, actions } = shortcuts.find((one) => one.name === name);
    this.root.dataset.place = onWatch ? 'watch' : 'phone';
    this.at('.app').textContent = name;
    for (const none of this.root.querySelectorAll('.none')) none.hidden = true;
    this.at('.felt').textContent = '';
    this.at('.trace').replaceChildren(el('li', { class: 'run' }, el('span', { class: 'number' }, ''), `${name}, ${actions.length} actions`));
    this.at('.file').replaceChildren(...actions.map((action) => el('li', {}, action)));
    this.#busy('');
    return { signal: control.signal, end };
  }

  #busy(what) {
    this.on('busy', '.what').textContent = what;
    show(this.face, 'busy', { focus: false });
  }

  /** What is done outside, and what is noted of it; a session is never shown. */
  async #does(kind, value, number, signal) {
    const note = (text) => this.#note(number, text);
    switch (kind) {
      case 'dictate': case 'ask': note('listens'); return this.#hears('dictate', value?.prompt || 'Speak', signal);
      case 'scan': note('scans'); return this.#hears('scan', 'Scan a code', signal);
      case 'choose': note(`offers ${value.options.join(', ')}`); return this.#offers(value, signal);
      case 'alert': note(`asks: ${value.title}`); return this.#tells('alert', value.title, value.message, signal, value.cancel);
      case 'show': note('shows it'); return this.#tells('show', '', value.text, signal);
      case 'notify': note('notifies'); return this.#tells('show', '', value.body, signal);
      case 'speak': note(`says: ${value.text}`); return this.#speaks(value.text, signal);
      case 'vibrate': note(`vibrates: ${value.kind}`); return this.#feels(value.kind);
      case 'wait': note(`waits ${value.seconds} s`); await sleep(value.seconds * 1000, signal); return signal.aborted ? OVER : { kind: 'done' };
      case 'call': return this.#calls(value, note, signal);
      case 'get': return this.#looks(value, note);
      case 'set': note(`keeps ${value.key}`); kept.write(this.#place(value.key), value.value); return { kind: 'done' };
      case 'delete': note(`forgets ${value.key}`); kept.forget(this.#place(value.key)); return { kind: 'done' };
      case 'copy': note('copies'); await navigator.clipboard?.writeText(value.text).catch(() => {}); return { kind: 'done' };
      case 'open': note('would open a page'); return { kind: 'done' };
      default: note(`${kind} is not played here`); return OVER;
    }
  }

  #place(key) { return `${this.id}.${key}`; }

  #looks({ key }, note) {
    const value = kept.read(this.#place(key));
    note(value === null ? `has no ${key}` : `has ${key}`);
    return { kind: 'stored', value };
  }

  /** Where in the file it is. */
  #marks(number) {
    const list = this.at('.file');
    list.querySelector('[aria-current]')?.removeAttribute('aria-current');
    const now = list.children[number - 1];
    now?.setAttribute('aria-current', 'step');
    const frame = list.parentElement;
    if (now) frame.scrollTop = now.offsetTop - frame.clientHeight / 3;
  }

  #note(number, text) {
    this.at('.trace').append(el('li', {}, el('span', { class: 'number' }, String(number ?? '')), text));
  }

  /** Resolves to what `listen` hands on, or to the end of the run. */
  #until(signal, listen) {
    return new Promise((resolve) => {
      const done = new AbortController();
      const settle = (reply) => { done.abort(); resolve(reply); };
      signal.addEventListener('abort', () => settle(OVER), { once: true, signal: done.signal });
      listen(settle, { signal: done.signal });
    });
  }

  #hears(screen, prompt, signal) {
    const [form, field] = [this.on(screen, 'form'), this.on(screen, 'textarea')];
    this.on(screen, '.ask').textContent = prompt;
    field.value = '';
    show(this.face, screen, { focus: false });
    field.focus({ preventScroll: true });
    return this.#until(signal, (settle, options) => {
      const send = (event) => {
        event.preventDefault();
        if (field.value.trim()) settle({ kind: 'said', value: field.value.trim() });
        else field.focus();
      };
      form.addEventListener('submit', send, options);
      field.addEventListener('keydown', (event) => { if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) send(event); }, options);
      this.on(screen, '[data-cancel]').addEventListener('click', () => settle({ kind: 'cancelled' }), options);
    }).then((reply) => { this.#busy(''); return reply; });
  }

  #offers({ prompt, options }, signal) {
    this.on('choose', 'h3').textContent = prompt;
    return this.#until(signal, (settle, listening) => {
      const key = (option, at) => el('button', { type: 'button', class: 'key', onclick: () => settle({ kind: 'chosen', value: at }) }, option);
      this.on('choose', '.keys').replaceChildren(...options.map(key));
      this.on('choose', '[data-cancel]').addEventListener('click', () => settle({ kind: 'cancelled' }), listening);
      show(this.face, 'choose');
      this.on('choose', 'h3').parentElement.scrollTop = 0;
    }).then((reply) => { this.#busy(''); return reply; });
  }

  #tells(screen, title, text, signal, cancel = false) {
    if (title) this.on(screen, 'h3').textContent = title;
    this.on(screen, 'p').textContent = text;
    const no = this.on(screen, '[data-cancel]');
    if (no) no.hidden = !cancel;
    show(this.face, screen);
    announce(text);
    return this.#until(signal, (settle, options) => {
      this.on(screen, '[data-done]').addEventListener('click', () => settle({ kind: 'done' }), options);
      no?.addEventListener('click', () => settle({ kind: 'cancelled' }), options);
    }).then((reply) => { this.#busy(''); return reply; });
  }

  async #speaks(text, signal) {
    announce(text);
    if ($('aloud').checked) {
      const words = new SpeechSynthesisUtterance(text);
      this.#busy(text);
      await this.#until(signal, (settle) => {
        words.onend = words.onerror = () => settle({ kind: 'done' });
        setTimeout(settle, 15_000, { kind: 'done' }); // a browser without voices ends nothing
        speechSynthesis.speak(words);
      });
      speechSynthesis.cancel();
    }
    return signal.aborted ? OVER : { kind: 'done' };
  }

  #feels(kind) {
    this.at('.felt').textContent = `On the wrist: ${kind}`;
    const shell = this.at('.case');
    shell.classList.remove('feels');
    void shell.offsetWidth; // the same again is felt again
    shell.classList.add('feels');
    navigator.vibrate?.(kind === 'Failure' ? [60, 60, 60] : 40);
    return { kind: 'done' };
  }

  /** The status stays hidden, as it is from a Shortcut. */
  async #calls({ method, url, headers, body }, note, signal) {
    const path = url.split('?')[0];
    this.#busy('');
    if (!hasNetwork()) {
      note(`calls ${method} ${path}: there is no network`);
      return { kind: 'no-network' };
    }
    const entries = body == null ? headers : [...headers.filter(([name]) => name.toLowerCase() !== 'content-type'), ['Content-Type', 'application/json']];
    try {
      const response = await fetch(url, {
        method, headers: entries, body: body == null ? undefined : JSON.stringify(body), credentials: 'omit', cache: 'no-store', redirect: 'error', referrerPolicy: 'no-referrer',
        signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_LIMIT)]),
      });
      const text = await response.text();
      // Gone while the answer was on its way.
      if (!hasNetwork()) throw new TypeError('no network');
      note(`calls ${method} ${path}: ${codeOf(text)}`);
      return { kind: 'answered', value: { content_type: response.headers.get('content-type') ?? '', body: text } };
    } catch {
      if (signal.aborted) return OVER;
      note(`calls ${method} ${path}: no answer`);
      return { kind: 'no-network' };
    }
  }
}

function codeOf(text) {
  try { return JSON.parse(text).code ?? 'no code'; } catch { return 'no JSON'; }
}

const tick = () => {
  const now = new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });
  for (const clock of document.querySelectorAll('.clock')) clock.textContent = now;
};
setInterval(tick, 1000);
