//! Invites become sessions exactly once, and nobody learns more than they should.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use serde_json::json;
use truce_function::testing::{Bench, Reply};
use truce_session::lifetime;

const DAY: u64 = 24 * 60 * 60;

fn bench() -> Bench {
    Bench::new(truce_redeem_token::router)
}

async fn redeem(bench: &Bench, invite: &str) -> Reply {
    bench.post("/redeem", "", &json!({ "invite": invite })).await
}

async fn verify(bench: &Bench, session: &str) -> Reply {
    bench.call(Method::GET, "/redeem", session).await
}

#[tokio::test]
async fn an_invite_becomes_a_session_once_in_every_form_it_is_written() {
    let bench = bench();
    let digits = bench.invite("q3", "backend", "Ana");
    let first = redeem(&bench, &format!("https://truce.example/j#{digits}")).await;
    assert_eq!((first.status, first.code()), (StatusCode::OK, "redeemed"));
    assert_eq!(first.text("say"), "You're in, Ana.");
    assert_eq!(first.text("invited_by"), "Ana");
    let again = redeem(&bench, &digits).await;
    assert_eq!((again.status, again.code()), (StatusCode::UNAUTHORIZED, "invite-invalid"));
    assert_eq!(verify(&bench, &first.text("session")).await.code(), "session-valid");
}

/// Requirement 10: concurrent redeems give exactly one session.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_redeems_at_once_give_one_session() {
    let bench = std::sync::Arc::new(bench());
    let invite = bench.invite("q3", "backend", "Ana");
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let (bench, invite) = (bench.clone(), invite.clone());
            tokio::spawn(async move { redeem(&bench, &invite).await.status })
        })
        .collect();
    let mut sessions = 0;
    for task in tasks {
        sessions += usize::from(task.await.expect("no panic") == StatusCode::OK);
    }
    assert_eq!(sessions, 1);
}

