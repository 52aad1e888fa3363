//! Codes are small, and read back by decoders that share no code with us, in every form we draw.

use std::path::Path;
use std::process::Command;
use truce_issue_qr::symbol::{Correction, Symbol, Theme};
use truce_session::{Invite, KeyRing, OrganiserTag, Seat, lifetime};

const NOW: u64 = 1_790_000_000;
/// As many invites as each decoder reads in each form.
const INVITES: usize = 500;
/// 25 characters, as real hosts have.
const HOST: &str = "truce.engineering.example";

fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("randomness");
}

/// Letters from a fixed alphabet: names of a given length that no compressor could shorten.
fn name(length: usize) -> String {
    let mut bytes = vec![0; length];
    random(&mut bytes);
    bytes
        .iter()
        .map(|byte| char::from(b"abcdefghijklmnopqrstuvwxyz-0123456789"[usize::from(*byte) % 37]))
        .collect::<String>()
}

fn link(ring: &KeyRing, lifetime: u64) -> String {
    // A name starts and ends with something visible in any case: the alphabet has no spaces.
    let seat = Seat::new(&name(12), &name(8), &name(8)).expect("names");
    let invite = Invite { lifetime, ..Invite::new(seat, OrganiserTag::of("Ana")) };
    let sealed = ring.seal(&invite, HOST, NOW, &mut random).expect("sealed");
    format!("https://{HOST}/j#{}", sealed.digits())
}

fn links(count: usize) -> Vec<String> {
    let ring = KeyRing::generate(&mut random).expect("a ring");
    (0..count).map(|_| link(&ring, lifetime::INVITE.default)).collect()
}

/// Scheme and host mean the same in capitals; nothing else may differ.
fn plain(link: &str) -> String {
    let at = link.find("/j#").expect("a join link");
    format!("{}{}", link[..at].to_lowercase(), &link[at..])
}

/// Grey levels, row by row.
struct Picture {
    side: usize,
    grey: Vec<u8>,
}

impl Picture {
    fn read_with_rqrr(&self) -> String {
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(self.side, self.side, |x, y| self.grey[y * self.side + x]);
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1, "one code in the picture");
        plain(&grids[0].decode().expect("readable").1)
    }

    fn save(&self, path: &Path) {
        let side = u32::try_from(self.side).expect("small");
        let mut encoder = png::Encoder::new(std::fs::File::create(path).expect("a file"), side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header().expect("written").write_image_data(&self.grey).expect("written");
    }
}

fn from_png(file: &[u8]) -> Picture {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut grey = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut grey).expect("a picture");
    assert_eq!(info.width, info.height);
    Picture { side: info.width as usize, grey }
}

/// What a browser shows on a ground of this grey.
fn from_svg(svg: &str, ground: u8) -> Picture {
    let tree = resvg::usvg::Tree::from_str(svg, &resvg::usvg::Options::default()).expect("an SVG");
    let scale = 6.0;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few hundred pixels
    let inner = (tree.size().width() * scale) as u32;
    let margin = 24;
    let side = inner + 2 * margin;
    let mut pixmap = resvg::tiny_skia::Pixmap::new(side, side).expect("a picture");
    pixmap.fill(resvg::tiny_skia::Color::from_rgba8(ground, ground, ground, 255));
    #[allow(clippy::cast_precision_loss)] // 24
    let placed = resvg::tiny_skia::Transform::from_scale(scale, scale).post_translate(margin as f32, margin as f32);
    resvg::render(&tree, placed, &mut pixmap.as_mut());
    Picture { side: side as usize, grey: pixmap.pixels().iter().map(|pixel| pixel.red()).collect() }
}

