//! The pages people see. What is on them is a browser's test; that they arrive, and safely, is ours.

use super::journeys;
use crate::{Call, Outcome, World};

journeys! {
    "pages":
    every_page_arrives_as_html => "Somebody opens the join page, the install page, the talk page and the console, and gets HTML in a named language with a title.",
    every_page_runs_nothing_but_its_own => "Each page's policy allows no inline or foreign script, no framing, and no form to elsewhere (19).",
    a_page_holds_nothing_of_who_asks => "The same page is the same for a stranger and for a member: nothing of a session is rendered into it.",
}

const PAGES: [&str; 4] = ["/j", "/install", "/talk", "/qr"];

async fn every_page_arrives_as_html(world: World) -> Outcome {
    for path in PAGES {
        let call = Call::get(path).header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        let reply = world.does(&format!("somebody opens {path}"), call).await?.expect_status(200)?;
        let page = reply.body_text().to_lowercase();
        reply
            .expect("HTML in UTF-8", |reply| {
                let kind = reply.header("content-type").unwrap_or_default().to_lowercase();
                kind.starts_with("text/html") && kind.contains("utf-8")
            })?
            .expect("a whole document", |_| {
                page.trim_start().starts_with("<!doctype html") && page.contains("<title>")
            })?
            .expect("its language", |_| page.contains("<html lang=\"en"))?;
    }
    Ok(())
}

async fn every_page_runs_nothing_but_its_own(world: World) -> Outcome {
    for path in PAGES {
        let reply = world.does(&format!("somebody opens {path}"), Call::get(path)).await?.expect_status(200)?;
        let policy = reply.header("content-security-policy").unwrap_or_default().to_lowercase();
        let page = reply.body_text().to_lowercase();
        let directive = |name: &str| {
            policy.split(';').map(str::trim).find(|one| one.split(' ').next() == Some(name)).map(str::to_owned)
        };
        let scripts = directive("script-src").or_else(|| directive("default-src")).unwrap_or_default();
        reply
            .expect("a default-src that allows nothing but its own", |_| {
                directive("default-src").is_some_and(|rule| rule.ends_with("'none'") || rule.ends_with("'self'"))
            })?
            .expect("no inline and no evaluated script", |_| {
                !scripts.is_empty()
                    && !scripts.contains("'unsafe-inline'")
                    && !scripts.contains("'unsafe-eval'")
                    && !scripts.contains('*')
            })?
            .expect("no framing", |_| directive("frame-ancestors").is_some_and(|rule| rule.ends_with("'none'")))?
            .expect("a base-uri that is fixed", |_| directive("base-uri").is_some())?
            .expect("no script or style from elsewhere", |_| {
                !page.contains("src=\"http") && !page.contains("src=\"//")
            })?;
    }
    Ok(())
}

async fn a_page_holds_nothing_of_who_asks(world: World) -> Outcome {
    let ana = world.room().join("backend", "Ana").await?;
    for path in PAGES {
        let stranger = world.does(&format!("a stranger opens {path}"), Call::get(path)).await?.expect_status(200)?;
        let member = ana.does(&format!("Ana opens {path}"), Call::get(path)).await?.expect_status(200)?;
        let session = ana.session.reveal();
        let length = stranger.bytes().len();
        member
            .expect("a page without the session", |reply| !reply.body_text().contains(session))?
            .expect("a page as long as the stranger's", |reply| reply.bytes().len() == length)?;
    }
    Ok(())
}