/// Requirement 12: without a store there is no session, and the invite can still be used when it is back.
#[tokio::test]
async fn a_store_that_is_away_means_503_and_never_a_session() {
    let bench = bench();
    let invite = bench.invite("q3", "backend", "Ana");
    let session = bench.session("q3", "backend", "Bo");
    bench.store.take_away(true);
    let away = redeem(&bench, &invite).await;
    assert_eq!((away.status, away.code()), (StatusCode::SERVICE_UNAVAILABLE, "store-unavailable"));
    assert!(away.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(verify(&bench, &session).await.status, StatusCode::SERVICE_UNAVAILABLE);
    bench.store.take_away(false);
    assert_eq!(redeem(&bench, &invite).await.code(), "redeemed");
}

/// Requirement 13: the record that an invite was used outlives the invite on a host whose clock is behind.
#[tokio::test]
async fn a_used_invite_stays_used_past_its_end_and_the_skew_of_clocks() {
    let bench = bench();
    let reply = redeem(&bench, &bench.invite("q3", "backend", "Ana")).await;
    assert_eq!(reply.code(), "redeemed");
    let invite = bench.invite("q3", "backend", "Bo");
    assert_eq!(redeem(&bench, &invite).await.code(), "redeemed");
    bench.clock.advance(lifetime::INVITE.default - 1);
    assert_eq!(redeem(&bench, &invite).await.code(), "invite-invalid");
    let id =
        bench.env.keys().open::<truce_session::Invite>(&invite, "truce.example", bench.env.now()).expect("valid").id;
    let last = bench.env.now() + 1 + lifetime::SKEW - 1;
    assert!(bench.env.store().is_spent(&id.to_string(), last).await.expect("there"));
}

/// Requirement 25: bad, used, unknown, revoked, foreign and expired invites cannot be told apart.
#[tokio::test]
async fn every_invite_that_does_not_hold_gets_the_same_answer() {
    let bench = bench();
    let used = bench.invite("q3", "backend", "Ana");
    redeem(&bench, &used).await;
    let expired = bench.invite("q3", "backend", "Old");
    bench.clock.advance(lifetime::INVITE.default);
    let foreign = bench.invite_for("other.example", "q3", "backend", "Ana");
    let session = bench.session("q3", "backend", "Ana");
    let mut bodies = Vec::new();
    for invite in
        [used, expired, foreign, session, "0".repeat(352), "12".into(), String::new(), "v3.local.AAAA.AAAA".into()]
    {
        let reply = redeem(&bench, &invite).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        let mut body = reply.json;
        body["instance"] = json!("");
        bodies.push(body);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:#?}");
}

/// Requirements 5 and 6: an invite is no session, and another host's is none here.
#[tokio::test]
async fn purposes_and_hosts_are_not_interchangeable() {
    let bench = bench();
    let invite = bench.invite("q3", "backend", "Ana");
    assert_eq!(verify(&bench, &invite).await.code(), "session-invalid");
    let elsewhere = Bench::new(truce_redeem_token::router);
    assert_eq!(verify(&bench, &elsewhere.session("q3", "backend", "Ana")).await.code(), "session-invalid");
}

#[tokio::test]
async fn looking_at_an_invite_spends_nothing() {
    let bench = bench();
    let invite = bench.invite("q3", "backend", "Ana");
    for _ in 0..3 {
        let look = bench.post("/redeem", "", &json!({ "invite": invite, "preview": true })).await;
        assert_eq!((look.code(), look.text("session").as_str()), ("invite-valid", ""));
        assert_eq!((look.text("invited_by"), look.text("room")), ("Ana".into(), "q3".into()));
    }
    // Requirement 17 and link previews: a GET never redeems, whatever its query says.
    bench.call(Method::GET, &format!("/redeem?invite={invite}"), "").await;
    bench.call(Method::GET, &format!("/j?invite={invite}"), "").await;
    assert_eq!(redeem(&bench, &invite).await.code(), "redeemed");
    let look = bench.post("/redeem", "", &json!({ "invite": invite, "preview": true })).await;
    assert_eq!(look.code(), "invite-invalid");
}

/// Requirement 26: a renewed session is a new secret, within an idle and an absolute limit.
#[tokio::test]
async fn a_session_is_renewed_by_a_new_secret_until_its_absolute_end() {
    let bench = bench();
    let mut session = redeem(&bench, &bench.invite("q3", "backend", "Ana")).await.text("session");
    for _ in 0..4 {
        bench.clock.advance(6 * DAY);
        let renewed = bench.post("/redeem", &session, &json!({})).await;
        assert_eq!(renewed.code(), "renewed");
        assert_ne!(renewed.text("session"), session);
        session = renewed.text("session");
    }
    bench.clock.advance(6 * DAY - 1);
    assert_eq!(verify(&bench, &session).await.code(), "session-valid");
    bench.clock.advance(1);
    assert_eq!(bench.post("/redeem", &session, &json!({})).await.code(), "session-invalid");
}

#[tokio::test]
async fn a_session_that_is_not_used_for_a_week_ends() {
    let bench = bench();
    let session = redeem(&bench, &bench.invite("q3", "backend", "Ana")).await.text("session");
    bench.clock.advance(7 * DAY - 1);
    assert_eq!(verify(&bench, &session).await.code(), "session-valid");
    bench.clock.advance(1);
    assert_eq!(verify(&bench, &session).await.code(), "session-invalid");
}

/// Requirement 27: leaving ends the session and all its renewals.
#[tokio::test]
async fn leaving_ends_every_renewal() {
    let bench = bench();
    let session = redeem(&bench, &bench.invite("q3", "backend", "Ana")).await.text("session");
    let renewed = bench.post("/redeem", "", &json!({ "session": session })).await.text("session");
    assert_eq!(bench.call(Method::DELETE, "/redeem", &session).await.code(), "left");
    assert_eq!(verify(&bench, &session).await.code(), "session-invalid");
    assert_eq!(verify(&bench, &renewed).await.code(), "session-invalid");
}

/// Requirement 28: the browser's session is in a cookie that counts for changes only from our own pages.
#[tokio::test]
async fn a_browser_session_is_a_cookie_that_other_sites_cannot_use() {
    let bench = bench();
    let invite = bench.invite("q3", "backend", "Ana");
    let keep = |site: &str| {
        Request::post("/redeem")
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", site)
            .body(Body::from(json!({ "invite": invite, "keep": "cookie" }).to_string()))
            .expect("a request")
    };
    assert_eq!(bench.send(keep("cross-site")).await.code(), "cross-origin");
    let kept = bench.send(keep("same-origin")).await;
    assert_eq!((kept.code(), kept.text("session").as_str()), ("redeemed", ""));
    let cookie = kept.headers[header::SET_COOKIE].to_str().expect("ASCII").to_owned();
    let cookie = cookie.split(';').next().expect("a pair").to_owned();

    let with_cookie = |method: Method, site: &str| {
        Request::builder().method(method).uri("/redeem").header(header::COOKIE, &cookie).header("sec-fetch-site", site)
    };
    let get = with_cookie(Method::GET, "same-origin").body(Body::empty()).expect("a request");
    assert_eq!(bench.send(get).await.code(), "session-valid");
    let foreign = with_cookie(Method::DELETE, "cross-site").body(Body::empty()).expect("a request");
    assert_eq!(bench.send(foreign).await.code(), "cross-origin");
    let own = with_cookie(Method::DELETE, "same-origin").body(Body::empty()).expect("a request");
    let left = bench.send(own).await;
    assert_eq!(left.code(), "left");
    assert!(left.headers[header::SET_COOKIE].to_str().expect("ASCII").contains("Max-Age=0"));
}

#[tokio::test]
async fn the_router_at_the_edge_learns_whose_session_it_is() {
    let mut settings = Bench::settings();
    settings.cells.insert("design".into(), "cell-b".into());
    let bench = Bench::with(settings, truce_redeem_token::router);
    let reply = verify(&bench, &bench.session("küche", "design", "Zoë")).await;
    assert_eq!(reply.headers["x-truce-room"], "k%C3%BCche");
    assert_eq!(reply.headers["x-truce-member"], "Zo%C3%AB");
    assert_eq!(reply.headers["x-truce-cell"], "cell-b");
}

/// Requirement 22: what cannot be a token is refused by its length, before it is decoded.
#[tokio::test]
async fn a_token_longer_than_any_is_refused() {
    let bench = bench();
    assert_eq!(redeem(&bench, &"1".repeat(60_000)).await.code(), "invite-invalid");
    assert_eq!(verify(&bench, &format!("v3.local.{}", "A".repeat(60_000))).await.code(), "session-invalid");
}

/// Where three attempts a minute fail.
fn strict() -> Bench {
    let settings = truce_function::Settings { attempts_per_minute: 3, ..Bench::settings() };
    Bench::with(settings, truce_redeem_token::router)
}

fn attempt(source: &str, invite: &str) -> Request<Body> {
    let mut request = Request::post("/redeem")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(json!({ "invite": invite }).to_string()))
        .expect("a request");
    request.extensions_mut().insert(truce_function::auth::Source(source.to_owned()));
    request
}

/// Requirement 23: guessing is slowed down, per source.
#[tokio::test]
async fn too_many_bad_invites_from_one_source_have_to_wait() {
    let bench = strict();
    for _ in 0..3 {
        assert_eq!(bench.send(attempt("192.0.2.1", "12")).await.code(), "invite-invalid");
    }
    let slowed = bench.send(attempt("192.0.2.1", &bench.invite("q3", "backend", "Ana"))).await;
    assert_eq!((slowed.status, slowed.code()), (StatusCode::TOO_MANY_REQUESTS, "slow-down"));
    assert!(slowed.headers.contains_key(header::RETRY_AFTER));
    let other = bench.send(attempt("192.0.2.2", &bench.invite("q3", "backend", "Ana"))).await;
    assert_eq!(other.code(), "redeemed");
    bench.clock.advance(60);
    assert_eq!(bench.send(attempt("192.0.2.1", &bench.invite("q3", "backend", "Bo"))).await.code(), "redeemed");
}

/// Requirement 23: in IPv6 a source is a network; another address is there for the asking.
#[tokio::test]
async fn another_address_of_the_same_network_is_no_way_around_it() {
    let bench = strict();
    for source in ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::3"] {
        assert_eq!(bench.send(attempt(source, "12")).await.code(), "invite-invalid");
    }
    let slowed = bench.send(attempt("2001:db8:1:2::4", &bench.invite("q3", "backend", "Ana"))).await;
    assert_eq!((slowed.status, slowed.code()), (StatusCode::TOO_MANY_REQUESTS, "slow-down"));
    let other = bench.send(attempt("2001:db8:1:3::1", &bench.invite("q3", "backend", "Ana"))).await;
    assert_eq!(other.code(), "redeemed");
}

/// Who is asked to join reads before they do who will hear what they say.
#[tokio::test]
async fn the_join_page_names_the_language_model_where_there_is_one() {
    let page = bench().call(Method::GET, "/j", "").await.body;
    assert!(!page.contains("language model") && !page.contains("<!--model-->"));
    let told = |name: &str| {
        let value = match name {
            "TRUCE_PUBLIC_URL" => "https://truce.example",
            "TRUCE_ORGANISER_KEYS" => truce_function::testing::ORGANISER_KEY,
            "TRUCE_MODEL_URL" => "https://models.example/v1/messages",
            "TRUCE_MODEL" => "small",
            _ => return None,
        };
        Some(value.to_owned())
    };
    let settings = truce_function::Settings::from_lookup(told).expect("they hold");
    let page = Bench::with(settings, truce_redeem_token::router).call(Method::GET, "/j", "").await.body;
    assert!(page.contains("A language model at <strong>models.example</strong>"));
}
