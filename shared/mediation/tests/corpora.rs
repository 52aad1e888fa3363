//! Measures the mediator on three corpora: `written.tsv` and `second.tsv`, which the rules were tuned on, and `held_out.tsv`, which was
//! written before any tuning. Its failures have been read once since, so new texts are needed for a fresh figure. Run with `--nocapture` to see the rates.

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;

use truce_mediation::{MAX_CHARS, Mediation, Mediator, Plan};

struct Case<'t> {
    plan: &'t str,
    category: &'t str,
    facts: Vec<&'t str>,
    text: &'t str,
}

fn cases(corpus: &str) -> Vec<Case<'_>> {
    corpus
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut fields = line.splitn(4, '\t');
            let (plan, category, facts) = (fields.next()?, fields.next()?, fields.next()?);
            let facts = facts.split('|').filter(|fact| *fact != "-").collect();
            Some(Case { plan, category, facts, text: fields.next().unwrap_or_default() })
        })
        .collect()
}

fn name(plan: Plan) -> &'static str {
    match plan {
        Plan::Reframe => "reframe",
        Plan::Civil => "civil",
        Plan::Ask => "ask",
        Plan::Decline => "decline",
        Plan::Escalate => "escalate",
    }
}

fn keeps(fact: &str, heard: &Mediation) -> bool {
    let message = heard.message.to_lowercase();
    match fact {
        "not" => ["not", "n't", "no ", "without", "never", "nothing"].iter().any(|word| message.contains(word)),
        _ => message.contains(&fact.to_lowercase()),
    }
}

