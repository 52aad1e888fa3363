//! English, another language, or nothing that can be read.

use crate::lexicon::tag;
use crate::parse::token::Token;

/// What a text is written in.
#[derive(Debug, PartialEq, Clone, Copy)]
pub(crate) enum Language {
    English,
    Other,
    Unreadable,
}

/// Everyday words of other languages that English does not have (or hardly ever).
const FOREIGN: &str = "der das und ist nicht ihr wir sie ich ein eine einen einer auf mit von zu dem den des es euch egal immer nie niemals mal schon wieder \
haben hat habt sind sein seid kein keine keiner auch aber oder wenn weil dass daß warum wie bitte danke nur noch jetzt heute gestern morgen für über ohne bei nach vor \
el la los las un una unos y o que de del al en con por para no se lo le les su sus mi mis tu tus me te nos es son está están ser hay muy pero porque como cuando siempre nunca \
desde hace semana correo correos nadie nada todo todos esto esta este ya si sí gracias hola trabajo equipo \
le les des du une et est sont pas ne nous vous ils elles je mais pour avec dans sur sans qui que quoi où très jamais toujours encore personne rien tout tous cette ces votre vos leur leurs notre nos avez êtes sommes bonjour merci \
il lo gli della delle degli nel nella che non è sono siete avete hanno abbiamo ma perché sempre mai ancora tutto tutti questo questa grazie per ciao nessuno niente ogni volta \
o os um uma não são você vocês eles elas nós com para mas por porque sempre nunca ninguém nada tudo isso esse essa obrigado muito também já foi meu minha seu sua \
het een niet zijn jullie wij zij ik maar ook altijd nooit weer voor met naar deze dit dat wat waarom omdat hebben heeft wordt geen niemand alles \
och är inte jag ni vi de som att det den för med aldrig alltid ingen har till av på men ikke og er jeg dere vi ikke aldri alltid ingen \
nie jest są się że na do od ale dlaczego zawsze nigdy nikt jak czy wszystko bardzo oni wy nam proszę dziękuję znowu \
ve bir bu da için değil ne çok ama neden her zaman hiç kimse siz biz onlar";

/// Words above that English has too; they count for nothing.
const SHARED: &str = "no me die in an am as so on do de hat has war was will not man a i is me son la on ten do be me no he per den des mal was nie si et sur tu men el ad come once pie van dad dat ni vi her bu le de o y da se lo es as er dit";

/// Looks at the letters first, then at the small words.
pub(crate) fn language(tokens: &[Token<'_>], text: &str) -> Language {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let foreign_script = text.chars().filter(|c| c.is_alphabetic() && !is_latin(*c)).count();
    if foreign_script * 3 > letters && letters > 0 {
        return Language::Other;
    }
    let words: Vec<&Token<'_>> =
        tokens.iter().filter(|t| !t.is(tag::FIXED | tag::EMOJI) && !t.glued).take(400).collect();
    if words.is_empty() {
        // What is left of a terminal's control sequence, "[2J", is no word.
        let symbols = text.chars().any(|c| c.is_ascii_punctuation() && !".,?!'\":-#/%+&()".contains(c));
        return if letters == 0 || letters < 2 && symbols { Language::Unreadable } else { Language::English };
    }
    let known = words.iter().filter(|t| t.info.tags & !(tag::CAPITAL | tag::SHOUT | tag::NAME) != 0).count();
    let foreign = words.iter().filter(|t| is_foreign(&t.lower)).count();
    let accented = words.iter().filter(|t| !t.lower.is_ascii()).count();
    if known * 10 < words.len() * 6
        && (foreign >= 2 || accented * 3 >= words.len() || (foreign == 1 && words.len() <= 4))
        && foreign + accented > 0
    {
        return Language::Other;
    }
    if words.len() >= 3 && foreign * 2 > words.len() && foreign > known.saturating_sub(foreign) {
        return Language::Other;
    }
    let odd = words.iter().filter(|t| gibberish(t)).count();
    let nothing_known = known * 5 < words.len();
    if (nothing_known && words.len() >= 3) || (known == 0 && odd == words.len()) {
        return Language::Unreadable;
    }
    Language::English
}

fn is_latin(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

fn is_foreign(word: &str) -> bool {
    use std::collections::HashSet;
    use std::sync::LazyLock;
    static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
        let mut words: HashSet<&str> = FOREIGN.split_whitespace().collect();
        for shared in SHARED.split_whitespace() {
            words.remove(shared);
        }
        words
    });
    WORDS.contains(word)
}

/// Typed by a finger that slid along a row of keys.
fn along_the_keys(word: &str) -> bool {
    word.len() >= 3 && ["qwertyuiop", "asdfghjkl", "zxcvbnm"].iter().any(|row| row.contains(word))
}

/// Letters no English word has in this order: no vowel, or five consonants in a row.
fn gibberish(token: &Token<'_>) -> bool {
    if token.info.tags & !(tag::CAPITAL | tag::SHOUT | tag::NAME) != 0 {
        return false;
    }
    let mut run = 0;
    let mut longest = 0;
    for c in token.lower.chars() {
        run = if matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y') { 0 } else { run + 1 };
        longest = longest.max(run);
    }
    longest >= 4 || along_the_keys(&token.lower) || token.lower.chars().count() > 25
}
