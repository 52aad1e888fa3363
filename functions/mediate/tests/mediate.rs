//! From a complaint to an agreement, and everything that must not happen on the way.

use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use truce_function::testing::{Bench, Reply};

/// Something happened, and something is asked for.
const COMPLAINT: &str = "they merged to main on friday without telling us, please send us a note before the next merge";
/// So harsh that it can be put more softly than it is put at first.
const HARSH: &str = "they never deliver on time and nobody gives a damn";
/// A threat, or a way of speaking.
const UNSURE: &str = "somebody is going to get hurt if this goes on";
/// Fine as it is, of 140 characters.
const LONGEST: &str = "Could you please send me the test plan for the next release by Thursday, with the list of the services, their owners and all the open risks?";
const THREAT: &str = "I am going to kill Tom when he comes out of the building";

struct Room {
    bench: Bench,
    ana: String,
    bo: String,
}

impl Room {
    fn new() -> Self {
        let bench = Bench::new(truce_mediate::router);
        let ana = bench.session("q3", "backend", "Ana");
        let bo = bench.session("q3", "design", "Bo");
        Self { bench, ana, bo }
    }

    async fn says(&self, who: &str, text: &str) -> Reply {
        self.bench.post("/mediate", who, &json!({ "text": text })).await
    }

    async fn taps(&self, who: &str, choice: &str, from: &Reply) -> Reply {
        self.bench.post("/mediate", who, &json!({ "choice": choice, "draft": from.text("draft") })).await
    }

    async fn hears(&self, who: &str, after: &str) -> Reply {
        let query = if after.is_empty() { String::new() } else { format!("?after={after}") };
        self.bench.call(Method::GET, &format!("/mediate{query}"), who).await
    }

    async fn agreements(&self, who: &str) -> Vec<Value> {
        let reply = self.bench.call(Method::GET, "/mediate?view=agreements", who).await;
        assert_eq!(reply.code(), "agreements");
        reply.json["agreements"].as_array().expect("a list").clone()
    }

    /// Ana's complaint, sent, as Bo receives it.
    async fn complaint(&self) -> Reply {
        let offered = self.says(&self.ana, COMPLAINT).await;
        assert_eq!(offered.json["menu"][0], "Send it", "{:?}", offered.json);
        assert_eq!(self.taps(&self.ana, "Send it", &offered).await.code(), "sent");
        let heard = self.hears(&self.bo, "").await;
        assert_eq!(heard.code(), "message");
        heard
    }

    /// The quick reply that agrees comes first.
    fn yes(heard: &Reply) -> String {
        heard.json["menu"][0].as_str().expect("a quick reply").to_owned()
    }
}

#[tokio::test]
async fn what_is_heard_leaves_out_the_team_before_a_word_of_the_message() {
    let room = Room::new();
    // Put anew, the second has 131 characters: they fit beside "Ana: ", and not beside "Ana (backend): ".
    for (text, begins, whole) in [
        ("Could you please review PR 482 by Thursday?", "Ana (backend): ", true),
        (HARSH, "Ana: ", true),
        (LONGEST, "Ana: ", false),
    ] {
        let offered = room.says(&room.ana, text).await;
        room.taps(&room.ana, "Send it", &offered).await;
        let mut heard = room.hears(&room.bo, "").await;
        while heard.json["waiting"] != 0 {
            heard = room.hears(&room.bo, &heard.text("cursor")).await;
        }
        let (say, message) = (heard.text("say"), heard.text("message"));
        assert!(say.starts_with(begins) && say.chars().count() <= 140, "{say}");
        assert_eq!(say.ends_with(&message), whole, "{say}");
        assert_eq!(say.ends_with('…'), !whole, "{say}");
    }
}

