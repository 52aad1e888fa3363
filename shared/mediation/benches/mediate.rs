//! How long one message takes. The gate is 100 µs for a 30-word message, in release.

use divan::{Bencher, black_box};
use truce_mediation::Mediator;

fn main() {
    divan::main();
}

const THIRTY_WORDS: &str = "they never deliver on time and nobody gives a damn we waited three days for the api spec \
    and then you broke the build on Tuesday without telling us so fix it";

fn bench(bencher: Bencher, text: &str) {
    let mediator = Mediator::new("your people team");
    bencher.bench_local(|| mediator.mediate(black_box(text)));
}

#[divan::bench]
fn thirty_words(bencher: Bencher) {
    bench(bencher, THIRTY_WORDS);
}

#[divan::bench]
fn civil(bencher: Bencher) {
    bench(bencher, "Thanks for the quick fix! Could you share the API spec by Thursday so we can start on the client?");
}

#[divan::bench]
fn escalation(bencher: Bencher) {
    bench(bencher, "if you touch my code again I am going to come over there and hurt you");
}

#[divan::bench]
fn ten_thousand_words(bencher: Bencher) {
    bench(bencher, &"they broke the build again ".repeat(2_000));
}
