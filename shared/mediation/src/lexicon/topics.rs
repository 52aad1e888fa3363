//! What messages are about, and the feelings, needs, requests and replies that belong to each topic. The inventories are
//! Truce's own.

/// A request: how it is asked, and how it reads after "Backend agreed: ".
pub(crate) struct Offer {
    pub(crate) say: &'static str,
    pub(crate) what: &'static str,
}

/// One topic.
pub(crate) struct Topic {
    pub(crate) name: &'static str,
    /// Words that speak for this topic.
    pub(crate) words: &'static str,
    pub(crate) feeling: &'static str,
    pub(crate) need: &'static str,
    /// Feeling and need in one sentence, longest first.
    pub(crate) why: &'static [&'static str],
    pub(crate) offers: &'static [Offer],
    /// Yes, a counter-offer, a question.
    pub(crate) replies: [&'static str; 3],
}

macro_rules! offers {
    ($($say:literal => $what:literal),* $(,)?) => { &[$(Offer { say: $say, what: $what }),*] };
}

/// All topics; the last is for everything else.
pub(crate) const TOPICS: &[Topic] = &[
    Topic {
        name: "lateness",
        words: "late deadline deadlines delay delayed delays overdue deliver delivers delivered delivery deliveries behind due schedule eta promised waiting wait waited waits slow slip slipped miss missed date estimate timeline forever weeks days",
        feeling: "worried",
        need: "reliability",
        why: &[
            "I'm worried, because we plan around these dates.",
            "I'd like to be able to plan around it.",
            "I need dates I can plan with.",
        ],
        offers: offers! {
            "Could we agree on a date that works for both of us?" => "settle on a date that works for both teams",
            "Could you tell us early when a date is going to move?" => "say early when a date is going to move",
            "Could you share a date we can plan on?" => "share a date to plan on",
        },
        replies: ["Yes, let's set a date", "Not yet, next week?", "Which date do you need?"],
    },
    Topic {
        name: "review",
        words: "review reviews reviewed reviewer reviewing pr prs pull-request diff approve approval approved comment comments nit nitpick merge merged refactor lgtm",
        feeling: "stuck",
        need: "feedback in time",
        why: &[
            "I'm stuck until it moves, and I value your view.",
            "Your view on it would help me.",
            "I'd value your view.",
        ],
        offers: offers! {
            "Could we agree on how and when reviews happen?" => "settle how and when reviews happen",
            "Could we go through it together?" => "go through it together",
            "Could someone tell us when to expect a review?" => "say when to expect a review",
        },
        replies: ["Yes, we'll look at it", "Not today, this week?", "Which part matters most?"],
    },
    Topic {
        name: "meetings",
        words: "meeting meetings standup standups retro planning demo invite invited calendar interrupt interrupted interrupting interrupts sync workshop agenda talked attend slot",
        feeling: "frustrated",
        need: "being heard",
        why: &[
            "I'd like everybody's time and voice to count.",
            "I'm frustrated, because I'd like to be heard.",
            "It matters to me that all get heard.",
        ],
        offers: offers! {
            "Could we agree on how we run these meetings?" => "settle how these meetings are run",
            "Could we agree on that before the next one?" => "settle it before the next meeting",
            "Could we try it differently next time?" => "try it differently next time",
        },
        replies: ["Yes, let's do that", "Can we talk first?", "What would help most?"],
    },
    Topic {
        name: "credit",
        words: "credit presented claimed stole copied praise recognition acknowledged",
        feeling: "hurt",
        need: "recognition",
        why: &[
            "It hurts, because recognition matters to me.",
            "I'd like the work to be seen.",
            "Recognition matters to us.",
        ],
        offers: offers! {
            "Could the next update name everyone who did the work?" => "name everyone who did the work in the next update",
            "Could we agree on how work gets credited?" => "settle how work gets credited",
        },
        replies: ["Yes, we'll name you", "Can we talk about it?", "Which work do you mean?"],
    },
    Topic {
        name: "quality",
        words: "bug bugs broken broke break breaks breaking crash crashed crashes test tests tested untested quality failing failed fail fails error errors regression outage prod production build main ci pipeline flaky wrong rollback incident down release deploy deployment hotfix cert certificate leak corrupt",
        feeling: "concerned",
        need: "stability",
        why: &[
            "I'm concerned, because we build on it every day.",
            "It costs us time, and I'd like it to be stable.",
            "We need it to be stable.",
        ],
        offers: offers! {
            "Could we agree on a check before the next change goes in?" => "settle on a check before the next change goes in",
            "Could we look at it together and find the cause?" => "look at it together and find the cause",
            "Could we find the cause together?" => "find the cause together",
        },
        replies: ["Yes, let's add a check", "Not now, next week?", "Where did you see it?"],
    },
    Topic {
        name: "communication",
        words: "tell told telling ask asked asking answer answers answered reply replies replied respond response responds email emails message messages informed notify notice communicate communication phone call heads-up silence listen heard explanation explain update updates warning slack documentation docs documented",
        feeling: "frustrated",
        need: "clarity",
        why: &[
            "I was left guessing, and I'd like to know where we stand.",
            "I'd like to know where we stand.",
            "Clarity would help us.",
        ],
        offers: offers! {
            "Could you let us know beforehand next time?" => "give notice beforehand next time",
            "Could we agree on where and when we share updates?" => "settle where and when updates are shared",
            "Could we agree on when to expect an answer?" => "settle when to expect an answer",
        },
        replies: ["Yes, we'll tell you first", "Not always, where we can", "Who should we tell?"],
    },
    Topic {
        name: "workload",
        words: "workload overtime weekend weekends hours tired exhausted overload overloaded dump dumped dumps assign assigned tickets redo redid stay stayed late-night burnt burned burnout swamped all-nighter extra cleaning cleanup fixing paged pager on-call nights cover",
        feeling: "exhausted",
        need: "a fair share of the work",
        why: &[
            "I'm exhausted, and I'd like us to share the load.",
            "I'd like us to share the load.",
            "It adds up for us.",
        ],
        offers: offers! {
            "Could we look at who takes what?" => "look at who takes what",
            "Could we agree on how to share this work?" => "settle how to share this work",
        },
        replies: ["Yes, let's split it", "Some of it, not all", "What weighs most?"],
    },
    Topic {
        name: "ownership",
        words: "owner owns own ownership responsible responsibility fault blame blamed blames handover handoff job decision decided decide service excluded bypass bypassed left",
        feeling: "uneasy",
        need: "clear ownership",
        why: &[
            "I'd like it to be clear who decides what.",
            "Clear ownership would help us.",
            "I'd like us to decide together.",
        ],
        offers: offers! {
            "Could we agree on who owns what here?" => "settle who owns what",
            "Could we decide that together next time?" => "decide that together next time",
        },
        replies: ["Yes, let's settle that", "Can we talk first?", "Which part do you mean?"],
    },
    Topic {
        name: "process",
        words: "requirement requirements change changed changes changing priority priorities scope process ticket backlog sprint spec specs criteria plan rule rules step moved move cancel cancelled estimate reopen reopened closed approve procurement access pricing contract budget shipment order orders config migration schema feature features",
        feeling: "frustrated",
        need: "predictability",
        why: &["That makes it hard for us to plan.", "I'd like us to be able to plan.", "It's hard to plan that way."],
        offers: offers! {
            "Could we agree on how such changes are made?" => "settle how such changes are made",
            "Could you check with us before the next change?" => "check before the next change",
            "Could we agree on the next steps?" => "settle the next steps",
        },
        replies: ["Yes, let's agree on it", "Can we try it for a week?", "Which change hit you most?"],
    },
    Topic {
        name: "respect",
        words: "respect disrespectful rude tone yell yelled yells shout shouted laugh laughed mock attitude condescending sarcastic dismiss dismissed ignore ignored insult treat servant shrug condescending",
        feeling: "hurt",
        need: "respect",
        why: &[
            "It hurt, and I'd like us to talk with respect.",
            "I'd like us to talk with respect.",
            "Respect matters to me.",
        ],
        offers: offers! {
            "Could we agree on how we talk to each other?" => "settle how we talk to each other",
            "Could we sit down and talk about it?" => "sit down and talk about it",
        },
        replies: ["Yes, let's talk", "Can we talk later?", "What would have helped?"],
    },
    Topic {
        name: "other",
        words: "",
        feeling: "frustrated",
        need: "cooperation",
        why: &[
            "That is hard for me, and I'd like us to find a way.",
            "I'd like us to find a way.",
            "It makes our work harder.",
        ],
        offers: offers! {
            "Could we talk about how to handle it next time?" => "talk about how to handle it next time",
            "Could we find a better way together?" => "find a better way together",
        },
        replies: ["Yes, let's talk", "Can we do it next week?", "What would help most?"],
    },
];

