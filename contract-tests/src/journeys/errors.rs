//! Every way a request can be wrong has its own code, and says what is wrong.

use super::journeys;
use super::mediation::HARSH;
use crate::contract::BODY_LIMIT;
use crate::{Call, Function, Outcome, World};
use serde_json::{Value, json};

journeys! {
    "errors":
    malformed_json_is_refused => "A client sends bodies that are no JSON, and is told so.",
    a_body_that_is_no_object_is_refused => "A client sends a list, a text, a number and null instead of an object, and is told so.",
    a_wrong_type_is_named => "A client sends numbers for texts and texts for numbers, and is told which field.",
    a_missing_field_is_named => "A client leaves out what is needed, and is told which field.",
    an_unknown_field_is_named => "A client sends a field the contract does not have, and is told which.",
    a_bad_value_is_named => "A client sends names too long, too short and unprintable, and is told which field.",
    a_body_that_is_not_called_json_is_refused => "A client forgets to say that its body is JSON; one that adds a charset is fine.",
    a_body_over_the_limit_is_refused_however_it_comes => "A client sends more than 64 KiB, once announced and once in chunks, to every function that takes a body (21).",
    a_body_at_the_limit_is_read => "A client sends exactly 64 KiB, and it is read.",
    an_unknown_path_says_so => "A client asks each function for paths that are not there.",
    a_wrong_method_says_which_are_right => "A client uses a method that a path does not know, and is told which it does.",
    a_draft_that_is_none_is_refused => "Ana's client sends a choice without a draft, with an empty one, and with a made-up one.",
}

/// What each function takes, with the right credentials: a path, and a body that is fine.
async fn takers(world: &World) -> Outcome<[(Call, Value); 3]> {
    let room = world.room();
    let ana = room.join("backend", "Ana").await?;
    let invite = room.invite("backend", "Bo").await?;
    Ok([
        (Call::post("/qr").bearer(&world.target().organiser_key), world.invite_body()),
        (Call::post("/redeem"), json!({"invite": invite.digits.reveal(), "preview": true})),
        (Call::post("/mediate").bearer(&ana.session), json!({"text": HARSH})),
    ])
}

async fn malformed_json_is_refused(world: World) -> Outcome {
    for (call, body) in takers(&world).await? {
        // Right in every way but its form: what a parser meets first must not matter.
        let whole = body.to_string();
        let cut = whole[..whole.len() - 1].to_owned();
        let unescaped = whole.replacen(":\"", ":\"\u{1}", 1);
        let quoted = whole.replace('"', "'");
        for body in [
            "",
            " ",
            "{",
            "nonsense",
            &cut,
            &format!("{whole} trailing"),
            &format!("{whole}{whole}"),
            &unescaped,
            &quoted,
        ] {
            let shown: String = body.escape_debug().take(24).collect();
            let call = call.clone().raw("application/json", body);
            world.does(&format!("a client sends `{shown}`"), call).await?.expect_code("malformed-json")?;
        }
        let mut not_utf8 = whole.into_bytes();
        not_utf8.splice(cut.find(":\"").map_or(0..0, |at| at + 2..at + 2), [0xFF, 0xFE]);
        let call_not_utf8 = call.clone().raw("application/json", not_utf8);
        world.does("a client sends what is no UTF-8", call_not_utf8).await?.expect_code("malformed-json")?;
        let deep = call.raw("application/json", "[".repeat(30_000));
        world
            .does("a client sends thirty thousand brackets", deep)
            .await?
            .expect_any_code(&["malformed-json", "wrong-type"])?;
    }
    Ok(())
}

async fn a_body_that_is_no_object_is_refused(world: World) -> Outcome {
    for (call, _) in takers(&world).await? {
        for body in [json!([]), json!([{"text": "a"}]), json!("text"), json!(7), json!(true), Value::Null] {
            world.does(&format!("a client sends {body}"), call.clone().json(&body)).await?.expect_code("wrong-type")?;
        }
    }
    Ok(())
}

