//! Keys are replaced without anybody noticing, and a retired one is retired.

use truce_session::{KeyRing, KeyState, RotationError, SealError, Session, TokenError, lifetime::ROTATION_OVERLAP};

use crate::support::{HOST, KEY_TEXT, NOW, invite, random, ring, session};

fn seal(ring: &KeyRing) -> String {
    ring.seal(&session(), HOST, NOW, &mut random(9)).unwrap().expose().to_owned()
}

fn refusal(ring: &KeyRing, token: &str, now: u64) -> Option<TokenError> {
    ring.open::<Session>(token, HOST, now).err()
}

/// Requirement 4: rotation overlaps.
#[test]
fn after_a_rotation_the_old_key_opens_and_the_new_one_seals() {
    let old = ring();
    let new = old.rotate(NOW, &mut random(5)).unwrap();
    assert_ne!(new.active_id(), old.active_id());
    assert_eq!(refusal(&new, &seal(&old), NOW), None);
    assert_eq!(refusal(&new, &seal(&new), NOW), None);
    assert_eq!(refusal(&old, &seal(&new), NOW), Some(TokenError::UnknownKey(new.active_id())));
    let states: Vec<_> = new.keys().collect();
    let retiring = KeyState::RetiringUntil(NOW + ROTATION_OVERLAP);
    assert_eq!(states, [(new.active_id(), KeyState::Active), (old.active_id(), retiring)]);
}

/// Requirement 4: no token lives longer than the key that sealed it goes on opening.
#[test]
fn every_token_outlives_no_rotation() {
    let old = ring();
    let session = Session { idle: 2_592_000, ..session() };
    let sealed = old.seal(&session, HOST, NOW, &mut random(1)).unwrap();
    let new = old.rotate(NOW, &mut random(5)).unwrap();
    assert_eq!(refusal(&new, sealed.expose(), sealed.expires_at() - 1), None);
}

/// Requirement 4: a retired key is refused, from the second that was set.
#[test]
fn a_retired_key_is_refused_from_its_last_second_on() {
    let old = ring();
    let token = seal(&old);
    let new = old.rotate(NOW, &mut random(5)).unwrap().retire(old.active_id(), NOW + 100).unwrap();
    assert_eq!(refusal(&new, &token, NOW + 99), None);
    let retired = Some(TokenError::RetiredKey(old.active_id()));
    assert_eq!(refusal(&new, &token, NOW + 100), retired);
    assert_eq!(refusal(&new, &token, u64::MAX), retired);
    // Also an otherwise forged token learns no more than that.
    assert_eq!(refusal(&new, &token.replace("v3.local.A", "v3.local.B"), NOW + 100), retired);
}

#[test]
fn a_dropped_key_is_unknown() {
    let old = ring();
    let token = seal(&old);
    let new = old.rotate(NOW, &mut random(5)).unwrap();
    let unknown = Some(TokenError::UnknownKey(old.active_id()));
    assert_eq!(refusal(&new.drop_key(old.active_id()).unwrap(), &token, NOW), unknown);
    assert_eq!(refusal(&new.drop_retired(NOW + ROTATION_OVERLAP), &token, NOW), unknown);
    assert_eq!(refusal(&new.drop_retired(NOW + ROTATION_OVERLAP - 1), &token, NOW), None);
}

/// Requirement 3: the key id picks one key; no other is tried.
#[test]
fn a_token_under_another_key_s_id_is_refused() {
    let both = ring().rotate(NOW, &mut random(5)).unwrap();
    let token = seal(&ring());
    let (body, footer) = token.rsplit_once('.').unwrap();
    assert_eq!(footer, "dGVzdA");
    let renamed = seal(&both).rsplit_once('.').unwrap().1.to_owned();
    assert_eq!(refusal(&both, &format!("{body}.{renamed}"), NOW), Some(TokenError::Forged));
    // The same key under another id is another key: the id is part of what the seal covers.
    let other = KeyRing::from_text(&KEY_TEXT.replace("test", "tesu")).unwrap();
    assert_eq!(refusal(&other, &format!("{body}.dGVzdQ"), NOW), Some(TokenError::Forged));
}

#[test]
fn hosts_that_change_one_after_another_understand_each_other_throughout() {
    let before = ring();
    let (introduced, id) = before.introduce(&mut random(5)).unwrap();
    let after = introduced.activate(id, NOW).unwrap();
    assert_eq!(introduced.active_id(), before.active_id());
    assert_eq!(after.active_id(), id);
    for (one, other) in [(&before, &introduced), (&introduced, &after)] {
        assert_eq!(refusal(one, &seal(other), NOW), None);
        assert_eq!(refusal(other, &seal(one), NOW), None);
    }
    assert_eq!(after.activate(id, NOW).unwrap().to_text(), after.to_text());
}

#[test]
fn the_active_key_is_neither_retired_nor_dropped() {
    let ring = ring();
    let id = ring.active_id();
    assert_eq!(ring.retire(id, NOW).err(), Some(RotationError::IsActive(id)));
    assert_eq!(ring.drop_key(id).err(), Some(RotationError::IsActive(id)));
    let other = "none".parse().unwrap();
    assert_eq!(ring.retire(other, NOW).err(), Some(RotationError::NoSuchKey(other)));
    assert_eq!(ring.drop_key(other).err(), Some(RotationError::NoSuchKey(other)));
    assert_eq!(ring.activate(other, NOW).err(), Some(RotationError::NoSuchKey(other)));
}

/// Requirement 24: no randomness, no key and no token.
#[test]
fn a_source_of_randomness_that_gives_nothing_is_noticed() {
    let mut nothing = |_: &mut [u8]| {};
    assert_eq!(KeyRing::generate(&mut nothing).err(), Some(RotationError::NoRandomness));
    assert_eq!(KeyRing::generate(&mut |bytes: &mut [u8]| bytes.fill(0xAA)).err(), Some(RotationError::NoRandomness));
    assert_eq!(ring().rotate(NOW, &mut nothing).err(), Some(RotationError::NoRandomness));
    assert_eq!(ring().seal(&invite(), HOST, NOW, &mut nothing).err(), Some(SealError::NoRandomness));
}

/// Requirement 24: as after a snapshot of the generator has been restored.
#[test]
fn a_source_of_randomness_that_repeats_itself_gives_no_second_key() {
    let ring = KeyRing::generate(&mut random(5)).unwrap();
    let mut count = 0_u8;
    let mut repeating = |bytes: &mut [u8]| {
        random(5)(bytes);
        count += 1;
    };
    assert_eq!(ring.introduce(&mut repeating).err(), Some(RotationError::NoRandomness));
    assert!(count > 0);
}
