//! Who a token speaks for, and who invited them.
//!
//! Both are parsed once and correct from then on. Names end up in headers, logs, on a watch and in a speaking voice,
//! so what they may contain is decided here and nowhere else.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The longest name, in characters (Unicode scalar values).
pub const NAME_MAX: usize = 32;

/// One member's place: a person in a team in a room.
///
/// Parsed, never assembled. All three names are trimmed, 1 to [`NAME_MAX`] characters long and free of control
/// characters. They compare exactly: `Ana` is not `ana`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Seat {
    room: Box<str>,
    team: Box<str>,
    member: Box<str>,
}

impl Seat {
    /// Parses the three names.
    ///
    /// # Errors
    /// [`SeatError`]: the first name that is not one, and what is wrong with it.
    pub fn new(room: &str, team: &str, member: &str) -> Result<Self, SeatError> {
        Ok(Self {
            room: name(SeatField::Room, room)?,
            team: name(SeatField::Team, team)?,
            member: name(SeatField::Member, member)?,
        })
    }

    /// The room: what both teams share, for example a project.
    pub fn room(&self) -> &str {
        &self.room
    }

    /// The team, within the room.
    pub fn team(&self) -> &str {
        &self.team
    }

    /// The person, within the team.
    pub fn member(&self) -> &str {
        &self.member
    }
}

fn name(field: SeatField, given: &str) -> Result<Box<str>, SeatError> {
    let name = given.trim();
    let problem = if name.is_empty() {
        NameProblem::Empty
    } else if name.chars().any(is_control) {
        NameProblem::ControlCharacter
    } else if name.chars().nth(NAME_MAX).is_some() {
        NameProblem::TooLong
    } else {
        return Ok(name.into());
    };
    Err(SeatError { field, problem })
}

/// Besides control characters proper: line and paragraph separators, which start a new line in some logs, and the
/// characters that change the direction of writing, which make one name look like another. The joiners inside emoji
/// and Persian words are none of these.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Which name of a [`Seat`] is wrong, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct SeatError {
    /// Which name.
    pub field: SeatField,
    /// What is wrong with it.
    pub problem: NameProblem,
}

/// One of the three names of a [`Seat`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatField {
    /// [`Seat::room`]
    Room,
    /// [`Seat::team`]
    Team,
    /// [`Seat::member`]
    Member,
}

impl SeatField {
    /// The field's name, as requests and answers spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Team => "team",
            Self::Member => "member",
        }
    }
}

impl fmt::Display for SeatField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// Nothing is left after trimming.
    #[error("must not be empty")]
    Empty,
    /// More than [`NAME_MAX`] characters.
    #[error("must have at most {NAME_MAX} characters")]
    TooLong,
    /// A control character, a line separator, or one that changes the direction of writing.
    #[error("must not contain control characters")]
    ControlCharacter,
}

/// Two characters that stand for the organiser who issued an invite, so that the page that joins can say who invited.
///
/// A hint for people, not proof: ten bits of the name's SHA-256, enough to pick one of a handful of organisers. What
/// proves the invite is the seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrganiserTag([u8; 2]);

impl OrganiserTag {
    /// The tag of an organiser's name.
    pub fn of(organiser: &str) -> Self {
        let digest = Sha256::digest(organiser.as_bytes());
        Self([ALPHABET[usize::from(digest[0] % 32)], ALPHABET[usize::from(digest[1] % 32)]])
    }

    /// The tag as text: two characters of `a`-`z` without `l` and `o`, and `2`-`9`.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("made of ASCII characters")
    }
}

/// Thirty-two characters nobody mistakes for one another: five bits each.
pub(crate) const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

impl fmt::Display for OrganiserTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<OrganiserTag> for String {
    fn from(tag: OrganiserTag) -> Self {
        tag.as_str().into()
    }
}

impl FromStr for OrganiserTag {
    type Err = NotATag;

    fn from_str(text: &str) -> Result<Self, NotATag> {
        let tag: [u8; 2] = text.as_bytes().try_into().map_err(|_| NotATag)?;
        if tag.iter().all(|byte| ALPHABET.contains(byte)) { Ok(Self(tag)) } else { Err(NotATag) }
    }
}

impl TryFrom<String> for OrganiserTag {
    type Error = NotATag;

    fn try_from(text: String) -> Result<Self, NotATag> {
        text.parse()
    }
}

/// The text is no [`OrganiserTag`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an organiser's tag")]
pub struct NotATag;
