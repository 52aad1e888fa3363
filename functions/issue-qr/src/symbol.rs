//! The QR symbol: as small as it can be, and drawn four ways.
//!
//! A link is `https://HOST/j#DIGITS`. Its digits go into numeric mode, where three of them take ten bits; what stands
//! before them goes into byte mode as it is, or, where that makes the symbol smaller, scheme and host in capitals in
//! alphanumeric mode: they mean the same in any case (RFC 3986, 6.2.2.1), and 11 bits hold two characters.

use qrcode::bits::Bits;
use qrcode::types::{Color, QrError};
use qrcode::{EcLevel, QrCode, Version};
use std::fmt::Write as _;

/// Clear space around a symbol, in modules (ISO/IEC 18004, 6.3.8).
const QUIET_ZONE: usize = 4;
/// The side of a module in a PNG, in pixels: a 53-module symbol is 488 pixels wide.
const PNG_MODULE: usize = 8;

/// How much of a symbol may be damaged before it cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// About 7 %: for a good screen.
    Low,
    /// About 15 %: for a screen with reflections, and for paper.
    Medium,
}

/// What a terminal looks like: which of its two colours is the dark one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Light text on a dark ground.
    Dark,
    /// Dark text on a light ground.
    Light,
}

/// A QR symbol.
pub struct Symbol(QrCode);

impl Symbol {
    /// The symbol for a link.
    ///
    /// # Errors
    /// When the link is too long for any symbol.
    pub fn of(link: &str, correction: Correction) -> Result<Self, QrError> {
        let level = match correction {
            Correction::Low => EcLevel::L,
            Correction::Medium => EcLevel::M,
        };
        let mut last = QrError::DataTooLong;
        for version in (1..=40).map(Version::Normal) {
            for segments in std::iter::once(as_it_is(link)).chain(host_in_capitals(link)) {
                match encode(&segments, version, level) {
                    Ok(code) => return Ok(Self(code)),
                    Err(error) => last = error,
                }
            }
        }
        Err(last)
    }

    /// The side, in modules, without the quiet zone.
    pub fn modules(&self) -> usize {
        self.0.width()
    }

    /// As SVG: dark on a light ground whatever is behind it, one path, scaled by whoever shows it.
    pub fn svg(&self) -> String {
        let side = self.modules() + 2 * QUIET_ZONE;
        let mut path = String::new();
        for y in 0..self.modules() {
            let mut x = 0;
            while x < self.modules() {
                let run = (x..self.modules()).take_while(|x| self.is_dark(*x, y)).count();
                if run > 0 {
                    // Writing to a String cannot fail.
                    let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET_ZONE, y + QUIET_ZONE);
                }
                x += run.max(1);
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
             aria-label=\"QR code to join Truce\" shape-rendering=\"crispEdges\">\
             <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
        )
    }

    /// As PNG, one bit a pixel.
    ///
    /// # Errors
    /// When the encoder fails, which writing to memory gives it no reason to.
    pub fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let side = (self.modules() + 2 * QUIET_ZONE) * PNG_MODULE;
        let mut pixels = vec![0u8; side.div_ceil(8) * side];
        for (y, row) in pixels.chunks_exact_mut(side.div_ceil(8)).enumerate() {
            for x in 0..side {
                if !self.is_dark_with_quiet_zone(x / PNG_MODULE, y / PNG_MODULE) {
                    row[x / 8] |= 0x80 >> (x % 8);
                }
            }
        }
        let mut file = Vec::new();
        let pixels_a_side = u32::try_from(side).unwrap_or(u32::MAX);
        let mut encoder = png::Encoder::new(&mut file, pixels_a_side, pixels_a_side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        encoder.write_header()?.write_image_data(&pixels)?;
        Ok(file)
    }

    /// As text for a terminal: two modules to a character, dark modules dark in either theme.
    pub fn text(&self, theme: Theme) -> String {
        let side = self.modules() + 2 * QUIET_ZONE;
        let mut text = String::new();
        for y in (0..side).step_by(2) {
            for x in 0..side {
                let ink =
                    |y: usize| (y < side && self.is_dark_with_quiet_zone(x, y)) == (theme == Theme::Light) && y < side;
                text.push(match (ink(y), ink(y + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            }
            text.push('\n');
        }
        text
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        self.0[(x, y)] == Color::Dark
    }

    fn is_dark_with_quiet_zone(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET_ZONE).filter(|at| *at < self.modules());
        matches!((inside(x), inside(y)), (Some(x), Some(y)) if self.is_dark(x, y))
    }
}

enum Segment {
    Bytes(String),
    Capitals(String),
    Digits(String),
}

fn digits_of(link: &str) -> (&str, &str) {
    let at = link.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    link.split_at(if link.is_char_boundary(at) { at } else { link.len() })
}

fn as_it_is(link: &str) -> Vec<Segment> {
    let (before, digits) = digits_of(link);
    let mut segments = vec![Segment::Bytes(before.to_owned())];
    if !digits.is_empty() {
        segments.push(Segment::Digits(digits.to_owned()));
    }
    segments
}

/// `None` where the host has a character that alphanumeric mode has not.
fn host_in_capitals(link: &str) -> Option<Vec<Segment>> {
    let (before, digits) = digits_of(link);
    let host_ends = before.find("://").and_then(|at| before[at + 3..].find('/').map(|slash| at + 3 + slash))?;
    let (origin, path) = before.split_at(host_ends);
    let capitals = origin.to_ascii_uppercase();
    let fits = capitals.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b" $%*+-./:".contains(&b));
    fits.then(|| vec![Segment::Capitals(capitals), Segment::Bytes(path.to_owned()), Segment::Digits(digits.to_owned())])
}

fn encode(segments: &[Segment], version: Version, level: EcLevel) -> Result<QrCode, QrError> {
    let mut bits = Bits::new(version);
    for segment in segments {
        match segment {
            Segment::Bytes(text) => bits.push_byte_data(text.as_bytes())?,
            Segment::Capitals(text) => bits.push_alphanumeric_data(text.as_bytes())?,
            Segment::Digits(text) => bits.push_numeric_data(text.as_bytes())?,
        }
    }
    bits.push_terminator(level)?;
    QrCode::with_bits(bits, level)
}
