//! What is in the container: an archive of one folder with one file, `Shortcut.wflow`.
//!
//! An entry is a header with fields, and after it the contents of those fields that are too long for a header. A field is three
//! letters for what it is, and one for how it is kept.

use super::Unreadable;
use super::bytes::Bytes;

/// As it is called now, and as it was called before.
const MAGICS: [&[u8; 4]; 2] = [b"AA01", b"YAA1"];
/// The one that is looked for.
const NAME: &[u8] = b"Shortcut.wflow";
/// Kinds of entries.
const FOLDER: u8 = b'D';
const FILE: u8 = b'F';

/// What is known of an entry once its header is read.
#[derive(Default)]
struct Entry<'a> {
    kind: u8,
    path: &'a [u8],
    /// How long each of the contents is that follow, and which of them the file is.
    follow: Vec<usize>,
    file: Option<usize>,
}

/// The property list in it.
pub(super) fn shortcut(archive: &[u8]) -> Result<&[u8], Unreadable> {
    let mut left = Bytes(archive);
    let mut found = None;
    while !left.is_empty() {
        let entry = Entry::read(&mut left)?;
        let contents: Vec<&[u8]> =
            entry.follow.iter().map(|length| left.take(*length)).collect::<Result<_, Unreadable>>()?;
        match entry.kind {
            FOLDER if entry.path.is_empty() => {}
            FILE if entry.path == NAME && found.is_none() => {
                found = Some(entry.file.and_then(|at| contents.get(at).copied()).unwrap_or_default());
            }
            _ => return Err(Unreadable::Archive("another file, folder or link is in it")),
        }
    }
    found.filter(|file| !file.is_empty()).ok_or(Unreadable::Archive("no Shortcut.wflow is in it"))
}

impl<'a> Entry<'a> {
    fn read(left: &mut Bytes<'a>) -> Result<Self, Unreadable> {
        if !MAGICS.contains(&left.array()?) {
            return Err(Unreadable::Archive("it is no Apple Archive"));
        }
        // The length counts from the magic on.
        let length = left.u16()?.checked_sub(6).ok_or(Unreadable::Short)?;
        let mut header = Bytes(left.take(length)?);
        let mut entry = Self::default();
        while !header.is_empty() {
            entry.field(&mut header)?;
        }
        Ok(entry)
    }

    fn field(&mut self, header: &mut Bytes<'a>) -> Result<(), Unreadable> {
        let [a, b, c, kept] = *header.array()?;
        let inline = match kept {
            b'*' => 0,
            b'1' => 1,
            b'2' => 2,
            b'4' | b'F' => 4,
            b'8' | b'S' => 8,
            b'T' => 12,
            b'G' => 20,
            b'H' => 32,
            b'I' => 48,
            b'J' => 64,
            b'P' => header.u16()?,
            b'A' | b'B' | b'C' => {
                if [a, b, c] == *b"DAT" {
                    self.file = Some(self.follow.len());
                }
                let length = match kept {
                    b'A' => header.u16()?,
                    b'B' => header.size()?,
                    _ => header.long_size()?,
                };
                self.follow.push(length);
                return Ok(());
            }
            _ => return Err(Unreadable::Archive("a field in it is kept in a way that is not known here")),
        };
        let value = header.take(inline)?;
        match &[a, b, c] {
            b"TYP" => self.kind = value.first().copied().unwrap_or_default(),
            b"PAT" => self.path = value,
            _ => {}
        }
        Ok(())
    }
}
