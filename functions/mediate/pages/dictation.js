/* dictation, where the browser has it: what was heard fills a field, and the end of speech sends it off */

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
let hearing = null;

$('mic-fact').hidden = !Recognition;
$('no-mic-fact').hidden = Boolean(Recognition);
$('say-label').textContent = Recognition ? 'Or type it' : 'Type it';
for (const button of document.querySelectorAll('[data-mic]')) {
  button.hidden = !Recognition;
  button.addEventListener('click', () => (hearing ? stopHearing() : hear(button)));
}

const stopHearing = () => hearing?.stop();

function hear(button) {
  const field = $(button.dataset.mic);
  const label = button.querySelector('span');
  const ears = hearing = new Recognition();
  Object.assign(ears, { lang: navigator.language?.startsWith('en') ? navigator.language : 'en', interimResults: true, continuous: false });
  let finished = false;
  const trouble = (text) => { wrong(text); announce(text, 'assertive'); };
  ears.onresult = ({ results }) => {
    field.value = Array.from(results, (result) => result[0].transcript).join(' ').trim();
    finished = results[results.length - 1].isFinal;
  };
  ears.onerror = ({ error }) => trouble({
    'not-allowed': 'The microphone is not allowed here. You can type instead.',
    'service-not-allowed': 'Dictation is not allowed here. You can type instead.',
    'audio-capture': 'No microphone was found. You can type instead.',
    'no-speech': "I didn't hear anything. Tap to try again.",
    network: 'Dictation needs a connection of its own, which is missing. You can type instead.',
  }[error] ?? 'Dictation did not work. You can type instead.');
  ears.onend = () => {
    hearing = null;
    button.setAttribute('aria-pressed', 'false');
    label.textContent = 'Speak';
    if (finished && field.value.trim()) field.form.requestSubmit();
  };
  wrong('');
  try { ears.start(); } catch { return ears.onend(); }
  button.setAttribute('aria-pressed', 'true');
  label.textContent = 'Listening…';
}