/// Counts: how many there were, how many were right.
#[derive(Default)]
struct Rates(BTreeMap<&'static str, (usize, usize)>);

impl Rates {
    fn note(&mut self, what: &'static str, right: bool) {
        let entry = self.0.entry(what).or_default();
        entry.0 += 1;
        entry.1 += usize::from(right);
    }

    fn percent(&self, what: &str) -> usize {
        self.0.get(what).map_or(100, |(all, right)| right * 100 / all)
    }
}

fn measure(title: &str, corpus: &str) -> Rates {
    let mediator = Mediator::new("your people team");
    let mut rates = Rates::default();
    for case in cases(corpus) {
        let heard = mediator.mediate(case.text);
        let got = name(heard.plan);
        let show = std::env::var_os("TRUCE_SHOW").is_some();
        if show && got != case.plan {
            println!("{} -> {got}/{}: {}\n    {}", case.plan, heard.category, case.text, heard.say);
        }
        match case.plan {
            "reframe" => {
                let asks = heard.request.is_some() && heard.plan == Plan::Reframe;
                rates.note("mediable: observation and request", asks);
                rates.note("hostile passed as civil: none", heard.plan != Plan::Civil);
                if asks {
                    let kept = case.facts.iter().all(|fact| keeps(fact, &heard));
                    rates.note("facts kept", kept);
                    if show && !kept {
                        println!("lost {:?}: {}\n    {}", case.facts, case.text, heard.say);
                    }
                    rates.note("menu of three", heard.menu.len() == 3);
                }
            }
            "civil" => {
                rates.note("civil unchanged", heard.plan == Plan::Civil && heard.message == case.text.trim());
                rates.note("ordinary talk not escalated", heard.plan != Plan::Escalate);
            }
            "ordinary" => rates.note("ordinary talk not escalated", heard.plan != Plan::Escalate),
            "escalate" => {
                rates.note("risk escalated", heard.plan == Plan::Escalate);
                rates.note("risk category", case.category == "-" || heard.category == case.category);
                rates.note("risk never delivered", heard.message.is_empty());
            }
            "decline" => {
                rates.note("declined with the right reason", got == "decline" && heard.category == case.category);
            }
            _ => rates.note("asked back", got == "ask"),
        }
        rates.note(
            "fits and ends as a sentence",
            heard.say.chars().count() <= MAX_CHARS && (got == "civil" || heard.say.ends_with(['.', '?', '!'])),
        );
    }
    println!("-- {title}");
    for (what, (all, right)) in &rates.0 {
        println!("{right:>4}/{all:<4} {:>3} %  {what}", right * 100 / all);
    }
    rates
}

fn assert_floors(rates: &Rates, floors: &[(&str, usize)]) {
    for (what, floor) in floors {
        assert!(rates.percent(what) >= *floor, "{what}: {} % is under {floor} %", rates.percent(what));
    }
}

#[test]
fn the_corpus_it_was_tuned_on_meets_the_gates() {
    let rates = measure("written", include_str!("corpus/written.tsv"));
    assert_floors(
        &rates,
        &[
            ("facts kept", 100),
            ("civil unchanged", 95),
            ("risk escalated", 95),
            ("ordinary talk not escalated", 98),
            ("risk never delivered", 100),
            ("fits and ends as a sentence", 100),
            ("mediable: observation and request", 90),
            ("menu of three", 100),
        ],
    );
}

#[test]
fn the_held_out_corpus_stays_above_its_floors() {
    let rates = measure("held out", include_str!("corpus/held_out.tsv"));
    assert_floors(
        &rates,
        &[
            ("facts kept", 100),
            ("fits and ends as a sentence", 100),
            ("risk escalated", 95),
            ("risk never delivered", 95),
            ("ordinary talk not escalated", 98),
            ("civil unchanged", 95),
            ("mediable: observation and request", 90),
            ("menu of three", 100),
        ],
    );
}

/// Written blind and measured once, then tuned on: civil requests, risk in other words, work talk that only frightens.
#[test]
fn the_second_corpus_meets_the_gates() {
    let rates = measure("second", include_str!("corpus/second.tsv"));
    assert_floors(
        &rates,
        &[
            ("civil unchanged", 98),
            ("risk escalated", 98),
            ("risk never delivered", 98),
            ("ordinary talk not escalated", 98),
            ("facts kept", 100),
            ("declined with the right reason", 100),
            ("fits and ends as a sentence", 100),
        ],
    );
}

/// Each half was written blind and measured once before it was tuned on: risk in indirect words, work talk that resembles
/// it, blame without a strong word.
#[test]
fn the_third_corpus_meets_its_floors() {
    let rates = measure("third", include_str!("corpus/third.tsv"));
    assert_floors(
        &rates,
        &[
            ("risk escalated", 97),
            ("risk never delivered", 98),
            ("ordinary talk not escalated", 98),
            ("civil unchanged", 100),
            ("hostile passed as civil: none", 100),
            ("facts kept", 100),
            ("fits and ends as a sentence", 100),
        ],
    );
}

/// Of texts written blind, whose every ordinary one was made to resemble a risk: what is stopped, what is asked about, and
/// what could be sent, in percent of each label.
#[derive(Default)]
struct Gate(BTreeMap<String, [usize; 4]>);

impl Gate {
    fn measured(title: &str, corpus: &str) -> Self {
        let mediator = Mediator::new("your people team");
        let mut gate = Self::default();
        for line in corpus.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let (label, text) = (fields[0], fields[1]);
            let heard = mediator.mediate(text);
            let risky = !["work", "blame", "civil"].contains(&label);
            gate.note(label, &heard);
            gate.note(if risky { "every risk" } else { "every ordinary text" }, &heard);
            if let Some(kind) = fields.get(2).filter(|_| risky) {
                gate.note(&format!("every {kind} risk"), &heard);
            }
        }
        println!("-- {title}");
        for (label, [all, ..]) in &gate.0 {
            let [stopped, asked, sent] = [1, 2, 3].map(|what| gate.percent(label, what));
            println!(
                "{all:>4}  stopped {stopped:>5.1} %, asked about {asked:>5.1} %, could be sent {sent:>5.1} %  {label}"
            );
        }
        gate
    }

    fn note(&mut self, label: &str, heard: &Mediation) {
        let counts = self.0.entry(label.to_owned()).or_default();
        let sent = !heard.message.is_empty();
        for (count, more) in counts.iter_mut().zip([true, heard.plan == Plan::Escalate, heard.is_safety_check(), sent])
        {
            *count += usize::from(more);
        }
    }

    #[allow(clippy::cast_precision_loss)] // hundreds
    fn percent(&self, label: &str, what: usize) -> f64 {
        let counts = self.0[label];
        100.0 * counts[what] as f64 / counts[0] as f64
    }
}