#[tokio::test]
async fn a_complaint_is_delivered_only_when_its_sender_says_so_and_a_yes_is_an_agreement() {
    let room = Room::new();
    let offered = room.says(&room.ana, HARSH).await;
    assert_eq!(offered.json["menu"], json!(["Send it", "Softer", "Cancel"]), "{:?}", offered.json);
    assert_eq!(room.hears(&room.bo, "").await.code(), "nothing-new");
    let softer = room.taps(&room.ana, "Softer", &offered).await;
    assert_eq!(softer.code(), "reframed");
    assert_eq!(room.taps(&room.ana, "send it", &softer).await.code(), "sent");

    let heard = room.hears(&room.bo, "").await;
    assert_eq!(heard.text("message"), softer.text("message"));
    assert_eq!((heard.text("from_team"), heard.text("from_member")), ("backend".into(), "Ana".into()));
    let agreed = room.taps(&room.bo, &Room::yes(&heard), &heard).await;
    assert_eq!(agreed.code(), "agreed", "{:?}", heard.json);
    assert!(agreed.text("agreement").starts_with("Bo (design): "), "{:?}", agreed.json);

    for who in [&room.ana, &room.bo] {
        let agreements = room.agreements(who).await;
        assert_eq!(agreements.len(), 1);
        assert_eq!(agreements[0]["who"], "Bo (design)");
        assert_eq!(agreements[0]["with"], "Ana (backend)");
    }
    let told = room.hears(&room.ana, "").await;
    assert_eq!((told.code(), told.json["kind"].as_str()), ("message", Some("agreement")));
    assert_eq!(room.hears(&room.bo, &heard.text("cursor")).await.code(), "nothing-new");
}

#[tokio::test]
async fn what_is_for_a_human_is_never_delivered_and_leaves_nothing_behind() {
    let room = Room::new();
    let escalated = room.says(&room.ana, THREAT).await;
    assert_eq!((escalated.code(), escalated.text("draft").as_str()), ("escalated", ""));
    assert!(escalated.text("say").contains("people team"), "{:?}", escalated.json);
    assert_eq!(room.hears(&room.bo, "").await.code(), "nothing-new");
}

#[tokio::test]
async fn cancelling_sends_nothing() {
    let room = Room::new();
    let offered = room.says(&room.ana, COMPLAINT).await;
    assert_eq!(room.taps(&room.ana, "Cancel", &offered).await.code(), "cancelled");
    assert_eq!(room.hears(&room.bo, "").await.code(), "nothing-new");
}

#[tokio::test]
async fn sending_twice_delivers_once_even_after_softening() {
    let room = Room::new();
    let offered = room.says(&room.ana, HARSH).await;
    let softer = room.taps(&room.ana, "Softer", &offered).await;
    for draft in [&offered, &offered, &softer] {
        assert_eq!(room.taps(&room.ana, "Send it", draft).await.code(), "sent");
    }
    let heard = room.hears(&room.bo, "").await;
    assert_eq!(heard.json["waiting"], 0);
    assert_eq!(room.hears(&room.bo, &heard.text("cursor")).await.code(), "nothing-new");
}

#[tokio::test]
async fn two_members_who_accept_make_one_agreement_and_the_second_learns_of_the_first() {
    let room = Room::new();
    let cy = room.bench.session("q3", "design", "Cy");
    let bos = room.complaint().await;
    let cys = room.hears(&cy, "").await;
    assert_eq!(room.taps(&room.bo, &Room::yes(&bos), &bos).await.text("who"), "Bo");
    let second = room.taps(&cy, &Room::yes(&cys), &cys).await;
    assert_eq!((second.code(), second.text("who").as_str()), ("agreed", "Bo"));
    assert!(second.text("say").starts_with("Bo has agreed"));
    assert_eq!(room.agreements(&room.ana).await.len(), 1);
}

#[tokio::test]
async fn a_counter_offer_can_be_accepted_by_the_one_who_asked() {
    let room = Room::new();
    let heard = room.complaint().await;
    let counter = heard.json["menu"][1].as_str().expect("a second quick reply").to_owned();
    assert_eq!(room.taps(&room.bo, &counter, &heard).await.code(), "replied");
    let reply = room.hears(&room.ana, "").await;
    assert_eq!((reply.json["kind"].as_str(), reply.text("message")), (Some("reply"), counter));
    if let Some(yes) = reply.json["menu"][0].as_str() {
        assert_eq!(room.taps(&room.ana, yes, &reply).await.code(), "agreed");
        assert_eq!(room.agreements(&room.bo).await.len(), 1);
    }
}

