//! A room's organiser, and the codes that are shown to people.
//!
//! Every act is one request and gives the answer back; whether it is the right one is for the journey to say.

use crate::call::escape;
use crate::{Browser, Call, Member, Outcome, Reply, Secret, World};
use serde_json::{Value, json};

/// A room of this run, and its organiser.
#[derive(Clone)]
pub struct Room {
    world: World,
    name: String,
}

impl Room {
    pub(crate) fn named(world: World, name: String) -> Self {
        Self { world, name }
    }

    /// What the room is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The organiser shows `member` a QR code.
    ///
    /// # Errors
    /// When none is issued.
    pub async fn invite(&self, team: &str, member: &str) -> Outcome<Invite> {
        self.invite_for(team, member, json!({})).await
    }

    /// The same, with further fields such as `ttl_seconds`.
    ///
    /// # Errors
    /// When none is issued.
    pub async fn invite_for(&self, team: &str, member: &str, terms: Value) -> Outcome<Invite> {
        let mut body = json!({"room": self.name, "team": team, "member": member});
        if let (Some(body), Value::Object(terms)) = (body.as_object_mut(), terms) {
            body.extend(terms);
        }
        let step = format!("the organiser invites {member} ({team})");
        let reply =
            self.world.organiser_does(&step, Call::post("/qr").json(&body)).await?.expect_code("invite-issued")?;
        self.world.issued(&reply.text("id")?);
        Ok(Invite {
            world: self.world.clone(),
            member: member.to_owned(),
            team: team.to_owned(),
            id: reply.text("id")?,
            digits: Secret::new(reply.text("invite")?),
            link: Secret::new(reply.text("url")?),
            reply,
        })
    }

    /// `member` scans the code and is in.
    ///
    /// # Errors
    /// When that does not work.
    pub async fn join(&self, team: &str, member: &str) -> Outcome<Member> {
        self.invite(team, member).await?.accept().await
    }
}

/// A QR code that was shown to somebody.
#[derive(Clone)]
pub struct Invite {
    world: World,
    /// Whom it is for.
    pub member: String,
    /// The team they will speak for.
    pub team: String,
    /// What the organiser calls it.
    pub id: String,
    /// What the symbol holds after `#`.
    pub digits: Secret,
    /// What the symbol holds.
    pub link: Secret,
    /// The answer it came with.
    pub reply: Reply,
}

impl Invite {
    /// Redeems it and takes the session.
    ///
    /// # Errors
    /// When there is no session in the answer.
    pub async fn accept(&self) -> Outcome<Member> {
        let reply = self.redeem().await?.expect_code("redeemed")?;
        Member::joined(self.world.clone(), self.clone(), reply)
    }

    /// Redeems it in a browser: the session goes into a cookie.
    ///
    /// # Errors
    /// When there is no cookie in the answer.
    pub async fn accept_in_a_browser(&self) -> Outcome<Browser> {
        let call = self.redeeming(&json!({"invite": self.digits.reveal(), "keep": "cookie"}));
        let origin = self.world.target().origin(call.function);
        let call = call.header("origin", origin).header("sec-fetch-site", "same-origin");
        let reply = self
            .world
            .does(&format!("{}'s browser redeems the invite", self.member), call)
            .await?
            .expect_code("redeemed")?;
        Browser::joined(self.world.clone(), &self.member, reply)
    }

    /// Redeems it, whatever comes of it.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn redeem(&self) -> Outcome<Reply> {
        self.redeem_as(self.digits.reveal()).await
    }

    /// Redeems `text` in place of the digits.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn redeem_as(&self, text: &str) -> Outcome<Reply> {
        let call = self.redeeming(&json!({"invite": text}));
        self.world.does(&format!("{} redeems the invite", self.member), call).await
    }

    /// Redeems it as one of many at the same time.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn redeem_in_a_crowd(&self) -> Outcome<Reply> {
        let call = self.redeeming(&json!({"invite": self.digits.reveal()}));
        self.world.does_in_a_crowd("one of many redeems the invite", call).await
    }

    /// Looks at it without spending it.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn preview(&self) -> Outcome<Reply> {
        let call = self.redeeming(&json!({"invite": self.digits.reveal(), "preview": true}));
        self.world.does(&format!("{} looks at the invite", self.member), call).await
    }

    /// The organiser asks how it stands.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn state(&self) -> Outcome<Reply> {
        self.world.organiser_does("the organiser asks how the invite stands", Call::get(self.path())).await
    }

    /// The organiser takes it back.
    ///
    /// # Errors
    /// When no lawful answer came.
    pub async fn revoke(&self) -> Outcome<Reply> {
        self.world.organiser_does("the organiser revokes the invite", Call::delete(self.path())).await
    }

    /// Where the organiser finds it.
    pub fn path(&self) -> String {
        format!("/qr/{}", escape(&self.id))
    }

    fn redeeming(&self, body: &Value) -> Call {
        let mut call = Call::post("/redeem").json(body);
        call.presented.push(self.digits.clone());
        call
    }
}