async fn a_wrong_type_is_named(world: World) -> Outcome {
    let [(issue, _), (redeem, _), (mediate, _)] = takers(&world).await?;
    let calls = [
        (&issue, json!({"room": 7, "team": "backend", "member": "Ana"}), "room"),
        (&issue, json!({"room": "r", "team": ["backend"], "member": "Ana"}), "team"),
        (&issue, json!({"room": "r", "team": "backend", "member": null}), "member"),
        (&redeem, json!({"invite": 12345}), "invite"),
        (&redeem, json!({"invite": "1", "preview": "yes"}), "preview"),
        (&redeem, json!({"session": {}}), "session"),
        (&mediate, json!({"text": 5}), "text"),
        (&mediate, json!({"choice": ["Send it"], "draft": "d"}), "choice"),
        (&mediate, json!({"choice": "Send it", "draft": false}), "draft"),
    ];
    for (call, body, field) in calls {
        let reply = world.does(&format!("a client sends {body}"), call.clone().json(&body)).await?;
        reply.expect_code("wrong-type")?.expect_detail_naming(field)?;
    }
    Ok(())
}

async fn a_missing_field_is_named(world: World) -> Outcome {
    let [(issue, whole), (_, _), (mediate, _)] = takers(&world).await?;
    for field in ["room", "team", "member"] {
        let mut body = whole.clone();
        if let Some(body) = body.as_object_mut() {
            body.remove(field);
        }
        let reply = world.does(&format!("a client leaves out `{field}`"), issue.clone().json(&body)).await?;
        reply.expect_code("missing-field")?.expect_detail_naming(field)?;
    }
    let nothing = world.does("a client says nothing", mediate.clone().json(&json!({}))).await?;
    nothing.expect_code("missing-field")?.expect_detail_naming("text")?;
    let no_draft = world.does("a client chooses without a draft", mediate.json(&json!({"choice": "Send it"}))).await?;
    no_draft.expect_code("missing-field")?.expect_detail_naming("draft")?;
    world
        .does("a client redeems nothing", Call::post("/redeem").json(&json!({})))
        .await?
        .expect_code("session-missing")?;
    Ok(())
}

async fn an_unknown_field_is_named(world: World) -> Outcome {
    for (call, mut body) in takers(&world).await? {
        body["colour"] = json!("blue");
        let reply = world.does("a client sends a colour", call.json(&body)).await?;
        reply.expect_code("unknown-field")?.expect_detail_naming("colour")?;
    }
    Ok(())
}

async fn a_bad_value_is_named(world: World) -> Outcome {
    let long = "a".repeat(33);
    for field in ["room", "team", "member"] {
        for value in ["", long.as_str(), "a\u{0}b", "a\nb", "\u{7f}"] {
            let mut body = world.invite_body();
            body[field] = json!(value);
            world.organiser_asks_for_an_invite(&body).await?.expect_code("bad-value")?.expect_detail_naming(field)?;
        }
    }
    let invite = world.room().invite("backend", "Ana").await?;
    let jar = Call::post("/redeem").json(&json!({"invite": invite.digits.reveal(), "keep": "jar"}));
    world
        .does("a client keeps its session in a jar", jar)
        .await?
        .expect_code("bad-value")?
        .expect_detail_naming("keep")?;
    invite.accept().await?;
    Ok(())
}

async fn a_body_that_is_not_called_json_is_refused(world: World) -> Outcome {
    for (call, body) in takers(&world).await? {
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonx",
            "json",
        ] {
            let call = call.clone().raw(kind, body.to_string());
            world.does(&format!("a client calls its body {kind}"), call).await?.expect_code("not-json")?;
        }
        world
            .does("a client calls its body nothing", call.clone().untyped(body.to_string()))
            .await?
            .expect_code("not-json")?;
        let with_charset = call.raw("application/json; charset=utf-8", body.to_string());
        world.does("a client adds a charset", with_charset).await?.expect("success", |reply| reply.status() < 300)?;
    }
    Ok(())
}

/// A body that is right in every way but its size.
fn of_size(body: &Value, size: usize) -> Vec<u8> {
    let mut bytes = body.to_string().into_bytes();
    bytes.resize(size.max(bytes.len()), b' ');
    bytes
}

