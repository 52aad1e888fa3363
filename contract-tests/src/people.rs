//! Who acts in a journey: members with a Watch, and members in a browser.
//!
//! Every act is one request and gives the answer back; whether it is the right one is for the journey to say.

use crate::call::escape;
use crate::{Call, Function, Invite, Outcome, Reply, Secret, World};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};

/// Somebody with a session on the wrist.
#[derive(Clone)]
pub struct Member {
    world: World,
    /// What they are called.
    pub name: String,
    /// The team they speak for.
    pub team: String,
    /// The invite they came by.
    pub invite: Invite,
    /// Their session.
    pub session: Secret,
    /// The answer they joined with.
    pub reply: Reply,
    cursor: Arc<Mutex<String>>,
}

impl Member {
    /// Takes the session out of the answer to `POST /redeem`.
    pub(crate) fn joined(world: World, invite: Invite, reply: Reply) -> Outcome<Self> {
        Ok(Self {
            world,
            name: invite.member.clone(),
            team: invite.team.clone(),
            session: Secret::new(reply.text("session")?),
            invite,
            reply,
            cursor: Arc::default(),
        })
    }

    /// Says what is bothering them.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn says(&self, text: &str) -> Outcome<Reply> {
        let step = format!("{} says “{}”", self.who(), shortened(text));
        self.does(&step, Call::post("/mediate").json(&json!({"text": text}))).await
    }

    /// Says something in answer to `to`: a question of the mediator, or a message from the inbox.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn answers(&self, text: &str, to: &Reply) -> Outcome<Reply> {
        let step = format!("{} answers “{}”", self.who(), shortened(text));
        self.does(&step, Call::post("/mediate").json(&json!({"text": text, "draft": to.text("draft")?}))).await
    }

    /// Taps an entry of the menu that came with `of`.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn chooses(&self, choice: &str, of: &Reply) -> Outcome<Reply> {
        let step = format!("{} chooses “{choice}”", self.who());
        self.does(&step, self.choosing(choice, of)?).await
    }

    /// The request that taps an entry of the menu.
    ///
    /// # Errors
    /// When `of` has no draft.
    pub fn choosing(&self, choice: &str, of: &Reply) -> Outcome<Call> {
        Ok(Call::post("/mediate").json(&json!({"choice": choice, "draft": of.text("draft")?})))
    }

    /// Says something and sends it as the mediator would put it. Gives the offer back that was sent.
    ///
    /// # Errors
    /// When it is not sent.
    pub async fn sends(&self, text: &str) -> Outcome<Reply> {
        let offer = self.says(text).await?.expect_any_code(&["reframed", "civil"])?;
        self.chooses("Send it", &offer).await?.expect_code("sent")?;
        Ok(offer)
    }

    /// Looks for news, from where they last read to.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn polls(&self) -> Outcome<Reply> {
        self.polls_with(None).await
    }

    /// The same, and waits for news up to `seconds`.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn polls_for(&self, seconds: u64) -> Outcome<Reply> {
        self.polls_with(Some(seconds)).await
    }

    async fn polls_with(&self, wait: Option<u64>) -> Outcome<Reply> {
        let cursor = self.cursor();
        let after = (!cursor.is_empty()).then(|| format!("after={}", escape(&cursor)));
        let wait = wait.map(|seconds| format!("wait={seconds}"));
        let reply = self.asks(&after.into_iter().chain(wait).collect::<Vec<_>>().join("&")).await?;
        if let Some(cursor) = reply.value("cursor").and_then(Value::as_str).filter(|cursor| !cursor.is_empty()) {
            cursor.clone_into(&mut self.cursor.lock().unwrap_or_else(PoisonError::into_inner));
        }
        Ok(reply)
    }

    /// Where they last read to; empty before the first look.
    pub fn cursor(&self) -> String {
        self.cursor.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks the mediator with a query of its own.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn asks(&self, query: &str) -> Outcome<Reply> {
        let path = if query.is_empty() { "/mediate".to_owned() } else { format!("/mediate?{query}") };
        self.does(&format!("{} looks for news", self.who()), Call::get(path)).await
    }

    /// Looks at the agreements.
    ///
    /// # Errors
    /// When they are not listed.
    pub async fn agreements(&self) -> Outcome<Vec<Value>> {
        let call = Call::get("/mediate?view=agreements");
        self.does(&format!("{} looks at the agreements", self.who()), call)
            .await?
            .expect_code("agreements")?
            .list("agreements")
    }

    /// Asks whose session it is.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn asks_who_they_are(&self) -> Outcome<Reply> {
        self.does(&format!("{} asks whose session it is", self.who()), Call::get("/redeem")).await
    }

    /// Asks how things stand, from where they last read to.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn asks_how_things_stand(&self) -> Outcome<Reply> {
        let cursor = self.cursor();
        let path = if cursor.is_empty() { "/health".to_owned() } else { format!("/health?after={}", escape(&cursor)) };
        self.does(&format!("{} asks how things stand", self.who()), Call::get(path)).await
    }

    /// Gets a new session for the old one.
    ///
    /// # Errors
    /// When there is none in the answer.
    pub async fn renews(&self) -> Outcome<Self> {
        let reply = self.asks_to_renew().await?.expect_code("renewed")?;
        Ok(Self { session: Secret::new(reply.text("session")?), reply, ..self.clone() })
    }

    /// Asks for a new session, whatever comes of it.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn asks_to_renew(&self) -> Outcome<Reply> {
        self.does(&format!("{} renews the session", self.who()), Call::post("/redeem").json(&json!({}))).await
    }

    /// Leaves.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn leaves(&self) -> Outcome<Reply> {
        self.does(&format!("{} leaves", self.who()), Call::delete("/redeem")).await
    }

    /// Anything else, with this session.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn does(&self, step: &str, call: Call) -> Outcome<Reply> {
        self.world.does(step, call.bearer(&self.session)).await
    }

    /// The same person with another session.
    #[must_use]
    pub fn with_session(&self, session: &str) -> Self {
        Self { session: Secret::new(session), ..self.clone() }
    }

    fn who(&self) -> String {
        format!("{} ({})", self.name, self.team)
    }
}

