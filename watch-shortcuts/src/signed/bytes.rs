//! Bytes that are taken from the front. All numbers are little-endian, as both formats have them.

use super::Unreadable;

/// What is left.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Unreadable> {
        let (taken, left) = self.0.split_at_checked(length).ok_or(Unreadable::Short)?;
        self.0 = left;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], Unreadable> {
        let (taken, left) = self.0.split_first_chunk().ok_or(Unreadable::Short)?;
        self.0 = left;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Unreadable> {
        self.array().map(|[byte]| *byte)
    }

    pub(super) fn u16(&mut self) -> Result<usize, Unreadable> {
        self.array().map(|bytes| usize::from(u16::from_le_bytes(*bytes)))
    }

    pub(super) fn u32(&mut self) -> Result<u32, Unreadable> {
        self.array().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// A size, of which there is no more than fits into this machine.
    pub(super) fn size(&mut self) -> Result<usize, Unreadable> {
        self.u32().and_then(|size| usize::try_from(size).map_err(|_| Unreadable::Long))
    }

    pub(super) fn long_size(&mut self) -> Result<usize, Unreadable> {
        self.array().and_then(|bytes| usize::try_from(u64::from_le_bytes(*bytes)).map_err(|_| Unreadable::Long))
    }
}