#[tokio::test]
async fn a_reply_in_ones_own_words_goes_to_the_team_that_asked_only() {
    let room = Room::new();
    let cy = room.bench.session("q3", "sales", "Cy");
    let heard = room.complaint().await;
    let body = json!({ "text": "ok, we can do that from next week", "draft": heard.text("draft") });
    let offered = room.bench.post("/mediate", &room.bo, &body).await;
    assert!(matches!(offered.code(), "civil" | "reframed"), "{:?}", offered.json);
    assert_eq!(room.taps(&room.bo, "Send it", &offered).await.code(), "sent");
    let reply = room.hears(&room.ana, "").await;
    assert_eq!((reply.json["kind"].as_str(), reply.text("from_member").as_str()), (Some("reply"), "Bo"));
    // Sales hears the complaint, which was for every other team, and not the reply.
    let cys = room.hears(&cy, "").await;
    assert_eq!(cys.text("from_member"), "Ana");
    assert_eq!(room.hears(&cy, &cys.text("cursor")).await.code(), "nothing-new");
}

#[tokio::test]
async fn a_question_back_keeps_what_was_said_before() {
    let room = Room::new();
    let asked = room.says(&room.ana, "they never care").await;
    assert_eq!(
        (asked.code(), asked.json["menu"].as_array().map(Vec::len)),
        ("tell-me-more", Some(0)),
        "{:?}",
        asked.json
    );
    let body = json!({ "text": "on monday the build was red for six hours", "draft": asked.text("draft") });
    let offered = room.bench.post("/mediate", &room.ana, &body).await;
    assert!(matches!(offered.code(), "reframed" | "civil"), "{:?}", offered.json);
    assert!(offered.text("message").contains("six hours"), "{:?}", offered.json);
    assert_eq!(room.hears(&room.bo, "").await.code(), "nothing-new");
}

#[tokio::test]
async fn what_may_be_grave_is_asked_about_and_the_sender_decides() {
    let room = Room::new();
    let asked = room.says(&room.ana, UNSURE).await;
    assert_eq!((asked.code(), &asked.json["menu"]), ("safety-check", &json!(["No, go on", "Yes, get help"])));
    assert_eq!(asked.text("message"), "");
    assert_eq!(room.taps(&room.ana, "Send it", &asked).await.code(), "unknown-choice");
    assert_eq!(room.taps(&room.ana, "yes, get help", &asked).await.code(), "escalated");
    let went_on = room.taps(&room.ana, "No, go on", &asked).await;
    assert!(matches!(went_on.code(), "reframed" | "civil" | "tell-me-more"), "{:?}", went_on.json);
    assert_eq!(room.hears(&room.bo, "").await.code(), "nothing-new");
}

/// Requirement 15: a draft is of use to the session it was made for, for a quarter of an hour, unchanged.
#[tokio::test]
async fn a_draft_of_somebody_else_an_old_one_and_a_changed_one_are_refused() {
    let room = Room::new();
    let offered = room.says(&room.ana, COMPLAINT).await;
    let refused = |reply: Reply| assert_eq!((reply.status, reply.code()), (StatusCode::BAD_REQUEST, "draft-invalid"));
    refused(room.taps(&room.bo, "Send it", &offered).await);
    let mut changed = offered.text("draft");
    changed.replace_range(40..41, if &changed[40..41] == "A" { "B" } else { "A" });
    refused(room.bench.post("/mediate", &room.ana, &json!({ "choice": "Send it", "draft": changed })).await);
    refused(room.bench.post("/mediate", &room.ana, &json!({ "choice": "Send it", "draft": room.ana })).await);
    room.bench.clock.advance(15 * 60);
    refused(room.taps(&room.ana, "Send it", &offered).await);
    assert_eq!(room.hears(&room.bo, "").await.code(), "nothing-new");
}

#[tokio::test]
async fn a_choice_that_is_not_offered_is_refused_with_what_is() {
    let room = Room::new();
    let heard = room.complaint().await;
    let refused = room.taps(&room.bo, "Send it", &heard).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::BAD_REQUEST, "unknown-choice"));
    assert_eq!(refused.json["menu"], heard.json["menu"]);
}