async fn a_body_over_the_limit_is_refused_however_it_comes(world: World) -> Outcome {
    for (call, body) in takers(&world).await? {
        for size in [BODY_LIMIT + 1, 4 * BODY_LIMIT] {
            let bytes = of_size(&body, size);
            let announced = call.clone().raw("application/json", bytes.clone());
            world.does(&format!("a client announces {size} bytes"), announced).await?.expect_code("body-too-large")?;
            let chunks = bytes.chunks(8 * 1024).map(<[u8]>::to_vec).collect();
            let chunked = call.clone().chunked_json(chunks);
            world
                .does(&format!("a client sends {size} bytes in chunks"), chunked)
                .await?
                .expect_code("body-too-large")?;
        }
    }
    Ok(())
}

async fn a_body_at_the_limit_is_read(world: World) -> Outcome {
    for (call, body) in takers(&world).await? {
        let bytes = of_size(&body, BODY_LIMIT);
        let announced = call.clone().raw("application/json", bytes.clone());
        world.does("a client announces 64 KiB", announced).await?.expect("success", |reply| reply.status() < 300)?;
        let chunked = call.chunked_json(bytes.chunks(8 * 1024).map(<[u8]>::to_vec).collect());
        world
            .does("a client sends 64 KiB in chunks", chunked)
            .await?
            .expect("success", |reply| reply.status() < 300)?;
    }
    Ok(())
}

async fn an_unknown_path_says_so(world: World) -> Outcome {
    for &function in Function::ALL {
        for path in ["/nowhere", "/qr/a/b", "/mediate/more", "/redeem/", "/health/deep", "/.env", "/J", "/..%2fqr"] {
            let call = Call::get(path).to(function);
            world.does(&format!("a client asks for {path}"), call).await?.expect_code("no-such-path")?;
        }
    }
    let post = Call::post("/nowhere").json(&json!({}));
    world.does("a client posts to nowhere", post).await?.expect_code("no-such-path")?;
    Ok(())
}

async fn a_wrong_method_says_which_are_right(world: World) -> Outcome {
    let wrong = [
        ("PUT", "/qr", &["GET", "POST"][..]),
        ("DELETE", "/qr", &["GET", "POST"]),
        ("POST", "/qr/abc", &["GET", "DELETE"]),
        ("PUT", "/redeem", &["GET", "POST", "DELETE"]),
        ("PATCH", "/redeem", &["GET", "POST", "DELETE"]),
        ("POST", "/j", &["GET"]),
        ("DELETE", "/install", &["GET"]),
        ("DELETE", "/mediate", &["GET", "POST"]),
        ("POST", "/talk", &["GET"]),
        ("POST", "/health", &["GET"]),
    ];
    for (method, path, right) in wrong {
        let reply = world
            .does(&format!("a client tries {method} {path}"), Call::new(method, path))
            .await?
            .expect_code("method-not-allowed")?;
        let allow = reply.header("allow").unwrap_or_default().to_owned();
        let allowed: Vec<&str> = allow.split(',').map(str::trim).collect();
        let reply = reply.expect(&format!("`allow` with {}; got `{allow}`", right.join(", ")), |_| {
            right.iter().all(|method| allowed.contains(method))
        })?;
        reply.expect(&format!("`allow` without {method}; got `{allow}`"), |_| !allowed.contains(&method))?;
    }
    Ok(())
}

async fn a_draft_that_is_none_is_refused(world: World) -> Outcome {
    let ana = world.room().join("backend", "Ana").await?;
    let megabyte_less = "v3.local.".to_owned() + &"A".repeat(40_000);
    for draft in ["", "draft", "v3.local.", "v3.local.AAAA", "v4.local.AAAAAAAA", "🦊", megabyte_less.as_str()] {
        let shown: String = draft.chars().take(16).collect();
        let choice = Call::post("/mediate").json(&json!({"choice": "Send it", "draft": draft}));
        ana.does(&format!("Ana sends the draft “{shown}”"), choice).await?.expect_code("draft-invalid")?;
        let answer = Call::post("/mediate").json(&json!({"text": HARSH, "draft": draft}));
        ana.does(&format!("Ana answers the draft “{shown}”"), answer).await?.expect_code("draft-invalid")?;
    }
    let both = Call::post("/mediate").json(&json!({"text": HARSH, "choice": "Send it", "draft": "d"}));
    ana.does("Ana says and chooses at once", both).await?.expect_status(400)?;
    Ok(())
}
