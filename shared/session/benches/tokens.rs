//! How long sealing and opening take. `cargo bench -p truce-session`.

use divan::{Bencher, black_box};
use truce_session::{Draft, Invite, KeyRing, Opened, OrganiserTag, Purpose, Sealed, Seat, Session};

const HOST: &str = "truce.example";
const NOW: u64 = 1_795_500_000;

fn main() {
    divan::main();
}

/// Fast and repeatable, so that the operating system's source is not what is measured.
fn random() -> impl FnMut(&mut [u8]) {
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    move |bytes| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = state.to_be_bytes()[0];
        }
    }
}

fn ring() -> KeyRing {
    KeyRing::generate(&mut random()).expect("a key")
}

fn invite() -> Invite {
    let seat = Seat::new("q3-release-x", "backend1", "Ana-Mari").expect("names");
    Invite::new(seat, OrganiserTag::of("org"))
}

fn session(ring: &KeyRing) -> Session {
    let invite: Opened<Invite> = ring.open(sealed(ring, &invite()).expose(), HOST, NOW).expect("an invite");
    Session::of(&invite, NOW)
}

fn draft(ring: &KeyRing) -> Draft<String> {
    Draft::new(&session(ring), "When the date moved I was worried, because we plan around it. ".repeat(8))
}

fn sealed<P: Purpose>(ring: &KeyRing, claims: &P) -> Sealed<P> {
    ring.seal(claims, HOST, NOW, &mut random()).expect("a token")
}

fn bench_seal<P: Purpose>(bencher: Bencher<'_, '_>, ring: &KeyRing, claims: &P) {
    let mut random = random();
    bencher.bench_local(move || ring.seal(black_box(claims), HOST, NOW, &mut random));
}

fn bench_open<P: Purpose>(bencher: Bencher<'_, '_>, ring: &KeyRing, text: &str) {
    bencher.bench_local(|| ring.open::<P>(black_box(text), HOST, NOW));
}

#[divan::bench]
fn seal_invite(bencher: Bencher<'_, '_>) {
    bench_seal(bencher, &ring(), &invite());
}

#[divan::bench]
fn seal_session(bencher: Bencher<'_, '_>) {
    let ring = ring();
    bench_seal(bencher, &ring, &session(&ring));
}

#[divan::bench]
fn seal_draft(bencher: Bencher<'_, '_>) {
    let ring = ring();
    bench_seal(bencher, &ring, &draft(&ring));
}

#[divan::bench]
fn write_digits(bencher: Bencher<'_, '_>) {
    let invite = sealed(&ring(), &invite());
    bencher.bench_local(|| black_box(&invite).digits());
}

#[divan::bench]
fn open_invite(bencher: Bencher<'_, '_>) {
    let ring = ring();
    bench_open::<Invite>(bencher, &ring, sealed(&ring, &invite()).expose());
}

#[divan::bench]
fn open_invite_digits(bencher: Bencher<'_, '_>) {
    let ring = ring();
    bench_open::<Invite>(bencher, &ring, &sealed(&ring, &invite()).digits());
}

#[divan::bench]
fn open_session(bencher: Bencher<'_, '_>) {
    let ring = ring();
    bench_open::<Session>(bencher, &ring, sealed(&ring, &session(&ring)).expose());
}

#[divan::bench]
fn open_draft(bencher: Bencher<'_, '_>) {
    let ring = ring();
    bench_open::<Draft<String>>(bencher, &ring, sealed(&ring, &draft(&ring)).expose());
}

/// What anybody can make the service do: read a token that is not one of this kind.
#[divan::bench]
fn refuse_forged(bencher: Bencher<'_, '_>) {
    let ring = ring();
    let invite = sealed(&ring, &invite());
    bench_open::<Session>(bencher, &ring, invite.expose());
}