/// Feelings people name, and the word that is passed on: the feeling, without its accusation.
pub(crate) const FEELINGS: &[(&str, &str)] = &[
    ("frustrated", "frustrated"),
    ("angry", "angry"),
    ("furious", "angry"),
    ("livid", "angry"),
    ("mad", "angry"),
    ("pissed", "angry"),
    ("upset", "upset"),
    ("annoyed", "annoyed"),
    ("irritated", "annoyed"),
    ("worried", "worried"),
    ("anxious", "worried"),
    ("nervous", "worried"),
    ("concerned", "concerned"),
    ("stressed", "stressed"),
    ("tired", "tired"),
    ("exhausted", "exhausted"),
    ("drained", "exhausted"),
    ("burnt", "exhausted"),
    ("burned", "exhausted"),
    ("sad", "sad"),
    ("hurt", "hurt"),
    ("humiliated", "hurt"),
    ("disappointed", "disappointed"),
    ("confused", "confused"),
    ("overwhelmed", "overwhelmed"),
    ("swamped", "overwhelmed"),
    ("discouraged", "discouraged"),
    ("demotivated", "discouraged"),
    ("lonely", "lonely"),
    ("afraid", "worried"),
    ("scared", "worried"),
    ("embarrassed", "embarrassed"),
    ("stuck", "stuck"),
    ("lost", "lost"),
    ("fed", "frustrated"),
    ("sick", "frustrated"),
    ("excluded", "left out"),
    ("invisible", "unseen"),
    ("ignored", "unheard"),
    ("unheard", "unheard"),
    ("disrespected", "hurt"),
    ("unappreciated", "unseen"),
    ("undervalued", "unseen"),
    ("shocked", "shocked"),
    ("surprised", "surprised"),
    ("devastated", "sad"),
    ("desperate", "desperate"),
    ("uneasy", "uneasy"),
    ("uncomfortable", "uneasy"),
    ("unhappy", "unhappy"),
    ("hopeful", "hopeful"),
    ("relieved", "relieved"),
    ("excited", "excited"),
    ("curious", "curious"),
    ("grateful", "grateful"),
    ("happy", "happy"),
    ("glad", "happy"),
];