/// Requirement 12: nothing is lost, doubled or half done when the store comes back.
#[tokio::test]
async fn a_send_that_fails_can_be_repeated_and_is_delivered_once() {
    let room = Room::new();
    let offered = room.says(&room.ana, COMPLAINT).await;
    room.bench.store.take_away(true);
    let failed = room.taps(&room.ana, "Send it", &offered).await;
    assert_eq!((failed.status, failed.code()), (StatusCode::SERVICE_UNAVAILABLE, "store-unavailable"));
    assert!(failed.headers.contains_key(header::RETRY_AFTER));
    room.bench.store.take_away(false);
    for _ in 0..2 {
        assert_eq!(room.taps(&room.ana, "Send it", &offered).await.code(), "sent");
    }
    let heard = room.hears(&room.bo, "").await;
    assert_eq!((heard.code(), &heard.json["waiting"]), ("message", &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_hears_at_once_and_is_let_go_when_the_host_stops() {
    let room = std::sync::Arc::new(Room::new());
    let waits = |after: String| {
        let room = room.clone();
        tokio::spawn(async move {
            let started = std::time::Instant::now();
            let reply = room.bench.call(Method::GET, &format!("/mediate?wait=20&after={after}"), &room.bo).await;
            (reply, started.elapsed())
        })
    };
    let waiting = waits("c0".into());
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let offered = room.says(&room.ana, COMPLAINT).await;
    room.taps(&room.ana, "Send it", &offered).await;
    let (heard, took) = waiting.await.expect("no panic");
    assert_eq!(heard.code(), "message");
    assert!(took < std::time::Duration::from_secs(5), "{took:?}");

    let waiting = waits(heard.text("cursor"));
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    room.bench.stopping.send(true).expect("somebody listens");
    let (nothing, took) = waiting.await.expect("no panic");
    assert_eq!(nothing.code(), "nothing-new");
    assert!(took < std::time::Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn a_member_who_is_revoked_while_waiting_hears_nothing_more() {
    let room = Room::new();
    let id = room.bench.env.keys().open::<truce_session::Session>(&room.bo, "truce.example", room.bench.env.now());
    let id = id.expect("valid").claims.id.to_string();
    let wait = room.bench.call(Method::GET, "/mediate?wait=20", &room.bo);
    let revoke = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        room.bench.env.store().revoke(&id, room.bench.env.now(), u64::from(u32::MAX)).await.expect("there");
    };
    let (reply, ()) = tokio::join!(wait, revoke);
    assert_eq!((reply.status, reply.code()), (StatusCode::UNAUTHORIZED, "session-invalid"));
}

#[tokio::test]
async fn bad_input_is_refused_by_name() {
    let room = Room::new();
    for (body, code) in [
        (json!({}), "missing-field"),
        (json!({ "choice": "Send it" }), "missing-field"),
        (json!({ "text": "a", "choice": "b" }), "bad-value"),
        (json!({ "text": 7 }), "wrong-type"),
        (json!({ "text": null }), "wrong-type"),
        (json!({ "text": "a", "txet": "b" }), "unknown-field"),
        (json!(["text"]), "wrong-type"),
    ] {
        let reply = room.bench.post("/mediate", &room.ana, &body).await;
        assert_eq!((reply.status, reply.code()), (StatusCode::BAD_REQUEST, code), "{body}");
    }
    for query in ["after=nonsense", "wait=-1", "wait=soon", "view=all", "what=else"] {
        let reply = room.bench.call(Method::GET, &format!("/mediate?{query}"), &room.ana).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{query}");
    }
    for text in
        ["", "   ", "\u{0}\u{7}\u{1b}[2J", "Warum liefert ihr nie pünktlich und keinen interessiert es", "🙃🙃🙃"]
    {
        let reply = room.says(&room.ana, text).await;
        assert!(matches!(reply.code(), "declined" | "tell-me-more"), "{text:?}: {:?}", reply.json);
        assert!(!reply.text("say").is_empty());
    }
    let long = room.says(&room.ana, &"word ".repeat(10_000)).await;
    assert!(matches!(long.code(), "declined" | "tell-me-more"), "{}", long.code());
    assert_eq!(room.hears(&room.bo, "").await.code(), "nothing-new");
}
