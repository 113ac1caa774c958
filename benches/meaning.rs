//! How long the model takes to load, and a text to become a vector, on one core. Run with
//! `cargo bench --bench meaning`.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on must stop"
)]

use std::sync::LazyLock;

use aanzet::meaning::{Encoder, Vector};
use divan::{Bencher, black_box};

/// Twelve words, 17 pieces with the prefix and both ends.
const QUESTION: &str = "Ik heb deze maand geen geld meer over om eten te kopen";

/// As much as the model hears: 512 pieces.
static LONG: LazyLock<String> =
    LazyLock::new(|| "ik heb een brief van de gemeente gekregen en snap hem niet. ".repeat(68));

/// About 110 pieces.
static PARAGRAPH: LazyLock<String> =
    LazyLock::new(|| "ik heb een brief van de gemeente gekregen en snap hem niet. ".repeat(8));

static ENCODER: LazyLock<Encoder> = LazyLock::new(|| Encoder::built_in().unwrap());

fn main() {
    LazyLock::force(&ENCODER);
    divan::main();
}

/// From the bytes in the program to an encoder.
#[divan::bench(sample_count = 20)]
fn load() -> Encoder {
    Encoder::built_in().unwrap()
}

#[divan::bench(args = ["question", "paragraph", "long"], sample_count = 20, sample_size = 1)]
fn encode(name: &str) -> Vector {
    ENCODER.encode(black_box(match name {
        "paragraph" => &PARAGRAPH,
        "long" => &LONG,
        _ => QUESTION,
    }))
}

/// A hundred questions together; divide by 100 and compare with one.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn encode_many() -> Vec<Vector> {
    ENCODER.encode_many(black_box(&[QUESTION; 100]))
}

/// One question against as many examples as a large knowledge base has.
#[divan::bench]
fn compare_with_two_thousand(bencher: Bencher<'_, '_>) {
    let examples = vec![ENCODER.encode(QUESTION); 2_000];
    let question = ENCODER.encode("geen geld voor eten");
    bencher.bench(|| {
        let likenesses = examples.iter().map(|e| question.similarity(e));
        likenesses.fold(0.0f32, f32::max)
    });
}