/// Somebody whose session is in a browser's cookie.
#[derive(Clone)]
pub struct Browser {
    world: World,
    name: String,
    /// What the cookie holds.
    pub cookie: Secret,
    /// The answer they joined with.
    pub reply: Reply,
}

impl Browser {
    /// Takes the session out of the cookie that the answer to `POST /redeem` set.
    pub(crate) fn joined(world: World, name: &str, reply: Reply) -> Outcome<Self> {
        let set = reply.header("set-cookie").unwrap_or_default();
        match set.split(';').next().and_then(|pair| pair.trim().strip_prefix("__Host-truce=")) {
            Some(value) if !value.is_empty() => {
                Ok(Self { world, name: name.to_owned(), cookie: Secret::new(value), reply })
            }
            _ => Err(reply.failure("a cookie `__Host-truce`", "none")),
        }
    }

    /// Anything, with the cookie and nothing that says where the request came from.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn does(&self, step: &str, mut call: Call) -> Outcome<Reply> {
        call.presented.push(self.cookie.clone());
        let call = call.header("cookie", format!("theme=dark; __Host-truce={}", self.cookie.reveal()));
        self.world.does(&format!("{}'s browser {step}", self.name), call).await
    }

    /// Anything, from a page of this deployment.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn does_from_our_page(&self, step: &str, call: Call) -> Outcome<Reply> {
        let origin = self.world.target().origin(call.function);
        self.does(step, call.header("origin", origin).header("sec-fetch-site", "same-origin")).await
    }

    /// The address of the function as the browser sees it.
    pub fn origin(&self, function: Function) -> String {
        self.world.target().origin(function)
    }
}

/// A step's name stays a line.
fn shortened(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(48).collect();
    if text.chars().count() > 48 { format!("{}…", clean.trim_end()) } else { clean }
}
