// What is not simply put anew: questions back, kind refusals, and what is not for software.

import { eventually, expect, expectSame } from '../support/expect.mjs';

const VAGUE = ["I'm so sick of this team", 'ugh, them again', "it's always the same with them", 'they are the worst'];
export const THREAT = 'I am going to kill Bo if he breaks the build again';

// It may be a threat or a figure of speech: whoever said it is asked.
const UNSURE = ['he had better watch out, one day it will come back to him', 'they follow us around and write down everything we do',
  'somebody is going to get hurt if this goes on', 'he makes everybody afraid of the review', 'I am at the end of my rope with these people'];

/** Grave perhaps, in several ways, until the mediator asks. */
export async function isAskedAboutDanger(person) {
  for (const text of UNSURE) {
    await person.says(text);
    const screen = await eventually(async () => {
      for (const name of ['proposal', 'question', 'human']) if (await person.page.locator(`[data-screen="${name}"]`).isVisible()) return name;
    }, 'an answer');
    if (screen === 'proposal' && await person.button('No, go on').isVisible()) return;
    await person.press({ proposal: 'Cancel', question: 'Never mind', human: 'All right' }[screen]);
    await person.sees('home');
  }
  throw new Error('expected one of five unclear complaints to be asked about');
}

/** Vague in several ways until the mediator asks. */
export async function isAsked(person) {
  for (const text of VAGUE) {
    await person.says(text);
    const screen = await eventually(async () => {
      for (const name of ['question', 'proposal']) if (await person.page.locator(`[data-screen="${name}"]`).isVisible()) return name;
      return (await person.text('#say-wrong')) && 'declined';
    }, 'an answer');
    if (screen === 'question') return;
    if (screen === 'proposal') await person.press('Cancel');
    await person.sees('home');
  }
  throw new Error('expected one of four vague complaints to be asked about');
}

export default {
  async 'too little is asked about, and the answer makes it a message'(world) {
    const ana = await world.member(world.room(), 'backend', 'Ana');
    await isAsked(ana);
    await ana.expectFocus('more-text');
    expect((await ana.text('#question')).includes('?'), 'a question');
    await ana.says('yesterday they merged the payment change two days after the deadline', 'more-text');
    await ana.sees('proposal');
    await ana.button('Send it').waitFor();
  },

  async 'a question can be left alone'(world) {
    const ana = await world.member(world.room(), 'backend', 'Ana');
    await isAsked(ana);
    await ana.press('Never mind');
    await ana.sees('home');
    expectSame(await ana.page.locator('#say-text').inputValue(), '', 'the field');
  },

  async 'a threat is met calmly, names a human, and offers nothing to send'(world) {
    const ana = await world.member(world.room(), 'backend', 'Ana');
    await ana.says(THREAT);
    await ana.sees('human');
    expect((await ana.text('#human')).length > 20, 'words', await ana.text('#human'));
    expect(!(await ana.button('Send it').isVisible()), 'nothing to send');
    await ana.isTold(/./);
    await ana.press('All right');
    await ana.sees('home');
    expectSame(await ana.page.locator('#say-text').inputValue(), '', 'the words to be gone');
  },

  async 'what may be grave is asked about first, and a yes names a human'(world) {
    const ana = await world.member(world.room(), 'backend', 'Ana');
    await isAskedAboutDanger(ana);
    await ana.expectFocus('proposal-title');
    expect(!(await ana.button('Send it').isVisible()), 'nothing to send yet');
    await ana.press('No, go on');
    await eventually(async () => !(await ana.button('No, go on').isVisible()), 'an answer that is not the question again');
    await ana.page.reload();
    await isAskedAboutDanger(ana);
    await ana.press('Yes, get help');
    await ana.sees('human');
    expect(!(await ana.button('Send it').isVisible()), 'nothing to send');
  },

  async 'what holds nothing is declined where it was typed, and stays there'(world) {
    const ana = await world.member(world.room(), 'backend', 'Ana');
    await ana.says('...');
    await eventually(() => ana.text('#say-wrong'), 'to be told why');
    expectSame(await ana.page.locator('#say-text').inputValue(), '...', 'what was typed');
    await ana.expectFocus('say-text');
    await ana.says('   ');
    await eventually(async () => /first/.test(await ana.text('#say-wrong')), 'to be asked for something');
  },

  async 'markup in a name and in a message is text'(world) {
    const room = world.room();
    const name = '<img src=x onerror=alert(1)>';
    const ana = await world.member(room, '<b>team</b>', name);
    expectSame(await ana.text('#me'), name, 'the name');
    expectSame(await ana.page.locator('#seat img, #seat b').count(), 0, 'elements made of names');
  },

  async 'dictation fills the field, and the end of speech asks the mediator'(world) {
    const ana = await world.member(world.room(), 'backend', 'Ana', { script: DICTATION });
    await ana.press('Speak');
    await ana.sees('proposal');
    expect(/test plan/.test(await ana.text('#proposed')), 'what was said', await ana.text('#proposed'));
  },

  async 'a microphone that is not allowed says so, and typing still works'(world) {
    const ana = await world.member(world.room(), 'backend', 'Ana', { script: DICTATION.replace('speaks()', 'refuses()') });
    await ana.press('Speak');
    await eventually(async () => /not allowed/.test(await ana.text('#say-wrong')), 'to be told');
    await ana.button('Speak').first().waitFor();
  },

  async 'without dictation there is no microphone, only the field'(world) {
    const ana = await world.member(world.room(), 'backend', 'Ana', { script: 'delete window.SpeechRecognition; delete window.webkitSpeechRecognition;' });
    expectSame(await ana.button('Speak').count(), 0, 'microphones');
    expect(await ana.page.getByLabel('Type it').isVisible(), 'a field to type in');
  },
};

/** A browser that hears one sentence in two steps. */
const DICTATION = `
  window.SpeechRecognition = window.webkitSpeechRecognition = class {
    start() { setTimeout(() => this.speaks(), 50); }
    stop() { this.onend(); }
    hear(transcript, isFinal) { this.onresult({ results: [Object.assign([{ transcript }], { isFinal })] }); }
    speaks() {
      this.hear('could you send', false);
      setTimeout(() => { this.hear('could you send me the test plan by Thursday please', true); this.onend(); }, 100);
    }
    refuses() { this.onerror({ error: 'not-allowed' }); this.onend(); }
  };
`;
