//! What is too large or too deep to be read. A few bytes can be nested so deep that they cannot even be dropped, and those of a binary list
//! can stand for any number of others, so this is looked at before anything is built.

/// The largest Shortcut has a few hundred kilobytes.
const BYTES: usize = 1 << 20;
/// What a binary list may stand for, in bytes and objects.
const EXPANDED: usize = 1 << 22;
const DEPTH: usize = 100;

/// Whether `bytes` can be read. What is no property list may pass: whoever reads it says so.
pub(super) fn are_kept(bytes: &[u8]) -> bool {
    bytes.len() <= BYTES && if bytes.starts_with(b"bplist00") { binary(bytes) } else { xml(bytes) }
}

/// Counts tags that are open. What could hide one from this count and not from a parser is in no file that the app writes, and refused:
/// quotes within a tag other than the root, quotes within quotes, and declarations that have others in them or come late.
fn xml(bytes: &[u8]) -> bool {
    let (mut rest, mut depth) = (bytes, 0_usize);
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = &rest[at..];
        let hidden = [(&b"<!--"[..], &b"-->"[..]), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")];
        let close = match hidden.iter().find(|(open, _)| rest.starts_with(open)) {
            Some((open, close)) => find(&rest[open.len()..], close).map(|at| open.len() + at + close.len()),
            None => find(rest, b">").map(|at| at + 1),
        };
        // It does not end, which is for the parser to say.
        let Some(close) = close else { return true };
        let tag = &rest[..close];
        match tag {
            [b'<', b'?', ..] | [b'<', b'!', b'-' | b'[', ..] => {}
            [b'<', b'!', ..] if depth == 0 && is_plain(tag) => {}
            [b'<', b'!', ..] => return false,
            [b'<', b'/', ..] => depth = depth.saturating_sub(1),
            _ if tag.starts_with(b"<plist") && is_plain(tag) => depth += 1,
            _ if tag.iter().any(|byte| matches!(byte, b'"' | b'\'')) => return false,
            [.., b'/', b'>'] => {}
            _ => depth += 1,
        }
        if depth > DEPTH {
            return false;
        }
        rest = &rest[close..];
    }
    true
}

/// Whether its end is its own, and not within a quote or a bracket.
fn is_plain(tag: &[u8]) -> bool {
    // An even number of quotes leaves an odd number of pieces.
    tag.split(|byte| *byte == b'"').count() % 2 == 1 && !tag.iter().any(|byte| matches!(byte, b'\'' | b'['))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Walks what the objects stand for, as a parser would build it.
fn binary(bytes: &[u8]) -> bool {
    // Without a table there is nothing to be built, which is for the parser to say.
    let Some(table) = Table::read(bytes) else { return true };
    let (mut open, mut left) = (vec![(table.root, 0)], EXPANDED);
    while let Some((object, depth)) = open.pop() {
        let (size, within) = table.object(object).unwrap_or_default();
        if depth > DEPTH || left < size {
            return false;
        }
        left -= size;
        open.extend(within.into_iter().map(|object| (object, depth + 1)));
    }
    true
}

struct Table<'a> {
    bytes: &'a [u8],
    offsets: &'a [u8],
    offset_size: usize,
    reference_size: usize,
    root: usize,
}

impl<'a> Table<'a> {
    /// From the last 32 bytes.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let trailer = bytes.last_chunk::<32>()?;
        let (offset_size, reference_size) = (usize::from(trailer[6]), usize::from(trailer[7]));
        let (root, offsets) = (integer(&trailer[16..24])?, bytes.get(integer(&trailer[24..])?..)?);
        let fits = (1..=8).contains(&offset_size) && (1..=8).contains(&reference_size);
        fits.then_some(Self { bytes, offsets, offset_size, reference_size, root })
    }

    /// What an object costs, and the objects within it.
    fn object(&self, object: usize) -> Option<(usize, Vec<usize>)> {
        let offset = self.offsets.get(object.checked_mul(self.offset_size)?..)?.get(..self.offset_size)?;
        let (marker, rest) = self.bytes.get(integer(offset)?..)?.split_first()?;
        let (count, rest) = match marker & 0xF {
            0xF => long(rest)?,
            count => (usize::from(count), rest),
        };
        let references = match marker >> 4 {
            0xA => count,
            0xD => count.checked_mul(2)?,
            // UTF-16 becomes up to three bytes a unit.
            kind => return Some((1 + if (0x4..=0x6).contains(&kind) { count.checked_mul(3)? } else { 0 }, Vec::new())),
        };
        let references = rest.get(..references.checked_mul(self.reference_size)?)?;
        let within: Option<Vec<_>> = references.chunks_exact(self.reference_size).map(integer).collect();
        within.map(|within| (1 + within.len(), within))
    }
}

/// A count that does not fit into the marker: another marker with the power of its size, and the count.
fn long(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (marker, rest) = bytes.split_first()?;
    let (count, rest) = rest.split_at_checked(1 << (marker & 0x3))?;
    Some((integer(count)?, rest))
}

fn integer(bytes: &[u8]) -> Option<usize> {
    bytes.iter().try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))
}
