//! Phrases that say nothing about what happened: curses, sarcasm, rhetorical openings. They are taken out before the
//! clauses are read, so that what is left parses as if they had never been said.

use std::sync::LazyLock;

use crate::lexicon::heat::SOUR;
use crate::lexicon::tag;
use crate::parse::pattern::PatternSet;
use crate::parse::token::Token;

static NOISE: LazyLock<PatternSet<()>> = LazyLock::new(|| {
    PatternSet::compile(&[((), "
and|but|because? nobody|noone|they|you|anyone could|does|do|can|ca|will n't|not? care+ less|anymore|either?; and|but|because? nobody|they|you|noone|one give+ a|two|any single|flying|rat's|rats? damn|shit|fuck|crap|shits|toss|hoot|rat|fig; give+ a|two|any single|flying|rat's|rats? damn|shit|fuck|crap|shits|toss|hoot|rat|fig; i|we ca|can|could n't|not believe that?; i swear; so called; what the actual? fuck|hell|heck|devil|shit; the hell|heck|fuck; for fuck|fucks|god|gods|christ|christs|heaven|heavens|pete|crying 's? sake|out|sakes; for the love of god; oh my god; jesus christ; holy shit|crap|cow|hell; go figure
as usual|always|per; of course; yet again; for once; once again; thanks|thank a|you|for|so|very lot|nothing|bunch|much; what a surprise|joke|shock|mess|disgrace|disaster|shame|farce; big surprise; no surprise there|here?; surprise surprise; not surprised; who knew; nice one; nice job; good|great|nice|fantastic|brilliant|amazing|excellent|stellar|wonderful job|work|going guys|team|everyone|everybody|folks; way to go; well done; bravo; slow clap; congrats; congratulations; kudos
like they|you own|owns the place; like it 's|is nothing|normal; as if|like it|that was|were|is his|hers|their|nothing|normal|your|theirs|ours? own|fault?; like a child|baby|toddler|clown|robot|idiot; like idiots|children|amateurs|clowns|kids|babies|animals|fools; on purpose; for no reason; at all; in the world; on earth; out of your|their minds?; are you|they out of your|their mind|minds|fucking|mad; are you|they|u kidding|serious|joking|insane|nuts|blind|deaf|asleep|stupid|crazy|high|drunk|for|all|even real|kidding|me|asleep|serious|trying?; are you kidding|fucking|shitting me; are you serious; are you all asleep; you have got to be kidding|joking me?; you 've got to be kidding|joking me?; give me a break; do you|they even? think|realize|know|understand|see how|what|who|that; get|got your|their act|shit|head|heads together|straight|out; pull your weight; do your jobs?|jobs|work; had|have one job; you had one job; is it that hard|difficult; is that so hard|difficult; is it really that hard|difficult; how hard can it be; what do you people|guys|lot|all|even do all? day; what were you thinking; what is|'s wrong with you|them|these|your people|guys|team|all?; who do you|they think you|they are; do n't you think; i swear to? god?; i swear; so disrespectful|rude|unprofessional|typical; which is so|just|really|simply|very|totally|completely|frankly|unbelievably|absolutely? disrespectful|rude|unprofessional|unacceptable|ridiculous|insulting|insane|crazy|absurd|annoying|stupid|embarrassing; believe it or not; you|ya know; i mean; to be honest|fair|frank|blunt; in my life; in my entire life; sick joke; must be nice; good luck with that; good to know; lucky us; lucky me; un believable; it 's|is not|n't that hard|difficult|rocket|brain science|surgery?; it 's|is not rocket science; rocket science; you know what; guess what; long story short; at the end of the day; no excuse; no excuses; end of story; period|exclamation; full stop; over and over again?; time and time again; time after time; yada yada; blah blah blah?; bla bla; what do you know; of all things; the audacity; the nerve; love that for us; lol; lmao; smh; imo; imho; tbh; ffs; jfc; omfg; kthxbye")])
});

/// The tokens without the phrases that carry nothing.
pub(crate) fn strip<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let mut drop = vec![false; tokens.len()];
    for (start, end, ()) in NOISE.matches(tokens) {
        if !(start..end).any(|at| crate::parse::facts::is_fact(tokens, at)) {
            drop[start..end].fill(true);
        }
    }
    for at in 0..tokens.len() {
        // A judgement between commas: "took our service down again, unbelievable".
        let alone = (at == 0 || tokens[at - 1].after != ' ') && (at + 1 == tokens.len() || tokens[at].after != ' ');
        drop[at] |= alone
            && (tokens[at].is(tag::BADADJ | tag::INTENS | tag::JUDGE | tag::PROFANE | tag::GOOD)
                || tokens[at].one_of(SOUR))
            && tokens.len() > 2;
    }
    let mut kept: Vec<Token<'a>> = Vec::with_capacity(tokens.len());
    for (token, drop) in tokens.iter().zip(drop) {
        if drop {
            if token.after != ' '
                && let Some(last) = kept.last_mut().filter(|last| last.after == ' ')
            {
                last.after = token.after;
            }
        } else {
            kept.push(token.clone());
        }
    }
    kept
}
