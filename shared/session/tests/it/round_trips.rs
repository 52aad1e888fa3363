//! Whatever can be sealed opens to what was sealed.

use proptest::prelude::*;
use serde_json::{Value, json};
use truce_session::{Draft, Invite, OrganiserTag, Seat, Session, lifetime::EPOCH};

use crate::support::{random, ring};

fn seats() -> impl Strategy<Value = Seat> {
    let name = || "\\PC{1,32}".prop_filter("not blank", |name| !name.trim().is_empty());
    (name(), name(), name()).prop_filter_map("names", |(room, team, member)| Seat::new(&room, &team, &member).ok())
}

prop_compose! {
    fn invites()(seat in seats(), organiser: String, lifetime in 10..=600_u64, session_lifetime in 60..=2_592_000_u64) -> Invite {
        Invite { seat, invited_by: OrganiserTag::of(&organiser), lifetime, session_lifetime }
    }
}

proptest! {
    #[test]
    fn an_invite_opens_to_itself_in_both_forms(
        invite in invites(), host in "[a-z.:0-9]{1,40}", now in EPOCH..=u64::from(u32::MAX), seed: u64, later in 0..10_u64,
    ) {
        let sealed = ring().seal(&invite, &host, now, &mut random(seed)).unwrap();
        let opened = ring().open::<Invite>(sealed.expose(), &host, now + later).unwrap();
        prop_assert_eq!(&opened.claims, &invite);
        prop_assert_eq!((opened.id, opened.issued_at, opened.expires_at), (sealed.id(), now, now + invite.lifetime));
        prop_assert_eq!(ring().open::<Invite>(&sealed.digits(), &host, now + later).unwrap(), opened);
    }

    #[test]
    fn a_session_opens_to_itself_and_so_does_its_renewal(
        invite in invites(), idle in 60..=2_592_000_u64, now in EPOCH..=u64::from(u32::MAX), seed: u64, later in 0..60_u64,
    ) {
        let (ring, random) = (ring(), &mut random(seed));
        let sealed = ring.seal(&invite, "host", now, random).unwrap();
        let session = Session { idle, ..Session::of(&ring.open(sealed.expose(), "host", now).unwrap(), now) };
        let sealed = ring.seal(&session, "host", now, random).unwrap();
        let opened = ring.open::<Session>(sealed.expose(), "host", now + later).unwrap();
        let renewed = opened.renew(&ring, "host", now + later, random).unwrap();
        let again = ring.open::<Session>(renewed.expose(), "host", now + later).unwrap();
        prop_assert_eq!(again.expires_at, (now + later + idle).min(session.absolute_expiry));
        prop_assert_eq!(&again.claims, &session);
        prop_assert_eq!(opened.claims, session);
    }

    #[test]
    fn a_draft_opens_to_itself(
        invite in invites(), said in "\\PC{0,200}", number: i64, now in EPOCH..=u64::from(u32::MAX), seed: u64,
    ) {
        let (ring, random) = (ring(), &mut random(seed));
        let sealed = ring.seal(&invite, "host", now, random).unwrap();
        let session = Session::of(&ring.open(sealed.expose(), "host", now).unwrap(), now);
        let draft = Draft::new(&session, json!({ "said": said, "number": number, "list": [null, true] }));
        let sealed = ring.seal(&draft, "host", now, random).unwrap();
        let opened = ring.open::<Draft<Value>>(sealed.expose(), "host", now).unwrap();
        prop_assert_eq!(opened.claims, draft);
    }
}