/// What a terminal of this theme shows: half a character is one module, drawn 5 pixels wide.
fn from_text(text: &str, theme: Theme) -> Picture {
    const MODULE: usize = 5;
    let (ink, ground) = if theme == Theme::Dark { (255, 0) } else { (0, 255) };
    let rows: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
    let width = rows[0].len();
    let module = |x: usize, y: usize| {
        let upper = y.is_multiple_of(2);
        match rows.get(y / 2).map(|row| row[x]) {
            Some('█') => ink,
            Some('▀') if upper => ink,
            Some('▄') if !upper => ink,
            _ => ground,
        }
    };
    // The terminal goes on around the text.
    let side = (width + 8) * MODULE;
    let mut grey = vec![ground; side * side];
    for y in 0..rows.len() * 2 {
        for x in 0..width {
            for pixel in 0..MODULE * MODULE {
                let (at_x, at_y) = ((x + 4) * MODULE + pixel % MODULE, (y + 4) * MODULE + pixel / MODULE);
                if at_y < side {
                    grey[at_y * side + at_x] = module(x, y);
                }
            }
        }
    }
    Picture { side, grey }
}

/// Every form of a code that a camera may meet.
fn pictures(link: &str) -> [(&'static str, Picture); 5] {
    let symbol = Symbol::of(link, Correction::Medium).expect("a symbol");
    [
        ("png", from_png(&symbol.png().expect("a PNG"))),
        ("svg-light", from_svg(&symbol.svg(), 255)),
        ("svg-dark", from_svg(&symbol.svg(), 16)),
        ("text-dark", from_text(&symbol.text(Theme::Dark), Theme::Dark)),
        ("text-light", from_text(&symbol.text(Theme::Light), Theme::Light)),
    ]
}

#[test]
fn a_real_invite_takes_at_most_53_modules_at_level_m_and_49_at_level_l() {
    for link in links(INVITES) {
        assert!(Symbol::of(&link, Correction::Medium).expect("a symbol").modules() <= 53);
        assert!(Symbol::of(&link, Correction::Low).expect("a symbol").modules() <= 49);
    }
}

#[test]
fn an_invite_with_another_lifetime_is_no_larger() {
    let ring = KeyRing::generate(&mut random).expect("a ring");
    let link = link(&ring, lifetime::INVITE.max);
    assert!(Symbol::of(&link, Correction::Medium).expect("a symbol").modules() <= 53);
    assert!(Symbol::of(&link, Correction::Low).expect("a symbol").modules() <= 49);
}

#[test]
fn rqrr_reads_every_form_of_500_invites() {
    for link in links(INVITES) {
        for (form, picture) in pictures(&link) {
            assert_eq!(picture.read_with_rqrr(), link, "{form}");
        }
    }
}

#[test]
fn zbar_reads_every_form_of_500_invites() {
    let folder = tempfile::tempdir().expect("a folder");
    let links = links(INVITES);
    for (number, link) in links.iter().enumerate() {
        for (form, picture) in pictures(link) {
            picture.save(&folder.path().join(format!("{form}-{number:04}.png")));
        }
    }
    for form in ["png", "svg-light", "svg-dark", "text-dark", "text-light"] {
        let files = (0..links.len()).map(|number| folder.path().join(format!("{form}-{number:04}.png")));
        let output = Command::new("zbarimg")
            .args(["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"])
            .args(files)
            .output()
            .expect("zbarimg is on PATH: `cargo xtask setup` installs it (Debian: zbar-tools)");
        let read: Vec<String> = String::from_utf8(output.stdout).expect("text").lines().map(plain).collect();
        assert_eq!(read, links, "{form}");
    }
}

#[test]
fn a_host_that_has_no_capitals_still_gets_a_code() {
    let digits = "0123456789".repeat(34);
    for link in [
        format!("http://[::1]:8787/j#{digits}"),
        format!("https://bücher.example/j#{digits}"),
        format!("https://a_b.example/j#{digits}"),
    ] {
        let symbol = Symbol::of(&link, Correction::Medium).expect("a symbol");
        assert_eq!(from_png(&symbol.png().expect("a PNG")).read_with_rqrr(), link);
    }
}

#[test]
fn what_fits_no_symbol_is_an_error() {
    assert!(Symbol::of(&format!("https://a.example/j#{}", "1".repeat(8000)), Correction::Low).is_err());
}
