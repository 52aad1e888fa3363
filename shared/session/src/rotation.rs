//! Replacing keys while tokens sealed with them are in use.
//!
//! One host: [`KeyRing::rotate`]. Several hosts that do not change their configuration in the same instant: first
//! [`introduce`](KeyRing::introduce) a key everywhere, so that every host opens what it seals; then
//! [`activate`](KeyRing::activate) it everywhere. A key that leaked: [`retire`](KeyRing::retire) it now.
//! Each gives a new ring and leaves the old one as it was.

use crate::{
    key::{Key, KeyId},
    lifetime::ROTATION_OVERLAP,
    ring::{KeyRing, Other, Random},
};

/// Why a ring was not made, or not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RotationError {
    /// The source of randomness gave nothing.
    #[error("the source of randomness gave nothing")]
    NoRandomness,
    /// The ring has no key of this id.
    #[error("there is no key {0} on the ring")]
    NoSuchKey(KeyId),
    /// The active key cannot be retired or dropped: nothing would seal.
    #[error("key {0} is the active one; activate another first")]
    IsActive(KeyId),
}

impl KeyRing {
    /// A ring with one new key.
    ///
    /// # Errors
    /// [`RotationError::NoRandomness`].
    pub fn generate(random: &mut Random<'_>) -> Result<Self, RotationError> {
        let active = Key::generate(random).ok_or(RotationError::NoRandomness)?;
        Ok(Self { active, others: Vec::new() })
    }

    /// A new key that opens and does not seal yet; gives the ring and the key's id.
    ///
    /// # Errors
    /// [`RotationError::NoRandomness`], also when the source keeps giving what it gave before.
    pub fn introduce(&self, random: &mut Random<'_>) -> Result<(Self, KeyId), RotationError> {
        // Two keys draw the same id once in a million times; a source that does it thrice repeats itself.
        let key = (0..3)
            .filter_map(|_| Key::generate(random))
            .find(|key| self.all().all(|known| known.id != key.id && !known.is_same_key(key)))
            .ok_or(RotationError::NoRandomness)?;
        let mut ring = self.clone();
        let id = key.id;
        ring.others.insert(0, Other { key, until: None });
        Ok((ring, id))
    }

    /// Makes a key that is on the ring the active one. The key it replaces goes on opening tokens for
    /// [`ROTATION_OVERLAP`] from `now`, so that every token sealed with it lives as long as it would have.
    ///
    /// # Errors
    /// [`RotationError::NoSuchKey`].
    pub fn activate(&self, id: KeyId, now: u64) -> Result<Self, RotationError> {
        let mut ring = self.clone();
        if id == ring.active.id {
            return Ok(ring);
        }
        let at = ring.position(id)?;
        let replaced = std::mem::replace(&mut ring.active, ring.others[at].key.clone());
        ring.others[at] = Other { key: replaced, until: Some(now.saturating_add(ROTATION_OVERLAP)) };
        Ok(ring)
    }

    /// [Introduces](Self::introduce) a new key and [activates](Self::activate) it.
    ///
    /// # Errors
    /// [`RotationError::NoRandomness`].
    pub fn rotate(&self, now: u64, random: &mut Random<'_>) -> Result<Self, RotationError> {
        let (ring, id) = self.introduce(random)?;
        ring.activate(id, now)
    }

    /// Sets the second, in Unix time, from which on a key opens nothing more: `now` for a key that leaked.
    ///
    /// # Errors
    /// [`RotationError::NoSuchKey`]; [`RotationError::IsActive`].
    pub fn retire(&self, id: KeyId, at: u64) -> Result<Self, RotationError> {
        let mut ring = self.clone();
        let position = ring.position(id)?;
        ring.others[position].until = Some(at);
        Ok(ring)
    }

    /// Takes a key off the ring. Its tokens are then sealed with an unknown key.
    ///
    /// # Errors
    /// [`RotationError::NoSuchKey`]; [`RotationError::IsActive`].
    pub fn drop_key(&self, id: KeyId) -> Result<Self, RotationError> {
        let mut ring = self.clone();
        let position = ring.position(id)?;
        ring.others.remove(position);
        Ok(ring)
    }

    /// Takes every key off the ring whose time was over at `now`.
    #[must_use]
    pub fn drop_retired(&self, now: u64) -> Self {
        let mut ring = self.clone();
        ring.others.retain(|other| other.state().opens_at(now));
        ring
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.active).chain(self.others.iter().map(|other| &other.key))
    }

    fn position(&self, id: KeyId) -> Result<usize, RotationError> {
        if id == self.active.id {
            return Err(RotationError::IsActive(id));
        }
        self.others.iter().position(|other| other.key.id == id).ok_or(RotationError::NoSuchKey(id))
    }
}