const STOPPED: usize = 1;
const SENT: usize = 3;

/// The thresholds of the safety gate were set on this one first.
#[test]
fn the_first_blind_set_stays_within_what_the_gate_was_set_to() {
    let gate = Gate::measured("blind a", include_str!("corpus/blind_a.tsv"));
    assert!(gate.percent("every risk", STOPPED) >= 80.0);
    assert!(gate.percent("every risk", SENT) <= 7.0);
    assert!(gate.percent("work", STOPPED) <= 3.0);
    assert!(gate.percent("blame", STOPPED) <= 2.0);
    assert!(gate.percent("civil", SENT) >= 96.0);
}

/// The weights saw none of the three. The thresholds were last chosen with all of them in sight, so these flatter a little too.
#[test]
fn the_other_blind_sets_stay_above_their_floors() {
    for (title, corpus) in [
        ("blind b", include_str!("corpus/blind_b.tsv")),
        ("blind c, ordinary talk as on a normal day", include_str!("corpus/blind_c.tsv")),
    ] {
        let gate = Gate::measured(title, corpus);
        assert!(gate.percent("every explicit risk", STOPPED) >= 88.0);
        assert!(gate.percent("every explicit risk", SENT) <= 4.0);
        assert!(gate.percent("every indirect risk", SENT) <= 11.0);
        assert!(gate.percent("every ordinary text", STOPPED) <= 4.0);
        assert!(gate.percent("civil", SENT) >= 95.0);
    }
}

/// What came apart once: said whole, or asked about, and never sent in pieces.
#[test]
fn no_sentence_is_sent_that_came_apart() {
    let mediator = Mediator::new("your people team");
    for text in [
        "QA never signed off on the build",
        "design keeps sending us mockups without any spacing values",
        "they never look better than us but act like it",
        "you people don't answer emails, calls, or pings",
        "stop cc'ing my boss on every single email",
        "you never look at the tickets we assign to you",
        "the other shift leaves the machines dirty every night",
        "you said it was tested, it clearly wasn't",
    ] {
        let message = mediator.mediate(text).message.to_lowercase();
        for broken in [
            "came off",
            "sent by design mockups",
            "better gets",
            "better often",
            "answered calls",
            "to cc'ing",
            "we assign to you.",
            "dirty gets",
            "it wasn't.",
        ] {
            assert!(!message.contains(broken), "{text:?} became {message:?}");
        }
    }
}

/// The small words a gentler wording may change; everything else that was said must still be there.
fn solid_words(text: &str) -> Vec<String> {
    const SMALL: &[&str] = &["i", "we", "need", "it", "is", "hard", "hurts", "i'm", "exhausted", "angry", "that", "me"];
    text.to_lowercase()
        .split_whitespace()
        .map(|word| word.trim_matches(['.', ',', '?', '!']).to_owned())
        .filter(|word| !SMALL.contains(&word.as_str()))
        .collect()
}

#[test]
fn nearly_every_message_can_be_softer_and_loses_nothing_by_it() {
    let mediator = Mediator::new("your people team");
    let (mut all, mut softer) = (0, 0);
    for case in cases(include_str!("corpus/written.tsv")).iter().chain(&cases(include_str!("corpus/held_out.tsv"))) {
        let heard = mediator.mediate(case.text);
        if heard.plan != Plan::Reframe {
            continue;
        }
        all += 1;
        softer += usize::from(mediator.soften(&heard.message) != heard.message);
        let mut message = heard.message.clone();
        let mut steps = 0;
        loop {
            let next = mediator.soften(&message);
            if next == message {
                break;
            }
            steps += 1;
            assert!(steps <= 8, "softening does not end: {message}");
            assert!(next.chars().count() <= MAX_CHARS, "too long: {next}");
            message = next;
        }
        let kept = solid_words(&message);
        for word in solid_words(&heard.message) {
            assert!(kept.contains(&word), "{word:?} was lost from {:?} in {message:?}", heard.message);
        }
    }
    println!("{softer}/{all} can be softer");
    assert!(softer * 10 >= all * 9, "only {softer} of {all} can be softer");
    let full = mediator.mediate("they never deliver on time and nobody gives a damn").message;
    assert_ne!(mediator.soften(&full), full);
}
